/**
 * Where batches of pictures come from, and what that costs a training step.
 *
 *   node --import tsx scripts/bench/input.ts [--size 64] [--batch-size 32] [--steps 40] [--rounds 3]
 *
 * Pictures: the 3,786 PNGs of emoji-datasource-google. First batches alone: JavaScript's `batch`, the
 * native `sample`, and `sample` inside a program, which hands nothing to JavaScript. Then steps of a
 * discriminator, the ways in turn, with the time that each step waits for its pictures. Training uses
 * all cores, so what is decoded anew takes from it what decoding takes, however far ahead.
 */
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  Conv2D,
  Dense,
  Flatten,
  imageDataset,
  imageFolder,
  ImageStream,
  Input,
  LeakyReLU,
  NDArray,
  ops,
  random,
  Sequential,
  setRandomSeed,
  type ImageSet,
} from '../../lib/index'
import { sampled } from '../../lib/image/sampled'
import { planOf, Program } from '../../lib/program'

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '64' },
    'batch-size': { type: 'string', default: '32' },
    steps: { type: 'string', default: '40' },
    rounds: { type: 'string', default: '3' },
  },
})
const [size, batchSize, steps, rounds] = [
  Number(values.size),
  Number(values['batch-size']),
  Number(values.steps),
  Number(values.rounds),
] as [number, number, number, number]
const shape = [size, size, 3] as const
const folder = join(
  dirname(require.resolve('emoji-datasource-google/package.json')),
  'img/google/64',
)

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] as number
}

const since = (begin: number): number => performance.now() - begin
const ms = (time: number): string => `${time.toFixed(2).padStart(8)} ms`

interface Way {
  readonly name: string
  readonly times: number[]
}

/** Batches alone: medians, and how many times faster than the first way. */
async function batchesAlone(set: ImageSet): Promise<void> {
  const { images } = sampled('bench', set, batchSize, { flip: true })
  const outputs = [ops.slice(images, [0, 0, 0, 0], [1, 1, 1, 1])]
  const program = new Program('bench', planOf([], [{ name: 'draw', outputs, updates: [] }]))
  const draw: Record<string, () => Promise<unknown> | NDArray> = {
    'batch, in JavaScript': () => {
      const mirror = Array.from({ length: batchSize }, () => random.random() < 0.5)
      return set.batch(random.randint(0, set.length, batchSize), { mirror })
    },
    'sample, native': () => set.sample(batchSize, { flip: true }),
    'inside a program': () => program.run([]),
  }
  const ways = Object.keys(draw).map((name): Way => ({ name, times: [] }))
  for (let round = 0; round < rounds * 30; round++) {
    for (const { name, times } of ways) {
      const begin = performance.now()
      await draw[name]?.()
      if (round >= 10) times.push(since(begin))
    }
  }
  console.log(`\none batch of ${batchSize} x ${shape.join(' x ')}, mirrored at random`)
  const first = median(ways[0]?.times ?? [])
  for (const { name, times } of ways) {
    const time = median(times)
    console.log(`${name.padEnd(28)}${ms(time)}   ${(first / time).toFixed(1)} x`)
  }
}

function buildDiscriminator(): Sequential {
  const model = new Sequential([Input({ shape })])
  for (const filters of [32, 64, 128]) {
    model.add(Conv2D(filters, { kernelSize: 3, strides: 2, padding: 'same' }))
    model.add(LeakyReLU(0.2))
  }
  model.add(Flatten())
  model.add(Dense(1, { activation: 'sigmoid' }))
  model.compile({ loss: 'binary_crossentropy', optimizer: 'adam' })
  return model
}

interface Source {
  readonly name: string
  readonly next: () => Promise<NDArray> | NDArray
  readonly waits: number[]
  readonly steps: number[]
}

/** Steps on the same model, the sources in turn. */
async function trainingSteps(sources: readonly Source[]): Promise<void> {
  const model = buildDiscriminator()
  const labels = NDArray.ones([batchSize, 1])
  for (let round = 0; round < rounds; round++) {
    for (const source of sources) {
      for (let step = 0; step < steps; step++) {
        const begin = performance.now()
        const images = await source.next()
        const wait = since(begin)
        await model.trainOnBatch(images, labels)
        // The first steps of a round fill what the source reads ahead.
        if (step < 5 || round === 0) continue
        source.waits.push(wait)
        source.steps.push(since(begin))
      }
    }
  }
  console.log(`\nsteps of a discriminator, batch ${batchSize}`)
  console.log(`${''.padEnd(28)}    step        wait, of it   longest`)
  const first = median(sources[0]?.steps ?? [])
  for (const { name, waits, steps: times } of sources) {
    const time = median(times)
    const ratio = (time / first).toFixed(2)
    console.log(
      `${name.padEnd(28)}${ms(time)} ${ms(median(waits))} ${ms(Math.max(...waits))}   ${ratio} x`,
    )
  }
}

async function streamOf(memory: number, cacheFolder?: string): Promise<ImageStream> {
  const cache = cacheFolder === undefined ? {} : { cacheFolder }
  const dataset = await imageDataset(folder, { height: size, width: size, memory, ...cache })
  if (dataset instanceof ImageStream) return dataset
  throw new Error('the pictures fit into memory')
}

async function main(): Promise<void> {
  setRandomSeed(1)
  console.log(`${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`)
  const begin = performance.now()
  const set = await imageFolder(folder, { height: size, width: size })
  const time = since(begin)
  const each = time / set.length
  console.log(`${set.length} pictures decoded in ${ms(time).trim()}, ${each.toFixed(3)} ms each`)
  await batchesAlone(set)
  const bytes = set.length * size * size * 3
  const [nothing, half] = [await streamOf(0), await streamOf(bytes / 2)]
  const onDisk = await streamOf(0, tmpdir())
  const epoch = onDisk.batches(256)[Symbol.asyncIterator]()
  while ((await epoch.next()).done !== true) continue
  const source = (name: string, next: Source['next']): Source => ({
    name,
    next,
    waits: [],
    steps: [],
  })
  await trainingSteps([
    source(
      'one batch, again and again',
      (() => {
        const fixed = set.batch(Array.from({ length: batchSize }, (_, i) => i))
        return () => fixed
      })(),
    ),
    source('memory: batch', () => set.batch(random.randint(0, set.length, batchSize))),
    source('memory: sample', () => set.sample(batchSize, { flip: true })),
    source('streamed, nothing kept', () => nothing.sample(batchSize, { flip: true })),
    source('streamed, half kept', () => half.sample(batchSize, { flip: true })),
    source('streamed, kept on disk', () => onDisk.sample(batchSize, { flip: true })),
  ])
  for (const stream of [nothing, half, onDisk]) stream.close()
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
