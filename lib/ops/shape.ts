/** Ops that move elements without changing them. Order is row-major, channels last. */
import { shapeText } from '../array'
import { describe, fail, isList } from '../check'
import { ArgumentError, ShapeError } from '../errors'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { emit, symbolic } from './emit'

/**
 * The same elements under another shape for each item of the batch: `shape` leaves out the first
 * axis, and one of its lengths may be -1.
 */
export function reshapeItems(x: SymbolicTensor, shape: readonly number[]): SymbolicTensor {
  const [batch, ...items] = symbolic('reshapeItems', x).shape
  const where = opLocation('reshapeItems')
  if (batch === undefined) throw new ShapeError(where, 'a scalar has no batch axis')
  if (items.includes(null)) {
    throw new ShapeError(where, `all axes but the first must be known in ${shapeText(x.shape)}`)
  }
  if (
    !isList(shape) ||
    !shape.every((length) => Number.isInteger(length) && (length > 0 || length === -1))
  ) {
    throw new ArgumentError(
      where,
      `shape must hold positive integers or -1, received ${describe(shape)}`,
    )
  }
  const product = (lengths: readonly (number | null)[]): number =>
    lengths.reduce<number>((total, length) => total * (length ?? 1), 1)
  const size = product(items)
  const known = product(shape.filter((length) => length !== -1))
  const resolved = shape.map((length) => (length === -1 ? size / known : length))
  if (
    shape.filter((length) => length === -1).length > 1 ||
    product(resolved) !== size ||
    size % known
  ) {
    throw new ShapeError(
      where,
      `${shapeText(items)} with ${size} elements can't take the shape ${shapeText(shape)}`,
    )
  }
  return emit(
    'reshapeItems',
    [x],
    { shape: resolved },
    {
      shape: [batch, ...resolved],
      dtype: x.dtype,
    },
  )
}

/** Zeros around: one [before, after] for each axis. */
export function pad(
  x: SymbolicTensor,
  padding: readonly (readonly [number, number])[],
): SymbolicTensor {
  symbolic('pad', x)
  const isPair = (item: unknown): boolean => Array.isArray(item) && item.length === 2
  if (!isList(padding) || !padding.every(isPair)) {
    fail(opLocation('pad'), 'padding', 'a list of pairs [before, after]', padding)
  }
  if (padding.length !== x.rank) {
    throw new ArgumentError(
      opLocation('pad'),
      `expects ${x.rank} pairs for shape ${shapeText(x.shape)}, received ${padding.length}`,
    )
  }
  if (!padding.flat().every((count) => Number.isInteger(count) && count >= 0)) {
    throw new ArgumentError(
      opLocation('pad'),
      `padding must hold non-negative integers, received ${describe(padding)}`,
    )
  }
  const shape = x.shape.map((length, axis) => {
    const [before, after] = padding[axis] as readonly [number, number]
    if (length !== null) return length + before + after
    if (before + after === 0) return null
    throw new ShapeError(opLocation('pad'), `can't pad the unknown axis of ${shapeText(x.shape)}`)
  })
  return emit('pad', [x], { padding: padding.flat() }, { shape, dtype: x.dtype })
}

/** The axes in another order: axis i of the result is axis `order[i]` of x. */
export function transpose(x: SymbolicTensor, order: readonly number[]): SymbolicTensor {
  const axes = symbolic('transpose', x).shape.map((_, axis) => axis)
  if (!isList(order)) fail(opLocation('transpose'), 'order', 'a list of axes', order)
  if (order.length !== axes.length || !axes.every((axis) => order.includes(axis))) {
    throw new ArgumentError(
      opLocation('transpose'),
      `order must name each of ${axes.length} axes once, received ${describe(order)}`,
    )
  }
  const shape = order.map((axis) => x.shape[axis] as number | null)
  return emit('transpose', [x], { order }, { shape, dtype: x.dtype })
}
