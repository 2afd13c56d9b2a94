/**
 * The public namespace `K`: the ops under the names of Keras 2's backend, which programs of that time
 * call. Arguments and defaults are Keras 2's where they differ from those of `ops`.
 * Source: https://keras.io/2.18/api/utils/backend_utils/
 */
import type { DType } from '../../binding'
import { fail, finiteNumber } from '../check'
import { ArgumentError } from '../errors'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor, Tensors } from '../graph/tensor'
import * as ops from '../ops'
import type { Axis, Length, Operand, ShapeLike } from '../ops'

export { abs, all, any, arange, cast, clip, cos, dot, equal, exp } from '../ops'
export { eye, greater, greaterEqual, less, lessEqual, log } from '../ops'
export {
  logsumexp,
  max,
  maximum,
  mean,
  min,
  minimum,
  notEqual,
  onesLike,
  prod,
  reshape,
} from '../ops'
export { round, shape, sigmoid, sign, sin, softmax, softplus, softsign, sqrt, square } from '../ops'
export {
  stack,
  std,
  stopGradient,
  sum,
  tanh,
  tile,
  transpose,
  zerosLike,
  ones,
  zeros,
} from '../ops'
export { elu, var, power as pow, ravel as flatten } from '../ops'

/** Keras's fuzz factor: what keeps a logarithm from 0. */
export function epsilon(): number {
  return 1e-7
}

/** The element type of floats. */
export function floatx(): DType {
  return 'float32'
}

/** The lengths of the axes, null where they are known only when a program runs. */
export function intShape(x: SymbolicTensor): readonly (number | null)[] {
  return x.shape
}

/** The number of axes. */
export function ndim(x: SymbolicTensor): number {
  return x.rank
}

/** The element type. */
export function dtype(x: SymbolicTensor): DType {
  return x.dtype
}

/** As float32. */
export function castToFloatx(x: SymbolicTensor): SymbolicTensor {
  return ops.cast(x, floatx())
}

/** Numbers that are the same at every run, `shape` of them. */
export function constant(
  value: Parameters<typeof ops.convertToTensor>[0],
  type: DType = 'float32',
  shape?: ShapeLike,
): SymbolicTensor {
  const tensor = ops.convertToTensor(value, type)
  return shape === undefined ? tensor : ops.broadcastTo(tensor, shape)
}

/** One behind the other, by default along the last axis. */
export function concatenate(xs: readonly SymbolicTensor[], axis = -1): SymbolicTensor {
  return ops.concatenate(xs, axis)
}

/** The place of the largest element along `axis`; int32. */
export function argmax(x: SymbolicTensor, axis = -1): SymbolicTensor {
  return ops.argmax(x, axis)
}

/** The place of the smallest element along `axis`; int32. */
export function argmin(x: SymbolicTensor, axis = -1): SymbolicTensor {
  return ops.argmin(x, axis)
}

/** A new axis of length 1, by default the last one. */
export function expandDims(x: SymbolicTensor, axis = -1): SymbolicTensor {
  return ops.expandDims(x, axis)
}

/** The sum of all elements up to each one along `axis`. */
export function cumsum(x: SymbolicTensor, axis = 0): SymbolicTensor {
  return ops.cumsum(x, axis)
}

/** The product of all elements up to each one along `axis`. */
export function cumprod(x: SymbolicTensor, axis = 0): SymbolicTensor {
  return ops.cumprod(x, axis)
}

/** Keras 2's: `0.2 x + 0.5`, limited to 0..1. */
export function hardSigmoid(x: SymbolicTensor): SymbolicTensor {
  return ops.clip(ops.add(ops.mul(x, 0.2), 0.5), 0, 1)
}

/** All axes but the first in one. */
export function batchFlatten(x: SymbolicTensor): SymbolicTensor {
  return ops.reshape(x, [null, -1])
}

/** The product of each pair of items, over axes that `axes` names: of both, or of x and of y. */
export function batchDot(
  x: SymbolicTensor,
  y: SymbolicTensor,
  axes: number | readonly [number, number] | null = null,
): SymbolicTensor {
  if (x.rank < 2 || y.rank < 2) {
    throw new ArgumentError(opLocation('batchDot'), 'expects tensors with 2 axes or more')
  }
  const [a, b] =
    axes === null
      ? [x.rank - 1, y.rank === 2 ? 1 : y.rank - 2]
      : [axes].flat().length === 2
        ? (axes as readonly [number, number])
        : [axes as number, axes as number]
  const place = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)
  const [left, right] = [place(a, x.rank), place(b, y.rank)]
  if (left < 1 || right < 1) fail(opLocation('batchDot'), 'axes', 'axes behind the batch', axes)
  const letters = Array.from('bcdefghijklmnopqrstuvwxyz')
  const xs = ['b', ...letters.slice(1, x.rank)]
  const ys = ['b', ...letters.slice(x.rank, x.rank + y.rank - 1)]
  ys[right] = xs[left] as string
  const rest = [...xs.filter((_, i) => i !== left), ...ys.filter((_, i) => i !== right).slice(1)]
  const result = ops.einsum(`${xs.join('')},${ys.join('')}->${rest.join('')}`, x, y)
  return result.rank === 1 ? ops.expandDims(result, 1) : result
}

