/** Ops that go along an axis in order: sums so far, sorting. Source: https://keras.io/api/ops/numpy/ */
import type { DType } from '../../binding'
import { boolean, positiveInteger } from '../check'
import { ShapeError } from '../errors'
import { shapeText } from '../array'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { cast, numeric } from './dtypes'
import { emit, emitMany, oneAxis, symbolic } from './emit'
import { ravel } from './shape'

function running(op: string) {
  return (x: SymbolicTensor, axis: number | null = null, dtype?: DType): SymbolicTensor => {
    const row = axis === null ? ravel(x) : symbolic(op, x)
    const tensor = numeric(op, dtype === undefined ? row : cast(row, dtype))
    return emit(op, [tensor], { axis: oneAxis(op, tensor.rank, axis ?? 0) }, tensor)
  }
}

/** The sum of all elements up to each one along `axis`. Null: of x in one row. @function */
export const cumsum = running('cumsum')
/**
 * The product of all elements up to each one along `axis`. Null: of x in one row. Its gradient is exact
 * where x is 0; that of Keras on TensorFlow is 0 there.
 *
 * @function
 */
export const cumprod = running('cumprod')

/** In rising order along `axis`. Null: x in one row. */
export function sort(x: SymbolicTensor, axis: number | null = -1): SymbolicTensor {
  const tensor = axis === null ? ravel(x) : symbolic('sort', x)
  return emit('sort', [tensor], { axis: oneAxis('sort', tensor.rank, axis ?? 0) }, tensor)
}

/** The places from which `sort` takes the elements; equal ones stay in order. int32. */
export function argsort(x: SymbolicTensor, axis: number | null = -1): SymbolicTensor {
  const tensor = axis === null ? ravel(x) : symbolic('argsort', x)
  const output = { shape: tensor.shape, dtype: 'int32' } as const
  return emit('argsort', [tensor], { axis: oneAxis('argsort', tensor.rank, axis ?? 0) }, output)
}

/**
 * The k largest elements of the last axis and their places (int32), the largest first and, of equal
 * ones, the first. `sorted: false` allows any order; this one is kept.
 */
export function topK(
  x: SymbolicTensor,
  k: number,
  sorted = true,
): [values: SymbolicTensor, indices: SymbolicTensor] {
  const at = opLocation('topK')
  positiveInteger(at, 'k', k)
  boolean(at, 'sorted', sorted)
  const length = symbolic('topK', x).shape.at(-1)
  if (length === undefined || (length !== null && length < k)) {
    throw new ShapeError(
      at,
      `expects ${k} elements or more in the last axis of ${shapeText(x.shape)}`,
    )
  }
  const shape = [...x.shape.slice(0, -1), k]
  return emitMany('topK', [x], { k }, [
    { shape, dtype: x.dtype },
    { shape, dtype: 'int32' },
  ]) as [SymbolicTensor, SymbolicTensor]
}
