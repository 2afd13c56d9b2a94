/**
 * Random tensors. Without a `seed` they continue the Store's own sequence, which `setRandomSeed`
 * restarts; with one they are the same at every run. Lengths may come from `ops.shape(x)`.
 * Source: https://keras.io/api/random/
 */
import type { Attributes, DType } from '../../binding'
import { describe, fail, finiteNumber, knownOptions, nonNegativeInteger } from '../check'
import { positiveInteger, shareOf } from '../check'
import { ShapeError } from '../errors'
import { shapeText } from '../array'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { zerosLike } from './create'
import { cast, floating } from './dtypes'
import { less } from './compare'
import { emit, oneAxis, symbolic } from './emit'
import { take } from './gather'
import { add, clip, erfinv, log, mul, neg } from './math'
import { argmax } from './reduce'
import { expandDims, resolveShape, shape as shapeOf, type ShapeLike } from './shape'
import { argsort } from './sort'

/** Two 32-bit words that fix a random tensor's values. */
export type RandomKey = readonly [number, number]

/** Options of ops that draw numbers. */
export interface RandomOptions {
  /** Default float32; of `randint` int32. */
  readonly dtype?: DType
  /** The same numbers at every run. */
  readonly seed?: number
  readonly key?: RandomKey
  /** New numbers at every run, but other ones than without it: see `NoiseLayerOptions.seed`. */
  readonly stream?: RandomKey
}

/** Options of random numbers between two bounds. */
export interface UniformOptions extends RandomOptions {
  /** Default 0. */
  readonly minval?: number
  /** Default 1. */
  readonly maxval?: number
}

/** Options of random numbers with a mean and a standard deviation. */
export interface NormalOptions extends RandomOptions {
  /** Default 0. */
  readonly mean?: number
  /** Default 1. */
  readonly stddev?: number
}

/** The attribute that fixes the numbers, if an option asks for it. */
function keyOf(
  op: string,
  { seed, key, stream }: RandomOptions,
): { key?: RandomKey; stream?: RandomKey } {
  if (seed === undefined) return key ? { key } : stream ? { stream } : {}
  return { key: wordsOf(opLocation(op), seed) }
}

/** A seed as two 32-bit words. */
export function wordsOf(where: string, seed: number): RandomKey {
  nonNegativeInteger(where, 'seed', seed)
  return [seed >>> 0, Math.floor(seed / 2 ** 32)]
}

const RANDOM_OPTIONS = ['dtype', 'seed', 'key', 'stream'] as const
const NORMAL_OPTIONS = ['mean', 'stddev', ...RANDOM_OPTIONS] as const

function random(
  op: string,
  shape: ShapeLike,
  numbers: Readonly<Record<string, number>>,
  options: RandomOptions,
  made: DType = 'float32',
): SymbolicTensor {
  const at = opLocation(op)
  const { inputs, lengths, shape: known } = resolveShape(op, shape)
  for (const [name, value] of Object.entries(numbers)) finiteNumber(at, name, value)
  const attributes: Attributes = { ...numbers, shape: lengths, ...keyOf(op, options) }
  return cast(emit(op, inputs, attributes, { shape: known, dtype: made }), options.dtype ?? made)
}

/** Uniform over minval <= x < maxval. */
export function randomUniform(shape: ShapeLike, options: UniformOptions = {}): SymbolicTensor {
  knownOptions(opLocation('randomUniform'), options, ['minval', 'maxval', ...RANDOM_OPTIONS])
  const { minval = 0, maxval = 1 } = options
  return random('randomUniform', shape, { minval, maxval }, options)
}

/** Normal with the given mean and standard deviation. */
export function randomNormal(shape: ShapeLike, options: NormalOptions = {}): SymbolicTensor {
  knownOptions(opLocation('randomNormal'), options, NORMAL_OPTIONS)
  const { mean = 0, stddev = 1 } = options
  return random('randomNormal', shape, { mean, stddev }, options)
}

/** erf(sqrt(2)): the share of normal numbers within two standard deviations. */
const WITHIN_TWO = 0.9544997361036416

/** Normal as `randomNormal`, but within two standard deviations of the mean. */
export function truncatedNormal(shape: ShapeLike, options: NormalOptions = {}): SymbolicTensor {
  const at = opLocation('truncatedNormal')
  knownOptions(at, options, NORMAL_OPTIONS)
  const { mean = 0, stddev = 1, dtype = 'float32', ...others } = options
  finiteNumber(at, 'mean', mean)
  finiteNumber(at, 'stddev', stddev)
  const share = randomUniform(shape, { ...others, minval: -WITHIN_TWO, maxval: WITHIN_TWO })
  // Rounding may carry the outermost numbers over the edge.
  const standard = clip(mul(erfinv(share), Math.SQRT2), -2, 2)
  return cast(add(mul(standard, stddev), mean), dtype)
}

