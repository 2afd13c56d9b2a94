/** Ends in the way that the argument names while a step is under way. */
import { x, y, build } from './middle_sized'

const model = build()
const step = (): Promise<unknown> => model.trainOnBatch(x, y)

function steps(count: number): void {
  for (let i = 0; i < count; i++) void step().catch(() => undefined)
}

const ways: Readonly<Record<string, () => Promise<void> | void>> = {
  /** The promise is not awaited, but it settles before the process ends. */
  end: () => {
    void step().then(() => console.log('settled'))
  },
  exitInFirstStep: () => {
    steps(3)
    setTimeout(() => process.exit(7), 30)
  },
  exit: async () => {
    await step()
    steps(5)
    setTimeout(() => process.exit(0), 20)
  },
  exitAtOnce: () => {
    steps(2)
    process.exit(0)
  },
  throw: async () => {
    await step()
    steps(2)
    setTimeout(() => {
      throw new Error('uncaught on purpose')
    }, 20)
  },
  reject: async () => {
    steps(1)
    void model.trainOnBatch(x, [1])
  },
  /** Asks for more when it is too late. */
  exitListener: async () => {
    await step()
    process.on('exit', () => steps(2))
    steps(1)
    setTimeout(() => process.exit(0), 10)
  },
}

void ways[process.argv[2] as string]?.()
