/** Tensors made of nothing but a rule. Source: https://keras.io/api/ops/numpy/ */
import type { DType } from '../../binding'
import { NDArray, type ArrayLike } from '../array'
import { fail, finiteNumber, integer, isNonNegativeInteger, oneOf } from '../check'
import { opLocation } from '../graph/scope'
import { SymbolicTensor } from '../graph/tensor'
import { cast, constant, kindOf, requireHeld, resultType } from './dtypes'
import { emit, symbolic, TENSOR_DTYPES } from './emit'
import { resolveShape, type ShapeLike } from './shape'
import { requireMatrix } from './matrix'

/** Every element the same number. Lengths may come from `ops.shape(x)`. */
export function full(shape: ShapeLike, value: number, dtype: DType = 'float32'): SymbolicTensor {
  const at = opLocation('full')
  const { inputs, lengths, shape: known } = resolveShape('full', shape)
  oneOf(at, 'dtype', dtype, TENSOR_DTYPES)
  requireHeld(at, 'value', value, dtype)
  return emit('full', inputs, { shape: lengths, value, dtype }, { shape: known, dtype })
}

/** Zeros of this shape. */
export function zeros(shape: ShapeLike, dtype: DType = 'float32'): SymbolicTensor {
  return full(shape, 0, dtype)
}

/** Ones of this shape. */
export function ones(shape: ShapeLike, dtype: DType = 'float32'): SymbolicTensor {
  return full(shape, 1, dtype)
}

/** Every element float32 and the same number. */
export function fill(shape: readonly number[], value: number): SymbolicTensor {
  finiteNumber(opLocation('fill'), 'value', value)
  return full(shape, value)
}

/** The same number in the shape of x. */
export function fullLike(x: SymbolicTensor, value: number, dtype?: DType): SymbolicTensor {
  const at = opLocation('fullLike')
  const type = oneOf(at, 'dtype', dtype ?? symbolic('fullLike', x).dtype, TENSOR_DTYPES)
  requireHeld(at, 'value', value, type)
  const spec = { shape: symbolic('fullLike', x).shape, dtype: type }
  return emit('fullLike', [x], { value, dtype: type }, spec)
}

/** Zeros of the shape and element type of `x`. */
export function zerosLike(x: SymbolicTensor, dtype?: DType): SymbolicTensor {
  return fullLike(x, 0, dtype)
}

/** Ones of the shape and element type of `x`. */
export function onesLike(x: SymbolicTensor, dtype?: DType): SymbolicTensor {
  return fullLike(x, 1, dtype)
}

/** The numbers of an array, the same at every run; or the tensor itself. */
export function convertToTensor(x: SymbolicTensor | ArrayLike, dtype?: DType): SymbolicTensor {
  if (x instanceof SymbolicTensor) return dtype === undefined ? x : cast(x, dtype)
  if (typeof x === 'number') return constant(x, dtype ?? resultType(kindOf(x)))
  const array = NDArray.from(x)
  return constant(Array.from(array.data), dtype ?? array.dtype, array.shape)
}

/**
 * start, start + step, ... below stop; with one argument from 0 up to it. Whole numbers give int32.
 */
export function arange(
  start: number,
  stop: number | null = null,
  step = 1,
  dtype?: DType,
): SymbolicTensor {
  const at = opLocation('arange')
  const [first, end] = stop === null ? [0, start] : [start, stop]
  finiteNumber(at, 'start', first)
  finiteNumber(at, 'stop', end)
  if (finiteNumber(at, 'step', step) === 0) fail(at, 'step', 'a number other than 0', step)
  const type = oneOf(
    at,
    'dtype',
    dtype ?? resultType(...[first, end, step].map(kindOf)),
    TENSOR_DTYPES,
  )
  const length = Math.max(Math.ceil((end - first) / step), 0)
  if (!isNonNegativeInteger(length)) fail(at, 'stop', 'nearer to the start', end)
  if (length > 0) {
    requireHeld(at, 'the first element', first, type)
    requireHeld(at, 'the last element', first + (length - 1) * step, type)
  }
  const attributes = { start: first, step, length, dtype: type }
  return emit('arange', [], attributes, { shape: [length], dtype: type })
}

function triangle(op: string) {
  return (x: SymbolicTensor, k = 0): SymbolicTensor => {
    requireMatrix(op, symbolic(op, x))
    integer(opLocation(op), 'k', k)
    return emit(op, [x], { k }, x)
  }
}

/** Zeros above the k-th diagonal of the last two axes. @function */
export const tril = triangle('tril')
/** Zeros below the k-th diagonal of the last two axes. @function */
export const triu = triangle('triu')
