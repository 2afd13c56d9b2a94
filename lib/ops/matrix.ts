/** Ops on matrices as such. */
import type { DType } from '../../binding'
import { shapeText } from '../array'
import { oneOf, positiveInteger } from '../check'
import { ShapeError } from '../errors'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { emit, floatTensor, requireRank, TENSOR_DTYPES } from './emit'

/** The identity matrix, with zeros beyond the smaller side. */
export function eye(rows: number, columns = rows, dtype: DType = 'float32'): SymbolicTensor {
  const where = opLocation('eye')
  const shape = [positiveInteger(where, 'rows', rows), positiveInteger(where, 'columns', columns)]
  oneOf(where, 'dtype', dtype, TENSOR_DTYPES)
  return emit('eye', [], { shape, dtype }, { shape, dtype })
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
