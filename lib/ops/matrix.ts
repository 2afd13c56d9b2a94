/** Ops on matrices: the last two axes. Source: https://keras.io/api/ops/numpy/ */
import type { DType } from '../../binding'
import { shapeText } from '../array'
import { integer, nonNegativeInteger, oneOf } from '../check'
import { ShapeError } from '../errors'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { cast, promoted, resultType } from './dtypes'
import { broadcastShapes, emit, floatTensor, requireRank, symbolic, TENSOR_DTYPES } from './emit'

export function requireMatrix(op: string, x: SymbolicTensor): void {
  if (x.rank < 2) {
    throw new ShapeError(
      opLocation(op),
      `expects a tensor with 2 axes or more, received shape ${shapeText(x.shape)}`,
    )
  }
}

/** Both as floats, and the element type of the result: integers are multiplied as floats. */
export function factors(
  op: string,
  a: SymbolicTensor,
  b: SymbolicTensor,
): [SymbolicTensor, SymbolicTensor, (y: SymbolicTensor) => SymbolicTensor] {
  const dtype = resultType(symbolic(op, a).dtype, symbolic(op, b).dtype)
  const [left, right] = promoted(op, [a, b], 'float') as [SymbolicTensor, SymbolicTensor]
  return [left, right, (y) => cast(y, dtype)]
}

/**
 * The matrix product over the last two axes, the others broadcast: (..., m, k) and (..., k, n) give
 * (..., m, n). A vector is a row on the left and a column on the right, and that axis is dropped.
 */
export function matmul(a: SymbolicTensor, b: SymbolicTensor): SymbolicTensor {
  const [left, right, typed] = factors('matmul', a, b)
  if (left.rank === 0 || right.rank === 0) {
    throw new ShapeError(
      opLocation('matmul'),
      `expects vectors or matrices, received ${shapeText(a.shape)} and ${shapeText(b.shape)}`,
    )
  }
  const rows = left.rank === 1 ? [] : [left.shape.at(-2) as number | null]
  const columns = right.rank === 1 ? [] : [right.shape.at(-1) as number | null]
  const [inner, other] = [left.shape.at(-1), right.shape.at(right.rank === 1 ? -1 : -2)]
  if (inner !== other && inner !== null && other !== null) {
    throw new ShapeError(
      opLocation('matmul'),
      `shapes ${shapeText(a.shape)} and ${shapeText(b.shape)} don't fit: ${String(inner)} columns meet ${String(other)} rows`,
    )
  }
  const batch = broadcastShapes('matmul', left.shape.slice(0, -2), right.shape.slice(0, -2))
  const shape = [...batch, ...rows, ...columns]
  return typed(emit('matmul', [left, right], {}, { shape, dtype: left.dtype }))
}

/** n rows and m columns (default n), 1 on the k-th diagonal above the main one, 0 elsewhere. */
export function eye(
  n: number,
  m: number | null = null,
  k = 0,
  dtype: DType = 'float32',
): SymbolicTensor {
  const at = opLocation('eye')
  const [rows, columns] = [nonNegativeInteger(at, 'n', n), nonNegativeInteger(at, 'm', m ?? n)]
  integer(at, 'k', k)
  oneOf(at, 'dtype', dtype, TENSOR_DTYPES)
  return emit('eye', [], { rows, columns, k, dtype }, { shape: [rows, columns], dtype })
}

/**
 * Orthonormal columns that span those of x: Q of its QR decomposition, with the signs that make the
 * diagonal of R positive. x is (rows, columns) with rows >= columns.
 */
export function orthonormalize(x: SymbolicTensor): SymbolicTensor {
  requireRank('orthonormalize', floatTensor('orthonormalize', x), 2)
  const [rows, columns] = x.shape
  if (typeof rows !== 'number' || typeof columns !== 'number' || rows < columns) {
    throw new ShapeError(
      opLocation('orthonormalize'),
      `expects at least as many rows as columns, received shape ${shapeText(x.shape)}`,
    )
  }
  return emit('orthonormalize', [x], {}, x)
}
