/** Ops that shorten axes: `axis` is one, several, or null for all. Source: https://keras.io/api/ops/numpy/ */
import type { Attributes, DType } from '../../binding'
import { boolean, fail } from '../check'
import { shapeText } from '../array'
import { ShapeError } from '../errors'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { cast, floating, numeric } from './dtypes'
import { emit, isFloat, normalizeAxes, symbolic } from './emit'
import { notEqual } from './compare'
import { abs, power, sqrt, square } from './math'
import { expandDims } from './shape'

/** One axis, a list of axes, or null for all; negative ones count from the last. */
export type Axis = number | readonly number[] | null

/** The shape that is left when `axes` are reduced. */
function reducedShape(
  x: SymbolicTensor,
  axes: readonly number[],
  keepdims: boolean,
): (number | null)[] {
  return keepdims
    ? x.shape.map((length, i) => (axes.includes(i) ? 1 : length))
    : x.shape.filter((_, i) => !axes.includes(i))
}

/** Refuses to look for the largest or smallest of no elements. */
function requireElements(op: string, x: SymbolicTensor, axes: readonly number[]): void {
  if (!axes.some((axis) => x.shape[axis] === 0)) return
  throw new ShapeError(opLocation(op), `there are no elements in ${shapeText(x.shape)}`)
}

function reduction(
  op: string,
  prepare: (x: SymbolicTensor) => SymbolicTensor,
  check: typeof requireElements = () => undefined,
) {
  return (x: SymbolicTensor, axis: Axis = null, keepdims = false): SymbolicTensor => {
    boolean(opLocation(op), 'keepdims', keepdims)
    const axes = normalizeAxes(op, symbolic(op, x).rank, axis)
    check(op, x, axes)
    const tensor = prepare(x)
    if (axes.length === 0) {
      // libtorch takes an empty list for all axes.
      const attributes = { axes: [x.rank], keepdims: false }
      return emit(op, [expandDims(tensor, x.rank)], attributes, tensor)
    }
    const shape = reducedShape(x, axes, keepdims)
    return emit(op, [tensor], { axes, keepdims }, { shape, dtype: tensor.dtype })
  }
}

/** Small integers and flags would overflow. */
const summable = (x: SymbolicTensor): SymbolicTensor => (isFloat(x.dtype) ? x : cast(x, 'int32'))
const asFlags = (x: SymbolicTensor): SymbolicTensor => cast(x, 'bool')

/** Integers give int32. @function */
export const sum = reduction('sum', summable)
/** Integers give int32. @function */
export const prod = reduction('prod', summable)
/** Integers give float32. @function */
export const mean = reduction('mean', (x) => floating('mean', x))
/** Where several elements are largest, they share the gradient. @function */
export const max = reduction('max', (x) => x, requireElements)
/** Where several elements are smallest, they share the gradient. @function */
export const min = reduction('min', (x) => x, requireElements)
/** The mean squared distance from the mean (the biased variance). @function */
export const variance = reduction('variance', (x) => floating('variance', x))
/** `log(sum(exp(x)))`, without overflow. @function */
export const logsumexp = reduction('logsumexp', (x) => floating('logsumexp', x))
/** Whether any element along `axis` is true (not 0); bool. @function */
export const any = reduction('any', asFlags)
/** Whether all elements along `axis` are true (not 0); bool. @function */
export const all = reduction('all', asFlags)
export { max as amax, min as amin, variance as var }

/** The square root of `variance`. */
export function std(x: SymbolicTensor, axis: Axis = null, keepdims = false): SymbolicTensor {
  return sqrt(variance(x, axis, keepdims))
}

/** How many elements are not 0; int32. */
export function countNonzero(x: SymbolicTensor, axis: Axis = null): SymbolicTensor {
  return sum(notEqual(x, 0), axis)
}

function place(op: string) {
  return (x: SymbolicTensor, axis: number | null = null, keepdims = false): SymbolicTensor => {
    if (typeof axis !== 'number' && axis !== null) {
      fail(opLocation(op), 'axis', 'an integer or null', axis)
    }
    boolean(opLocation(op), 'keepdims', keepdims)
    const axes = normalizeAxes(op, symbolic(op, x).rank, axis)
    requireElements(op, x, axes)
    const shape = reducedShape(x, axes, keepdims)
    const dtype: DType = 'int32'
    const attributes: Attributes = axis === null ? { keepdims } : { axis: axes[0] ?? 0, keepdims }
    return emit(op, [numeric(op, x)], attributes, { shape, dtype })
  }
}

/** The place of the largest element along `axis`, the first of equal ones; int32. Null: of all. @function */
export const argmax = place('argmax')
/** The place of the smallest element along `axis`, the first of equal ones; int32. Null: of all. @function */
export const argmin = place('argmin')

/**
 * The length of vectors along `axis`: `ord` 2 (default), 1, any other power, Infinity (the largest
 * absolute value), -Infinity, or 0 (how many are not 0). Null: of all elements as one vector.
 */
export function norm(
  x: SymbolicTensor,
  ord: number | null = null,
  axis: Axis = null,
  keepdims = false,
): SymbolicTensor {
  const tensor = floating('norm', x)
  if (ord !== null && (typeof ord !== 'number' || Number.isNaN(ord))) {
    fail(opLocation('norm'), 'ord', 'a number or null', ord)
  }
  if (ord === null || ord === 2) return sqrt(sum(square(tensor), axis, keepdims))
  if (ord === Infinity) return max(abs(tensor), axis, keepdims)
  if (ord === -Infinity) return min(abs(tensor), axis, keepdims)
  if (ord === 1) return sum(abs(tensor), axis, keepdims)
  if (ord === 0) return sum(cast(notEqual(tensor, 0), tensor.dtype), axis, keepdims)
  return power(sum(power(abs(tensor), ord), axis, keepdims), 1 / ord)
}
