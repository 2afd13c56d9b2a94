/** Checks and converts the arrays that come in. */
import {
  allocate,
  arrayDType,
  NDArray,
  shapeText,
  toArray,
  type ArrayLike,
  type DType,
} from '../array'
import { fail, isList } from '../check'
import { ArgumentError, DTypeError, ShapeError } from '../errors'
import { SymbolicTensor, type TensorSpec } from '../graph/tensor'
import { allByName, byName, isRecord } from '../graph/structure'

/** One array, or for several inputs or outputs a list with one for each, or a record by name. */
export type Data = ArrayLike | readonly ArrayLike[] | Readonly<Record<string, ArrayLike>>

export type DataKind = 'input' | 'target'

/** The arrays for the given tensors, each with a fitting shape. */
export function batchArrays(
  where: string,
  kind: DataKind,
  tensors: readonly TensorSpec[],
  data: Data,
  names: readonly string[] = [],
): NDArray[] {
  const list = dataList(where, kind, tensors.length, data, names)
  // Wrong kinds of data first: "takes 2 arrays" would not help who forgot an await.
  const arrays = list.map((item, i) =>
    convert(where, list.length > 1 ? `${kind}[${i}]` : kind, item),
  )
  if (arrays.length !== tensors.length) {
    throw new ArgumentError(
      where,
      `takes ${counted(tensors.length, `${kind} array`)}, received ${arrays.length}`,
    )
  }
  return arrays.map((array, i) => {
    const name = tensors.length > 1 && names[i] !== undefined ? `${kind} of ${names[i]}` : kind
    return fit(where, name, tensors[i] as TensorSpec, array)
  })
}

/** `1 input array`, `2 input arrays` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** The data of each tensor, of whatever form. */
export function dataList(
  where: string,
  kind: DataKind,
  expected: number,
  data: Data,
  names: readonly string[],
): readonly ArrayLike[] {
  if (isRecord(data)) {
    const record = data
    // An output without a loss needs no targets.
    if (kind === 'input') return allByName(where, kind, record, names)
    return byName(where, kind, record, names) as readonly ArrayLike[]
  }
  return isDataList(data, expected) ? data : [data]
}

/** Whether data is a list of arrays: it holds one, or several are expected. */
function isDataList(data: Data, expected: number): data is readonly ArrayLike[] {
  if (!isList(data)) return false
  return expected > 1 || data.some((item) => item instanceof NDArray || ArrayBuffer.isView(item))
}

export function isArray(value: unknown): boolean {
  return isList(value) || value instanceof NDArray || ArrayBuffer.isView(value)
}

/** One array, of any form that arrays may have. */
export function convert(where: string, name: string, value: ArrayLike): NDArray {
  if (typeof value === 'number' || isArray(value)) return toArray(`${where} ${name}`, value)
  return fail(where, name, `an NDArray or nested numbers${cure(value)}`, value)
}

/** What to do with an object that leads to numbers. */
function cure(value: unknown): string {
  const { then, batch } = Object(value) as { then?: unknown; batch?: unknown }
  if (typeof then === 'function') return ' (use await to get them from a promise)'
  if (typeof batch === 'function') return ' (use .batch(indices) to get them from pictures)'
  return value instanceof SymbolicTensor ? ' (a symbolic tensor holds none)' : ''
}

/** The array in the shape and element type that the tensor has. */
export function fit(where: string, kind: string, tensor: TensorSpec, given: NDArray): NDArray {
  // As Keras does: a flat list of one number for each item.
  const rank = tensor.shape.length
  const isColumn = rank > 1 && tensor.shape[rank - 1] === 1 && given.shape.length === rank - 1
  const array = isColumn ? given.reshape([...given.shape, 1]) : given
  const fits =
    array.shape.length === rank &&
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
  // Labels and masks may come as bytes, pictures may not: their bytes are to be scaled.
  if (rank > 2 && !kind.startsWith('target')) requireScaled(where, kind, array, tensor)
  return asDType(where, kind, array, arrayDType(tensor.dtype))
}

function requireScaled(where: string, kind: string, { dtype }: NDArray, tensor: TensorSpec): void {
  if (dtype !== 'uint8' || tensor.dtype !== 'float32') return
  throw new DTypeError(
    where,
    `${kind} must be float32, received uint8; scale pictures first, such as x.div(127.5).sub(1)`,
  )
}

/** The same numbers as another type, where it can hold them. */
export function asDType(where: string, kind: string, array: NDArray, dtype: DType): NDArray {
  if (array.dtype === dtype) return array
  if (dtype === 'float32') return array.map((value) => value)
  const data = allocate(dtype, array.size, where)
  data.set(array.data)
  // Typed arrays cut off what they can't hold.
  const lost = array.data.findIndex((value: number, i: number) => data[i] !== value)
  if (lost < 0) return new NDArray(data, array.shape, dtype)
  throw new DTypeError(where, `${kind} must be ${dtype}, received ${String(array.data[lost])}`)
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
