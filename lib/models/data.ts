/** Checks and converts the arrays that come in. */
import { NDArray, shapeText, type ArrayLike, type DType } from '../array'
import { ArgumentError, DTypeError, ShapeError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'

/** One array, or a list of NDArrays for several inputs or outputs. */
export type Data = ArrayLike | readonly NDArray[]

/** The arrays for the given tensors, each with a fitting shape, and as many items as the others. */
export function batchArrays(
  where: string,
  kind: 'input' | 'target',
  tensors: readonly SymbolicTensor[],
  data: Data,
): NDArray[] {
  const list = isArrayList(data) ? data : [NDArray.from(data)]
  if (list.length !== tensors.length) {
    throw new ArgumentError(
      where,
      `takes ${tensors.length} ${kind} arrays, received ${list.length}`,
    )
  }
  return list.map((array, i) => fit(where, kind, tensors[i] as SymbolicTensor, array))
}

function isArrayList(data: Data): data is readonly NDArray[] {
  return Array.isArray(data) && data[0] instanceof NDArray
}

function fit(where: string, kind: string, tensor: SymbolicTensor, given: NDArray): NDArray {
  // As Keras does: a flat list of one number for each item.
  const isColumn = tensor.rank === 2 && tensor.shape[1] === 1 && given.shape.length === 1
  const array = isColumn ? given.reshape([given.size, 1]) : given
  const fits =
    array.shape.length === tensor.rank &&
    tensor.shape.every((length, axis) => length === null || length === array.shape[axis])
  if (!fits) {
    throw new ShapeError(
      where,
      `${kind} must have shape ${shapeText(tensor.shape)}, received ${shapeText(given.shape)}`,
    )
  }
  if (array.size === 0) {
    throw new ShapeError(where, `${kind} is empty: received shape ${shapeText(given.shape)}`)
  }
  return asDType(where, kind, array, tensor.dtype)
}

function asDType(where: string, kind: string, array: NDArray, dtype: DType): NDArray {
  if (array.dtype === dtype) return array
  if (dtype === 'float32' && array.dtype === 'uint8') {
    throw new DTypeError(
      where,
      `${kind} must be float32, received uint8; scale pictures first, such as x.div(127.5).sub(1)`,
    )
  }
  if (dtype === 'float32') return array.map((value) => value)
  throw new DTypeError(where, `${kind} must be ${dtype}, received ${array.dtype}`)
}

export function requireEqualBatches(where: string, arrays: readonly NDArray[]): void {
  const [first] = arrays
  const other = arrays.find((array) => array.shape[0] !== first?.shape[0])
  if (first && other) {
    throw new ShapeError(
      where,
      `all arrays must hold equally many items, received ${String(first.shape[0])} and ${String(other.shape[0])}`,
    )
  }
}
