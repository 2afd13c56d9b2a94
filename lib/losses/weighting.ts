/** Weights of items and the reduction to one number, as keras/src/losses/loss.py does them. */
import type { SymbolicTensor } from '../graph/tensor'
import { equal, where } from '../ops/compare'
import { onesLike } from '../ops/create'
import { div, mul } from '../ops/math'
import { mean, sum } from '../ops/reduce'
import { expandDims, squeeze } from '../ops/shape'

/**
 * How the values of a batch become one number: their sum, their mean ('sum_over_batch_size' and
 * 'mean' are the same), the mean weighted by the items' weights, or not at all.
 */
export type Reduction = (typeof REDUCTIONS)[number]

export const REDUCTIONS = [
  'sum_over_batch_size',
  'mean',
  'sum',
  'mean_with_sample_weight',
  'none',
] as const

/** Both with equally many axes where one has a last axis of one element more than the other. */
export function sameRank(
  a: SymbolicTensor,
  b: SymbolicTensor,
  expandVectors = true,
): [SymbolicTensor, SymbolicTensor] {
  if (a.rank === b.rank + 1 && a.shape.at(-1) === 1) {
    return b.rank === 1 && expandVectors ? [a, expandDims(b, -1)] : [squeeze(a, -1), b]
  }
  if (b.rank === a.rank + 1 && b.shape.at(-1) === 1) {
    return a.rank === 1 && expandVectors ? [expandDims(a, -1), b] : [a, squeeze(b, -1)]
  }
  return [a, b]
}

/** a / b, and 0 where b is 0. */
export function divideNoNan(a: SymbolicTensor, b: SymbolicTensor): SymbolicTensor {
  const isZero = equal(b, 0)
  return where(isZero, 0, div(a, where(isZero, 1, b)))
}

/**
 * The weights that leave out what a mask (1 or 0) leaves out. For a mean they make up for the
 * missing values: it is taken over the valid ones.
 */
export function maskedWeight(
  weight: SymbolicTensor | undefined,
  mask: SymbolicTensor | undefined,
  reduction: Reduction,
): SymbolicTensor | undefined {
  if (mask === undefined) return weight
  const isMean = reduction === 'mean' || reduction === 'sum_over_batch_size'
  const valid = isMean ? mul(mask, divideNoNan(sum(onesLike(mask)), sum(mask))) : mask
  if (weight === undefined) return valid
  const [left, right] = sameRank(valid, weight)
  return mul(left, right)
}

/** The values times the weights of their items, reduced. */
export function reduceWeighted(
  values: SymbolicTensor,
  sampleWeight: SymbolicTensor | undefined,
  mask: SymbolicTensor | undefined,
  reduction: Reduction,
): SymbolicTensor {
  const weight = maskedWeight(sampleWeight, mask, reduction)
  const [left, right] = weight ? sameRank(values, weight) : [values, undefined]
  const weighted = right ? mul(left, right) : left
  if (reduction === 'none' || weighted.rank === 0) return weighted
  if (reduction === 'sum') return sum(weighted)
  if (reduction === 'mean_with_sample_weight' && right) {
    return divideNoNan(sum(weighted), sum(right))
  }
  return mean(weighted)
}
