/** Options that name axes, and weights that lie along them. */
import { shapeText } from '../array'
import { fail, isInteger, isList } from '../check'
import { ShapeError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import { normalizeAxes } from '../ops/emit'
import { reshape } from '../ops/shape'

/** One axis or several; negative ones count from the end. */
export type AxisOption = number | readonly number[]

/** The option of a normalisation that says where the channels lie. */
export function channelAxis(where: string, value: unknown, others = ''): number {
  if (isInteger(value) && value !== 0) return value
  return fail(where, 'axis', `${others}an axis other than the batch`, value)
}

/** The axes of x that an option names, in their order, none below `first`. */
export function axesOf(
  where: string,
  x: SymbolicTensor,
  axis: AxisOption,
  first = 0,
): readonly number[] {
  const list = isList(axis) ? axis : [axis]
  const places = list.map((one) => (one < 0 ? one + x.rank : one))
  if (
    !places.every((place) => place >= first && place < x.rank) ||
    new Set(places).size < places.length
  ) {
    const range = first === 0 ? '' : `, from ${first} on`
    fail(where, 'axis', `different axes of ${shapeText(x.shape)}${range}`, axis)
  }
  return normalizeAxes('axis', x.rank, list)
}

/** The lengths of these axes, which must be known. */
export function lengthsOf(where: string, x: SymbolicTensor, axes: readonly number[]): number[] {
  return axes.map((axis) => {
    const length = x.shape[axis]
    if (typeof length === 'number') return length
    throw new ShapeError(
      where,
      `needs an input whose axis ${axis} is known, received ${shapeText(x.shape)}`,
    )
  })
}

/**
 * The shape of a weight along these axes of x: in the order of the numbers as they were given, as
 * in Keras, which tells -1 from 3 here.
 */
export function weightShape(where: string, x: SymbolicTensor, axis: AxisOption): number[] {
  axesOf(where, x, axis)
  const given = [axis].flat().sort((a, b) => a - b)
  return lengthsOf(
    where,
    x,
    given.map((one) => (one < 0 ? one + x.rank : one)),
  )
}

/** A weight made to broadcast along these axes of x. */
export function alongAxes(
  weight: SymbolicTensor,
  x: SymbolicTensor,
  axes: readonly number[],
): SymbolicTensor {
  const isTrailing = axes.every((axis, i) => axis === x.rank - axes.length + i)
  const fits = weight.shape.every((length, i) => length === 1 || length === x.shape[axes[i] ?? -1])
  if (isTrailing && fits) return weight
  return reshape(
    weight,
    x.shape.map((length, axis) => (axes.includes(axis) ? (length ?? 1) : 1)),
  )
}
