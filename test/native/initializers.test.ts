/** First values of weights: exact limits, moments as statistics allows, against Keras's. */
import * as library from '../../lib/index'
import { BatchNormalization, Conv2D, Dense, Generator, Input } from '../../lib/index'
import { setRandomSeed, type Initializer, type Layer, type NDArray } from '../../lib/index'
import { resolveInitializer } from '../../lib/initializers'
import { readReference, type Json, type ReferenceCase } from '../reference/read'
import { covers, noteComparison } from './coverage'
import { evaluate } from './evaluate'
import { expectClose } from './tolerance'

const { cases } = readReference('initializers')
const initialized = cases.filter(({ config }) => config.initializer !== undefined)
const drawn = initialized.filter(({ config }) => config.exact === undefined)
const exact = initialized.filter(({ config }) => config.exact !== undefined)
const defaults = cases.filter(({ config }) => config.layer !== undefined)

type Made = new (options: object) => Initializer

/** By `new Class(options)`, the name that Keras's recorder used. */
function make({ config }: ReferenceCase): Initializer {
  const name = config.initializer as keyof typeof library
  const options = config.options as object
  covers('initializer', name, Object.keys(options))
  // `Identity` is the layer of that name.
  const made = name === 'Identity' ? library.IdentityInitializer : library[name]
  return new (made as unknown as Made)(options)
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
function kurtosis(limits: Readonly<Record<string, Json>>): number {
  if (limits.low === undefined) return 3
  const { low, high, standardDeviation } = limits as Readonly<Record<string, number>>
  const width = ((high as number) - (low as number)) / (standardDeviation as number)
  // Uniform numbers span 3.46 deviations, truncated normal ones 4.55.
  return width < 4 ? 1.8 : 2.37
}

test('every initialiser is recorded', () => {
  const names = new Set(initialized.map(({ config }) => config.initializer as string))
  const isOurs = (value: unknown): value is { name: string } =>
    typeof value === 'function' && value.prototype instanceof library.Initializer
  const ourNames = Object.values<unknown>(library)
    .filter(isOurs)
    .map(({ name }) => name)
  expect([...names].sort()).toEqual(ourNames.sort())
})

test.each(drawn)("$name has Keras's limits and moments", async (reference) => {
  const values = await draws(reference)
  const expected = (name: string): number => reference.number('expected', name)
  const { mean, deviation } = moments(values)
  const spread = expected('standardDeviation')
  const error = spread / Math.sqrt(values.length)
  noteComparison('moments', Math.abs(deviation - spread), spread)
  expect(Math.abs(mean - expected('mean'))).toBeLessThanOrEqual(SIGMAS * error)
  const limits = reference.numbers.expected as Readonly<Record<string, Json>>
  const deviationError = (error * Math.sqrt(kurtosis(limits) - 1)) / 2
  expect(Math.abs(deviation - spread)).toBeLessThanOrEqual(SIGMAS * deviationError)
  if (typeof limits.low !== 'number') return
  const [low, high] = [expected('low'), expected('high')]
  const [least, most] = [
    Math.min(...values.subarray(0, 4000)),
    Math.max(...values.subarray(0, 4000)),
  ]
  expect(values.every((value) => value >= Math.fround(low) && value <= Math.fround(high))).toBe(
    true,
  )
  // The limits themselves: of 4000 values none is within 1 % of one with a chance of e^-40, or of
  // e^-12 where values are rarer there (truncated normal: 0.3 % of them).
  expect(least - low).toBeLessThanOrEqual(0.01 * (high - low))
  expect(high - most).toBeLessThanOrEqual(0.01 * (high - low))
})

test.each(drawn.filter(({ numbers }) => 'limit' in (numbers.expected as object)))(
  "$name: the limit itself is Keras's",
  (reference) => {
    const { operation } = make(reference).describe(reference.config.shape as number[], [1, 2]).node
    const attributes = operation.kind === 'op' ? operation.attributes : {}
    const limit = reference.number('expected', 'limit')
    noteComparison('limit', Math.abs((attributes.maxval as number) - limit), limit)
    expect(Math.abs((attributes.maxval as number) / limit - 1)).toBeLessThan(1e-12)
    expect(attributes.minval).toBe(-(attributes.maxval as number))
  },
)

test.each(exact)('$name: the values that no random number decides', async (reference) => {
  const shape = reference.config.shape as number[]
  const initializer = make(reference)
  const [values] = await evaluate([], () => [initializer.describe(shape, [3, 4])])
  expect(values?.shape).toEqual(shape)
  if (reference.has('values')) {
    expect(values).toEqual(reference.array('values'))
    noteComparison('start', 0, 1)
    return
  }
  const gram = gramOf(values as NDArray, shape.at(-1) as number)
  expectClose('gram', gram, reference.array('gram'), reference.number('drift', 'gram'))
})

/** Dot products of the vectors on the shorter side of a matrix with `columns` columns. */
function gramOf({ data }: NDArray, columns: number): NDArray {
  const rows = data.length / columns
  const [count, length] = rows < columns ? [rows, columns] : [columns, rows]
  const at = (vector: number, i: number): number =>
    data[rows < columns ? vector * columns + i : i * columns + vector] as number
  const dot = (a: number, b: number): number =>
    Array.from({ length }, (_, i) => at(a, i) * at(b, i)).reduce((sum, value) => sum + value, 0)
  const products = Array.from({ length: count }, (_, a) =>
    Array.from({ length: count }, (_, b) => dot(a, b)),
  )
  return library.NDArray.from(products)
}

test('a seed gives the same values for each weight, another seed others', async () => {
  const shape = [7, 5]
  const draw = async (initializer: Initializer): Promise<number[]> => {
    const [values] = await evaluate([], () => [initializer.prepare(shape)()])
    return [...(values as NDArray).data]
  }
  for (const name of ['RandomNormal', 'HeUniform', 'TruncatedNormal', 'Orthogonal'] as const) {
    const first = await draw(new library[name]({ seed: 5 }))
    expect(await draw(new library[name]({ seed: 5 }))).toEqual(first)
    expect(await draw(new library[name]({ seed: 6 }))).not.toEqual(first)
    expect(await draw(new library[name]())).not.toEqual(first)
  }
})

test('a function over ops gives first values', async () => {
  const twos = (shape: readonly number[]) => library.ops.fill(shape, 2)
  const initializer = resolveInitializer('test', 'kernelInitializer', twos)
  const [values] = await evaluate([], () => [initializer.prepare([2, 3])()])
  expect(values?.tolist()).toEqual([
    [2, 2, 2],
    [2, 2, 2],
  ])
})

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