/** 1 with probability `p` (default 0.5), otherwise 0. */
export function bernoulli(
  shape: ShapeLike,
  options: RandomOptions & { readonly p?: number } = {},
): SymbolicTensor {
  const at = opLocation('bernoulli')
  knownOptions(at, options, ['p', ...RANDOM_OPTIONS])
  const { p = 0.5, dtype = 'float32', ...others } = options
  shareOf(at, 'p', p)
  return cast(less(randomUniform(shape, others), p), dtype)
}

/** Integers minval <= x < maxval, all equally likely. */
export function randint(
  shape: ShapeLike,
  minval: number,
  maxval: number,
  options: RandomOptions = {},
): SymbolicTensor {
  const at = opLocation('randint')
  knownOptions(at, options, ['dtype', 'seed', 'key'])
  const isInt32 = (value: unknown): boolean =>
    Number.isInteger(value) && (value as number) >= -(2 ** 31) && (value as number) <= 2 ** 31
  if (!isInt32(minval)) fail(at, 'minval', 'an integer of 32 bits', minval)
  if (!isInt32(maxval) || maxval <= minval) {
    fail(at, 'maxval', `an integer of 32 bits above ${minval}`, maxval)
  }
  const { key } = keyOf('randint', options)
  const numbers = { minval, maxval }
  const made = random('randomInteger', shape, numbers, key ? { key } : {}, 'int32')
  return cast(made, options.dtype ?? 'int32')
}

/**
 * Draws `numSamples` classes for each row of `logits` (rows, classes), which are logarithms of
 * probabilities up to a constant: (rows, numSamples), int32.
 */
export function categorical(
  logits: SymbolicTensor,
  numSamples: number,
  options: RandomOptions = {},
): SymbolicTensor {
  const at = opLocation('categorical')
  knownOptions(at, options, RANDOM_OPTIONS)
  const { dtype = 'int32', ...others } = options
  positiveInteger(at, 'numSamples', numSamples)
  const tensor = floating('categorical', logits)
  if (tensor.rank !== 2) {
    throw new ShapeError(at, `expects (rows, classes), received shape ${shapeText(logits.shape)}`)
  }
  const [rows, classes] = shapeOf(tensor) as [ShapeLike[number], ShapeLike[number]]
  // The largest of the logits with Gumbel's noise (Gumbel 1954) falls on each class with its share.
  const uniform = randomUniform([rows, numSamples, classes], others)
  const noise = neg(log(neg(log(uniform))))
  return cast(argmax(add(expandDims(tensor, 1), noise), -1), dtype)
}

/** The slices of x along `axis` in random order. */
export function shuffle(x: SymbolicTensor, axis = 0, options: RandomOptions = {}): SymbolicTensor {
  knownOptions(opLocation('shuffle'), options, ['seed', 'key'])
  const place = oneAxis('shuffle', symbolic('shuffle', x).rank, axis)
  const length = shapeOf(x)[place] as ShapeLike[number]
  const order = argsort(randint([length], -(2 ** 31), 2 ** 31, options))
  return take(x, order, place)
}

/** Options of {@link ops.dropout}. */
export interface DropoutOptions extends Pick<RandomOptions, 'stream'> {
  /** The shape in which it is drawn what stays; 1 where elements share their fate, null: x's. */
  readonly noiseShape?: readonly (number | null)[] | null
}

/**
 * Sets each element to 0 with probability `rate` and scales the others by 1 / (1 - rate), so that
 * the expected sum stays. The pattern does not depend on the number of threads.
 */
export function dropout(
  x: SymbolicTensor,
  rate: number,
  options: DropoutOptions = {},
): SymbolicTensor {
  const at = opLocation('dropout')
  knownOptions(at, options, ['noiseShape', 'stream'])
  shareOf(at, 'rate', rate)
  if (rate === 0) return floating('dropout', x)
  if (rate === 1) return zerosLike(floating('dropout', x))
  if (!options.noiseShape) {
    const attributes: Attributes = { rate, ...keyOf('dropout', options) }
    return emit('dropout', [floating('dropout', x)], attributes, floating('dropout', x))
  }
  const drawn = noiseShape(at, x, options.noiseShape)
  const { inputs, lengths, shape } = resolveShape('dropout', drawn)
  const attributes: Attributes = { rate, shape: lengths, ...keyOf('dropout', options) }
  const mask = emit('dropoutMask', inputs, attributes, { shape, dtype: 'float32' })
  return mul(x, cast(mask, x.dtype))
}

/** The shape of noise for x, of whose lengths some may be shared. */
export function noiseShape(
  where: string,
  x: SymbolicTensor,
  given: readonly (number | null)[] | null | undefined,
): ShapeLike {
  const lengths = shapeOf(x)
  if (!given) return lengths
  const fits =
    given.length === x.rank &&
    given.every((length, i) => length === null || length === 1 || length === x.shape[i])
  if (!fits) {
    throw new ShapeError(
      where,
      `noiseShape must hold null, 1 or x's length for each axis of ${shapeText(x.shape)}, received ${describe(given)}`,
    )
  }
  return given.map((length, i) => length ?? (lengths[i] as number))
}
