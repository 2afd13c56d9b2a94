/** worker_threads that train, and end in the way that the argument names. Prints JSON. */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { setRandomSeed } from '../../../lib/index'
import { buildGan, ganStep } from '../small_gan'
import { build, x, y } from './middle_sized'

interface Job {
  readonly file: string
  readonly way: 'train' | 'loop' | 'exit' | 'throw' | 'leave'
}

/** Losses of two small GAN steps: equal everywhere. */
async function losses(): Promise<number[]> {
  setRandomSeed(9)
  const gan = buildGan(9)
  return [...(await ganStep(gan, 1)), ...(await ganStep(gan, 2))]
}

async function work({ way }: Job): Promise<void> {
  if (way === 'train') return parentPort?.postMessage(await losses())
  const model = build()
  await model.trainOnBatch(x, y)
  parentPort?.postMessage('started')
  for (let i = 0; way === 'loop'; i++) await model.trainOnBatch(x, y)
  void model.trainOnBatch(x, y)
  void model.trainOnBatch(x, y)
  if (way === 'exit') setTimeout(() => process.exit(5), 10)
  if (way === 'throw') {
    setTimeout(() => {
      throw new Error('uncaught on purpose')
    }, 10)
  }
}

function start(way: Job['way']): Worker {
  const job: Job = { file: __filename, way }
  const code = "require('tsx/cjs'); require(require('node:worker_threads').workerData.file)"
  return new Worker(code, { eval: true, workerData: job })
}

interface End {
  readonly message?: unknown
  readonly error?: string
  readonly code: number
}

function ended(worker: Worker): Promise<End> {
  const end: { message?: unknown; error?: string } = {}
  worker.on('message', (message: unknown) => (end.message = message))
  worker.on('error', (error) => (end.error = error.message))
  return new Promise((resolve) => worker.on('exit', (code) => resolve({ ...end, code })))
}

const started = (worker: Worker): Promise<unknown> =>
  new Promise((resolve) => worker.once('message', resolve))

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const scenes: Readonly<Record<string, () => Promise<unknown>>> = {
  atOnce: async () => {
    const workers = [start('train'), start('train'), start('train'), start('train')]
    const theirs = Promise.all(workers.map(ended))
    return { mine: await losses(), theirs: await theirs }
  },
  sequence: async () => {
    const ends: End[] = []
    for (let i = 0; i < 20; i++) ends.push(await ended(start('train')))
    return { mine: await losses(), theirs: ends }
  },
  terminate: async () => {
    const codes: number[] = []
    for (let i = 0; i < 8; i++) {
      const worker = start('loop')
      await started(worker)
      await wait(i * 7)
      codes.push(await worker.terminate())
    }
    return { codes, mine: await losses() }
  },
  terminateWhileMainTrains: async () => {
    const workers = [start('loop'), start('loop')]
    await Promise.all(workers.map(started))
    const mine = losses()
    const codes = await Promise.all(workers.map((worker) => worker.terminate()))
    return { codes, mine: await mine }
  },
  ends: async () => {
    const theirs: End[] = []
    for (const way of ['exit', 'throw', 'leave'] as const) theirs.push(await ended(start(way)))
    return { theirs, mine: await losses() }
  },
  mainExits: async () => {
    const workers = [start('loop'), start('loop')]
    await Promise.all(workers.map(started))
    void losses()
    await wait(5)
    process.stdout.write('true\n', () => process.exit(0))
    return wait(10_000)
  },
}

async function main(): Promise<void> {
  console.log(JSON.stringify(await scenes[process.argv[2] as string]?.()))
}

void (isMainThread ? main() : work(workerData as Job))
