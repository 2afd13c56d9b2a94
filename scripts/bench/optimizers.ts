/**
 * One step of optimizers, gradients given: the native update against the same described over ops, in
 * turn, so that a busy machine slows both alike. Needs what `npm run setup` makes.
 *
 *   node --import tsx scripts/bench/optimizers.ts [--rounds 7] [--filter 'RMSprop|Adam']
 */
import { parseArgs } from 'node:util'
import { Adam, NDArray, RMSprop, SGD, type Optimizer } from '../../lib/index'
import { Clip } from '../../lib/constraints'
import { placeholder } from '../../lib/graph/tensor'
import { Weight } from '../../lib/graph/weight'
import { randomNormal } from '../../lib/ops/random'
import { assignment } from '../../lib/plan/plan'
import { materialize, planOf, Program } from '../../lib/program'

type Shapes = readonly (readonly number[])[]

const conv = (input: number, filters: number): Shapes => [[3, 3, input, filters], [filters]]
const norm = (channels: number): Shapes => [[channels], [channels]]

/** Trained weights of the networks by name. */
const MODELS: Readonly<Record<string, Shapes>> = {
  'two small layers': [[10, 16], [16], [16, 1], [1]],
  "the article's discriminator": [
    ...conv(3, 32),
    ...[32, 64, 128, 256].flatMap((n) => [...conv(n, 2 * n), ...norm(2 * n)]),
    [10240, 1],
    [1],
  ],
  "the article's generator": [
    [100, 40960],
    [40960],
    ...[512, 256, 128, 64].flatMap((n) => [...conv(n, n / 2), ...norm(n / 2)]),
    ...conv(32, 3),
  ],
}

interface Case {
  readonly name: string
  readonly make: () => Optimizer
  readonly constraint?: Clip
}

const CASES: readonly Case[] = [
  { name: 'Adam', make: () => new Adam(0.0002, 0.5) },
  { name: 'Adam, average', make: () => new Adam({ learningRate: 0.0002, useEma: true }) },
  { name: 'Adam, clipnorm', make: () => new Adam({ learningRate: 0.0002, clipnorm: 1 }) },
  { name: 'RMSprop', make: () => new RMSprop(0.00005) },
  {
    name: 'RMSprop, Clip',
    make: () => new RMSprop(0.00005),
    constraint: new Clip(-0.01, 0.01),
  },
  { name: 'SGD, momentum', make: () => new SGD({ learningRate: 0.01, momentum: 0.9 }) },
]

type Run = () => Promise<void>

/** A weight that nobody refers to gives its memory back. */
const kept: Weight[] = []

/** A step over weights of these shapes; gradients lie in the Store, so that nothing else is timed. */
async function stepOf({ make, constraint }: Case, shapes: Shapes, native: boolean): Promise<Run> {
  const weightOf = (name: string, shape: readonly number[]): Weight => {
    const initialize = () => randomNormal(shape, { mean: 0, stddev: 0.02 })
    return new Weight({ name, shape, initialize, constraint })
  }
  const weights = shapes.map((shape, i) => weightOf(`w${i}`, shape))
  const gradients = shapes.map((shape, i) => weightOf(`g${i}`, shape))
  const optimizer = make()
  const slots = optimizer.createSlots(weights)
  const rate = placeholder('rate', { shape: [], dtype: 'float32' })
  const by = gradients.map(({ leaf }) => leaf)
  const updates = native
    ? optimizer.update(by, rate, slots)
    : optimizer.changes(by, rate, slots).map(([weight, value]) => assignment(weight, value))
  const inputs = [{ tensor: rate, name: 'rate', requireFinite: false }]
  const program = new Program('bench', planOf(inputs, [{ name: 'step', outputs: [], updates }]))
  await materialize([...weights, ...gradients, ...slots.weights])
  const value = NDArray.full([], 1e-6)
  kept.push(...weights, ...gradients, ...slots.weights)
  return async () => {
    await program.run([value])
  }
}

/** Microseconds of one step, the least of several. */
async function timed(step: Run, repeats: number): Promise<number> {
  let least = Infinity
  for (let i = 0; i < repeats; i++) {
    const start = performance.now()
    await step()
    least = Math.min(least, performance.now() - start)
  }
  return least * 1000
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] as number
}

async function compare(each: Case, shapes: Shapes, rounds: number): Promise<string> {
  const steps = [await stepOf(each, shapes, true), await stepOf(each, shapes, false)]
  const elements = shapes.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0)
  const repeats = elements > 1e5 ? 5 : 200
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round <= rounds; round++) {
    for (const [i, step] of steps.entries()) {
      const time = await timed(step, repeats)
      // The first round is warm-up.
      if (round > 0) times[i]?.push(time)
    }
  }
  const [native, described] = times
  const ratio = median(described.map((time, round) => time / (native[round] as number)))
  const row = [median(native).toFixed(0), median(described).toFixed(0), ratio.toFixed(2)]
  return row.map((text) => text.padStart(10)).join('')
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '7' },
      filter: { type: 'string', default: '' },
    },
  })
  const chosen = CASES.filter(({ name }) => new RegExp(values.filter).test(name))
  for (const [name, shapes] of Object.entries(MODELS)) {
    console.log(`${name}: microseconds of one step\n${''.padEnd(16)}    native described     ratio`)
    for (const each of chosen) {
      console.log(each.name.padEnd(16) + (await compare(each, shapes, Number(values.rounds))))
    }
  }
}

void main()