/** The axes in another order. */
export function permuteDimensions(x: SymbolicTensor, pattern: readonly number[]): SymbolicTensor {
  return ops.transpose(x, pattern)
}

/** Without the axis `axis`, whose length must be 1. */
export function squeeze(x: SymbolicTensor, axis: number): SymbolicTensor {
  return ops.squeeze(x, axis)
}

/** Each slice along `axis` `rep` times. */
export function repeatElements(x: SymbolicTensor, rep: number, axis: number): SymbolicTensor {
  return ops.repeat(x, rep, axis)
}

/** (batch, features) to (batch, n, features). */
export function repeat(x: SymbolicTensor, n: number): SymbolicTensor {
  return ops.repeat(ops.expandDims(x, 1), n, 1)
}

/** Class numbers as rows of zeros with a one at the class. */
export function oneHot(indices: SymbolicTensor, numClasses: number): SymbolicTensor {
  return ops.oneHot(indices, numClasses)
}

/** Rows of `reference` at the given places. */
export function gather(reference: SymbolicTensor, indices: SymbolicTensor): SymbolicTensor {
  return ops.take(reference, indices, 0)
}

/** x / |x| along `axis`, |x| at least 1e-6. */
export function l2Normalize(x: SymbolicTensor, axis: Axis = null): SymbolicTensor {
  const squares = ops.sum(ops.square(x), axis, true)
  return ops.mul(x, ops.rsqrt(ops.maximum(squares, 1e-12)))
}

/** `max(x, 0)`, with `alpha * x` below and `maxValue` as the limit above. */
export function relu(x: SymbolicTensor, alpha = 0, maxValue: number | null = null): SymbolicTensor {
  finiteNumber(opLocation('relu'), 'alpha', alpha)
  const y = alpha === 0 ? ops.relu(x) : ops.leakyRelu(x, alpha)
  return maxValue === null ? y : ops.minimum(y, maxValue)
}

/** Sets a share `level` of the elements to 0 and divides the rest by `1 - level`. */
export function dropout(x: SymbolicTensor, level: number): SymbolicTensor {
  return ops.dropout(x, level)
}

/** Either of two tensors, for each element or by one flag for all. */
export function switchTensor(
  condition: SymbolicTensor,
  then: Operand,
  otherwise: Operand,
): SymbolicTensor {
  return ops.where(condition, then, otherwise)
}
export { switchTensor as switch }

/** The derivatives of the sum of `loss` by each variable. */
export function gradients(loss: Tensors, variables: Tensors): SymbolicTensor[] {
  const list = Array.isArray(variables) ? variables : [variables as SymbolicTensor]
  return ops.gradients(loss, list as readonly SymbolicTensor[])
}

/** Normal numbers; `shape` may be `K.shape(x)`. */
export function randomNormal(
  shape: readonly Length[],
  mean = 0,
  stddev = 1,
  type: DType = 'float32',
  seed?: number,
): SymbolicTensor {
  return ops.randomNormal(shape, { mean, stddev, dtype: type, ...(seed !== undefined && { seed }) })
}

/** Uniform numbers from minval up to maxval; `shape` may be `K.shape(x)`. */
export function randomUniform(
  shape: readonly Length[],
  minval = 0,
  maxval = 1,
  type: DType = 'float32',
  seed?: number,
): SymbolicTensor {
  const options = { minval, maxval, dtype: type }
  return ops.randomUniform(shape, { ...options, ...(seed !== undefined && { seed }) })
}

/** Normal numbers within two standard deviations of the mean. */
export function truncatedNormal(
  shape: readonly Length[],
  mean = 0,
  stddev = 1,
  type: DType = 'float32',
  seed?: number,
): SymbolicTensor {
  return ops.truncatedNormal(shape, {
    mean,
    stddev,
    dtype: type,
    ...(seed !== undefined && { seed }),
  })
}

/** 1 with probability p, otherwise 0. */
export function randomBernoulli(
  shape: readonly Length[],
  p = 0,
  type: DType = 'float32',
  seed?: number,
): SymbolicTensor {
  return ops.bernoulli(shape, { p, dtype: type, ...(seed !== undefined && { seed }) })
}
