/**
 * Batches that are too large for what the system lets this process have. Prints for each method
 * what the error said, and how the batch that it named then went.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Conv2D, Dense, GlobalAveragePooling2D, NDArray, Sequential } from '../../../lib/index'

const TRIED = 2000
const MORE_BYTES = 300 * 2 ** 20

const model = new Sequential()
model.add(Conv2D(32, { kernelSize: 3, padding: 'same', inputShape: [32, 32, 3] }))
model.add(Conv2D(32, { kernelSize: 3, padding: 'same', activation: 'relu' }))
model.add(GlobalAveragePooling2D())
model.add(Dense(1))
model.compile({ loss: 'mse', optimizer: 'adam' })

/** Its products need code that libtorch makes when they are first computed, and memory for it. */
const wide = new Sequential([Dense(256, { inputShape: [200] })])
wide.compile({ loss: 'mse', optimizer: 'adam' })
let rows = 4

const x = NDArray.full([TRIED, 32, 32, 3], 0.5)
const y = NDArray.ones([TRIED, 1])

const METHODS: Record<string, (batchSize: number) => Promise<unknown>> = {
  trainOnBatch: (size) => model.trainOnBatch(x.slice(0, size), y.slice(0, size)),
  predict: (batchSize) => model.predict(x, { batchSize }),
  fit: (batchSize) => model.fit(x, y, { batchSize, stepsPerEpoch: 1, shuffle: false, verbose: 0 }),
}

/** From now on the system refuses what goes beyond; allocations that only promise memory too. */
function limitMemory(): void {
  const status = readFileSync('/proc/self/status', 'utf8')
  const data = Number(/VmData:\s+(\d+)/.exec(status)?.[1]) * 1024
  execFileSync('prlimit', ['--pid', String(process.pid), `--data=${data + MORE_BYTES}`])
}

async function weights(): Promise<string> {
  return JSON.stringify((await model.getWeights()).map(({ data }) => [...data]))
}

async function failure(run: (batchSize: number) => Promise<unknown>): Promise<object> {
  const before = await weights()
  const message = await run(TRIED).then(
    () => 'no error',
    (error: unknown) => String(error),
  )
  rows++
  await wide.trainOnBatch(NDArray.ones([rows, 200]), NDArray.ones([rows, 256]))
  const unchanged = (await weights()) === before
  const fitting = Number(/about (\d+)/.exec(message)?.[1])
  const worked = await run(fitting).then(
    () => 'worked',
    (error: unknown) => String(error),
  )
  return { message, tried: TRIED, unchanged, fitting, worked }
}

async function main(): Promise<void> {
  for (const run of Object.values(METHODS)) await run(2)
  limitMemory()
  const results: Record<string, object> = {}
  for (const [name, run] of Object.entries(METHODS)) results[name] = await failure(run)
  console.log(JSON.stringify(results))
}

void main()
