/** Ops that pick elements by their places. Source: https://keras.io/api/ops/numpy/ */
import type { DType } from '../../binding'
import { shapeText } from '../array'
import { describe, fail, isInteger, isList, oneOf, positiveInteger } from '../check'
import { ArgumentError, ShapeError } from '../errors'
import { opLocation } from '../graph/scope'
import { SymbolicTensor } from '../graph/tensor'
import { constant, floating, indices } from './dtypes'
import { broadcastShapes, emit, oneAxis, symbolic, TENSOR_DTYPES } from './emit'
import { ravel } from './shape'

/** Places along an axis: a tensor of whole numbers, one of them, or a list. */
export type Indices = SymbolicTensor | number | readonly number[]

/** Places along an axis of that length, as far as it is known. */
function indexTensor(op: string, value: Indices, length: number | null): SymbolicTensor {
  if (value instanceof SymbolicTensor) return indices(op, value)
  const list = isList(value) ? value : [value]
  if (!list.every(isInteger)) {
    fail(opLocation(op), 'indices', 'a symbolic tensor, an integer or a list of them', value)
  }
  const lost = list.find((place) => length !== null && (place < -length || place >= length))
  if (lost !== undefined) {
    throw new ArgumentError(
      opLocation(op),
      `index ${lost} is out of bounds for an axis of ${String(length)} elements`,
    )
  }
  return constant(value, 'int32', isList(value) ? [value.length] : [])
}

/** The block of x that begins at `startIndices`; a length of -1 reaches to the end of its axis. */
export function slice(
  x: SymbolicTensor,
  startIndices: readonly number[],
  shape: readonly number[],
): SymbolicTensor {
  const at = opLocation('slice')
  const { rank } = symbolic('slice', x)
  for (const [name, list] of Object.entries({ startIndices, shape })) {
    if (!isList(list) || list.length !== rank || !list.every(isInteger)) {
      fail(at, name, `a list of ${rank} integers`, list)
    }
  }
  const lengths = x.shape.map((known, axis) => {
    const [start, wanted] = [startIndices[axis], shape[axis]] as [number, number]
    const length = wanted === -1 && known !== null ? known - start : wanted
    const fits = start >= 0 && (length >= 0 || wanted === -1)
    if (!fits || (known !== null && start + length > known)) {
      throw new ShapeError(
        at,
        `the block at ${describe(startIndices)} of shape ${shapeText(shape)} is not inside of ${shapeText(x.shape)}`,
      )
    }
    return length === -1 ? null : length
  })
  const attributes = { starts: startIndices, lengths: lengths.map((length) => length ?? -1) }
  return emit('slice', [x], attributes, { shape: lengths, dtype: x.dtype })
}

/**
 * The slices of x along `axis` at the given places, in their shape; null: elements of x in one row.
 * Negative places count from the end.
 */
export function take(
  x: SymbolicTensor,
  places: Indices,
  axis: number | null = null,
): SymbolicTensor {
  const tensor = axis === null ? ravel(x) : symbolic('take', x)
  const at = oneAxis('take', tensor.rank, axis ?? 0)
  const index = indexTensor('take', places, tensor.shape[at] as number | null)
  const shape = [...tensor.shape.slice(0, at), ...index.shape, ...tensor.shape.slice(at + 1)]
  return emit('take', [tensor, index], { axis: at }, { shape, dtype: tensor.dtype })
}

/**
 * For each place of `places` the element of x at that place along `axis`, all other axes alike (they
 * broadcast). Null: both in one row. Negative places count from the end.
 */
export function takeAlongAxis(
  x: SymbolicTensor,
  places: SymbolicTensor,
  axis: number | null = null,
): SymbolicTensor {
  const op = 'takeAlongAxis'
  const tensor = axis === null ? ravel(x) : symbolic(op, x)
  const index = indices(op, places)
  const at = oneAxis(op, tensor.rank, axis ?? 0)
  if (index.rank !== tensor.rank) {
    throw new ShapeError(
      opLocation(op),
      `indices must have as many axes as ${shapeText(tensor.shape)}, received ${shapeText(index.shape)}`,
    )
  }
  const without = (shape: readonly (number | null)[]): (number | null)[] =>
    shape.map((length, i) => (i === at ? 1 : length))
  const shape = [...broadcastShapes(op, without(tensor.shape), without(index.shape))]
  shape[at] = index.shape[at] as number | null
  return emit(op, [tensor, index], { axis: at }, { shape, dtype: tensor.dtype })
}

/**
 * A new axis of `numClasses` elements: 1 at the place that x names, 0 elsewhere, and all 0 where x
 * names none of them.
 */
export function oneHot(
  x: SymbolicTensor,
  numClasses: number,
  axis = -1,
  dtype: DType = 'float32',
): SymbolicTensor {
  const at = opLocation('oneHot')
  positiveInteger(at, 'numClasses', numClasses)
  oneOf(at, 'dtype', dtype, TENSOR_DTYPES)
  const index = indices('oneHot', x)
  const place = oneAxis('oneHot', index.rank + 1, axis)
  const shape = [...index.shape.slice(0, place), numClasses, ...index.shape.slice(place)]
  return emit('oneHot', [index], { numClasses, axis: place, dtype }, { shape, dtype })
}

/**
 * Sums of the elements of `data` that go to each of `numSegments` places. `segmentIds` says where
 * each goes: whole numbers from 0 for the first axes of data. The other axes stay.
 */
export function segmentSum(
  data: SymbolicTensor,
  segmentIds: SymbolicTensor,
  numSegments: number,
): SymbolicTensor {
  const at = opLocation('segmentSum')
  positiveInteger(at, 'numSegments', numSegments)
  const values = floating('segmentSum', data)
  const index = indices('segmentSum', segmentIds)
  const first = values.shape.slice(0, index.rank)
  if (index.rank === 0 || shapeText(first) !== shapeText(index.shape)) {
    throw new ShapeError(
      at,
      `segmentIds ${shapeText(index.shape)} must have the shape of the first axes of data ${shapeText(values.shape)}`,
    )
  }
  const shape = [numSegments, ...values.shape.slice(index.rank)]
  return emit('segmentSum', [values, index], { numSegments }, { shape, dtype: values.dtype })
}
