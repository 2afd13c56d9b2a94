/** First values of weights: exact limits, moments as statistics allows, against Keras's. */
import {
  BatchNormalization,
  Constant,
  Conv2D,
  Dense,
  Generator,
  GlorotUniform,
  type Initializer,
  Input,
  type NDArray,
  Ones,
  RandomNormal,
  RandomUniform,
  setRandomSeed,
  Zeros,
  type Layer,
} from '../../lib/index'
import { readReference, type Json, type ReferenceCase } from '../reference/read'
import { evaluate } from './evaluate'

const { cases } = readReference('initializers')
const drawn = cases.filter(({ config }) => config.initializer !== undefined)
const defaults = cases.filter(({ config }) => config.layer !== undefined)

const MAKERS: Readonly<Record<string, (options: Record<string, number>) => Initializer>> = {
  GlorotUniform: () => new GlorotUniform(),
  RandomNormal: ({ mean, stddev }) => new RandomNormal(mean, stddev),
  RandomUniform: ({ minval, maxval }) => new RandomUniform(minval, maxval),
  Zeros: () => new Zeros(),
  Ones: () => new Ones(),
  Constant: ({ value }) => new Constant(value),
}

function make({ config }: ReferenceCase): Initializer {
  const name = config.initializer as string
  const maker = MAKERS[name]
  if (!maker) throw new Error(`no initializer ${name}`)
  return maker(config.options as Record<string, number>)
}

/** As many draws as the reference made, each with a key of its own. */
async function draws(reference: ReferenceCase): Promise<Float64Array> {
  const initializer = make(reference)
  const shape = reference.config.shape as number[]
  const keys = new Generator(41)
  const arrays = await evaluate([], () =>
    Array.from({ length: 20 }, () => initializer.describe(shape, keys.nextKey())),
  )
  for (const array of arrays) expect(array.shape).toEqual(shape)
  return Float64Array.from(arrays.flatMap((array) => [...array.data]))
}

function moments(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: Math.sqrt(squares / values.length) }
}

/** Five standard errors. */
const SIGMAS = 5
/** E[(x - mean)^4] / deviation^4: decides how well a deviation can be measured. */
const kurtosis = (initializer: Initializer): number =>
  initializer instanceof RandomNormal ? 3 : 1.8

test('every initialiser of this version is recorded', () => {
  const names = new Set(drawn.map(({ config }) => config.initializer as string))
  expect([...names].sort()).toEqual(Object.keys(MAKERS).sort())
})

test.each(drawn)("$name has Keras's limits and moments", async (reference) => {
  const values = await draws(reference)
  const expected = (name: string): number => reference.number('expected', name)
  const { mean, deviation } = moments(values)
  const spread = expected('standardDeviation')
  const error = spread / Math.sqrt(values.length)
  expect(Math.abs(mean - expected('mean'))).toBeLessThanOrEqual(SIGMAS * error)
  const deviationError = (error * Math.sqrt(kurtosis(make(reference)) - 1)) / 2
  expect(Math.abs(deviation - spread)).toBeLessThanOrEqual(SIGMAS * deviationError)
  const limits = reference.numbers.expected as Readonly<Record<string, Json>>
  if (typeof limits.low !== 'number') return
  const [low, high] = [expected('low'), expected('high')]
  const [least, most] = [
    Math.min(...values.subarray(0, 4000)),
    Math.max(...values.subarray(0, 4000)),
  ]
  expect(values.every((value) => value >= Math.fround(low) && value <= Math.fround(high))).toBe(
    true,
  )
  // The limits themselves: of 4000 values none is within 1 % of one with a chance of e^-40.
  expect(least - low).toBeLessThanOrEqual(0.01 * (high - low))
  expect(high - most).toBeLessThanOrEqual(0.01 * (high - low))
})

test.each(drawn.filter(({ config }) => config.initializer === 'GlorotUniform'))(
  "$name: the limit itself is Keras's",
  (reference) => {
    const { operation } = make(reference).describe(reference.config.shape as number[], [1, 2]).node
    const attributes = operation.kind === 'op' ? operation.attributes : {}
    const limit = reference.number('expected', 'limit')
    expect(Math.abs((attributes.high as number) / limit - 1)).toBeLessThan(1e-12)
    expect(attributes.low).toBe(-(attributes.high as number))
  },
)

const LAYERS: Readonly<Record<string, () => Layer>> = {
  Dense: () => applied(Dense(64), [100]),
  Conv2D: () => applied(Conv2D(32, { kernelSize: 3 }), [8, 8, 16]),
  BatchNormalization: () => applied(new BatchNormalization(), [8]),
}

function applied(layer: Layer, shape: number[]): Layer {
  layer.apply(Input({ shape }))
  return layer
}

test.each(defaults)('$name are as Keras has them', async (reference) => {
  setRandomSeed(42)
  const layer = LAYERS[reference.config.layer as string]?.() as Layer
  const weights = await layer.getWeights()
  const recorded = reference.numbers.weights as readonly Readonly<Record<string, Json>>[]
  expect(weights.map(({ shape }) => shape)).toEqual(recorded.map(({ shape }) => shape))
  weights.forEach((weight: NDArray, i) => {
    const { low, high } = recorded[i] as { low: number; high: number }
    const [least, most] = [Math.min(...weight.data), Math.max(...weight.data)]
    // Of thousands of uniform values the extremes are within 1 % of the limits in both.
    expect(Math.abs(least - low)).toBeLessThanOrEqual(0.01 * Math.abs(low))
    expect(Math.abs(most - high)).toBeLessThanOrEqual(0.01 * Math.abs(high))
  })
})
