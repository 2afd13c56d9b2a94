/** Random tensors. Without a `key` they continue the Store's own sequence. */
import type { Attributes } from '../../binding'
import { checkShape } from '../array'
import { finiteNumber } from '../check'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { emit } from './emit'
import { add, clip, erfinv, mul } from './math'

/** Two 32-bit words that fix a random tensor's values. */
export type RandomKey = readonly [number, number]

function random(
  op: string,
  shape: readonly number[],
  attributes: Attributes,
  key: RandomKey | undefined,
): SymbolicTensor {
  checkShape(opLocation(op), shape)
  for (const [name, value] of Object.entries(attributes)) finiteNumber(opLocation(op), name, value)
  return emit(op, [], key ? { ...attributes, shape, key } : { ...attributes, shape }, {
    shape,
    dtype: 'float32',
  })
}

/** Uniform over low <= x < high. */
export function randomUniform(
  shape: readonly number[],
  options: { readonly low?: number; readonly high?: number; readonly key?: RandomKey } = {},
): SymbolicTensor {
  const { low = 0, high = 1, key } = options
  return random('randomUniform', shape, { low, high }, key)
}

/** Normal with the given mean and standard deviation. */
export function randomNormal(
  shape: readonly number[],
  options: { readonly mean?: number; readonly stddev?: number; readonly key?: RandomKey } = {},
): SymbolicTensor {
  const { mean = 0, stddev = 1, key } = options
  return random('randomNormal', shape, { mean, stddev }, key)
}

/** erf(sqrt(2)): the share of normal numbers within two standard deviations. */
const WITHIN_TWO = 0.9544997361036416

/** Normal as `randomNormal`, but within two standard deviations of the mean. */
export function truncatedNormal(
  shape: readonly number[],
  options: { readonly mean?: number; readonly stddev?: number; readonly key?: RandomKey } = {},
): SymbolicTensor {
  const { mean = 0, stddev = 1, key } = options
  const share = randomUniform(shape, { low: -WITHIN_TWO, high: WITHIN_TWO, key })
  // Rounding may carry the outermost numbers over the edge.
  const standard = clip(mul(erfinv(share), Math.SQRT2), -2, 2)
  return add(mul(standard, stddev), mean)
}

// Its former place.
export { fill } from './create'
