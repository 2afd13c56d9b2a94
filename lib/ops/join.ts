/** Ops that put tensors together, take them apart and repeat them. Source: https://keras.io/api/ops/numpy/ */
import { shapeText } from '../array'
import { describe, fail, isList, isPositiveInteger, nonNegativeInteger } from '../check'
import { ArgumentError, ShapeError } from '../errors'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { promoted } from './dtypes'
import { emit, emitMany, oneAxis, symbolic } from './emit'
import { expandDims, ravel, squeeze } from './shape'

function tensorList(op: string, xs: unknown): SymbolicTensor[] {
  if (!isList(xs) || xs.length === 0) {
    fail(opLocation(op), 'xs', 'a list of symbolic tensors', xs)
  }
  return promoted(
    op,
    xs.map((x) => symbolic(op, x)),
  )
}

/** One behind the other along `axis`; all other axes have equal lengths. */
export function concatenate(xs: readonly SymbolicTensor[], axis = 0): SymbolicTensor {
  const tensors = tensorList('concatenate', xs)
  const [first, ...others] = tensors as [SymbolicTensor]
  const place = oneAxis('concatenate', first.rank, axis)
  const lengths: (number | null)[] = [...first.shape]
  for (const { shape, rank } of others as SymbolicTensor[]) {
    const fits = shape.every((length, i) => {
      const known = lengths[i]
      return i === place || length === known || length === null || known === null
    })
    if (rank !== first.rank || !fits) {
      throw new ShapeError(
        opLocation('concatenate'),
        `${shapeText(first.shape)} and ${shapeText(shape)} differ outside of axis ${axis}`,
      )
    }
    shape.forEach((length, i) => {
      const known = lengths[i] as number | null
      lengths[i] =
        i !== place ? (known ?? length) : known === null || length === null ? null : known + length
    })
  }
  return emit('concatenate', tensors, { axis: place }, { shape: lengths, dtype: first.dtype })
}

/** One behind the other along a new axis; all have one shape. */
export function stack(xs: readonly SymbolicTensor[], axis = 0): SymbolicTensor {
  const tensors = tensorList('stack', xs)
  const [first] = tensors as [SymbolicTensor]
  for (const { shape } of tensors) {
    const fits = shape.every((length, i) => {
      const other = first.shape[i]
      return length === other || length === null || other === null
    })
    if (shape.length !== first.rank || !fits) {
      throw new ShapeError(
        opLocation('stack'),
        `shapes must be equal, received ${shapeText(first.shape)} and ${shapeText(shape)}`,
      )
    }
  }
  const place = oneAxis('stack', first.rank + 1, axis)
  return concatenate(
    tensors.map((x) => expandDims(x, place)),
    place,
  )
}

/**
 * Parts along `axis`: as many equal ones as a number says, or those between the given places.
 */
export function split(
  x: SymbolicTensor,
  indicesOrSections: number | readonly number[],
  axis = 0,
): SymbolicTensor[] {
  const at = opLocation('split')
  const place = oneAxis('split', symbolic('split', x).rank, axis)
  const length = x.shape[place] as number | null
  if (length === null) {
    throw new ShapeError(at, `can't split the unknown axis ${axis} of ${shapeText(x.shape)}`)
  }
  const sizes = partSizes(at, x, length, indicesOrSections)
  const outputs = sizes.map((size) => ({
    shape: x.shape.map((known, i) => (i === place ? size : known)),
    dtype: x.dtype,
  }))
  return emitMany('split', [x], { sizes, axis: place }, outputs)
}

function partSizes(
  at: string,
  x: SymbolicTensor,
  length: number,
  parts: number | readonly number[],
): number[] {
  if (!isList(parts)) {
    if (!isPositiveInteger(parts)) {
      fail(at, 'indicesOrSections', 'a positive integer or a list of places', parts)
    }
    if (length % parts !== 0) {
      throw new ShapeError(
        at,
        `${length} elements of ${shapeText(x.shape)} can't be split into ${parts} equal parts`,
      )
    }
    return new Array<number>(parts).fill(length / parts)
  }
  const places = [0, ...parts, length]
  const sizes = places.slice(1).map((end, i) => end - (places[i] as number))
  if (!sizes.every((size) => Number.isInteger(size) && size >= 0)) {
    fail(at, 'indicesOrSections', `rising places from 0 to ${length}`, parts)
  }
  return sizes
}

/** The slices of x along `axis`, which they lose. `num`, if given, is the length of that axis. */
export function unstack(x: SymbolicTensor, num: number | null = null, axis = 0): SymbolicTensor[] {
  const place = oneAxis('unstack', symbolic('unstack', x).rank, axis)
  const length = x.shape[place] as number | null
  if (length === null || (num !== null && num !== length)) {
    throw new ShapeError(
      opLocation('unstack'),
      length === null
        ? `can't unstack the unknown axis ${axis} of ${shapeText(x.shape)}`
        : `num must be the length ${length} of axis ${axis}, received ${describe(num)}`,
    )
  }
  return split(x, length, place).map((slice) => squeeze(slice, place))
}

/** The whole of x again and again, `repeats` times for each axis (or for the last ones). */
export function tile(x: SymbolicTensor, repeats: number | readonly number[]): SymbolicTensor {
  const at = opLocation('tile')
  const given = (isList(repeats) ? repeats : [repeats]).map((count) =>
    nonNegativeInteger(at, 'repeats', count),
  )
  const { shape } = symbolic('tile', x)
  const rank = Math.max(shape.length, given.length)
  const fill = (list: readonly (number | null)[]): (number | null)[] => [
    ...new Array<number>(rank - list.length).fill(1),
    ...list,
  ]
  const [counts, lengths] = [fill(given) as number[], fill(shape)]
  const result = lengths.map((length, i) =>
    length === null ? null : length * (counts[i] as number),
  )
  return emit('tile', [x], { repeats: counts }, { shape: result, dtype: x.dtype })
}

/**
 * Each slice along `axis` several times: a number for all, or one for each slice. Null: all elements
 * in one axis.
 */
export function repeat(
  x: SymbolicTensor,
  repeats: number | readonly number[],
  axis: number | null = null,
): SymbolicTensor {
  const at = opLocation('repeat')
  const tensor = axis === null ? ravel(x) : symbolic('repeat', x)
  const place = oneAxis('repeat', tensor.rank, axis ?? 0)
  const counts = (isList(repeats) ? repeats : [repeats]).map((count) =>
    nonNegativeInteger(at, 'repeats', count),
  )
  const length = tensor.shape[place] as number | null
  if (counts.length !== 1 && counts.length !== length) {
    throw new ArgumentError(
      at,
      `expects a repeat for each of ${String(length ?? 'unknown')} slices, received ${counts.length}`,
    )
  }
  const total = counts.reduce((sum, count) => sum + count, 0)
  const result = counts.length > 1 ? total : length === null ? null : length * total
  const shape = tensor.shape.map((known, i) => (i === place ? result : known))
  return emit('repeat', [tensor], { repeats: counts, axis: place }, { shape, dtype: tensor.dtype })
}
