/** Ops that give the same elements another shape. Order is row-major, channels last. */
import { shapeText } from '../array'
import { describe, fail, integerOrIntegers, isList, isPositiveInteger } from '../check'
import { ArgumentError, ShapeError } from '../errors'
import { opLocation } from '../graph/scope'
import { SymbolicTensor } from '../graph/tensor'
import { emit, normalizeAxes, oneAxis, symbolic } from './emit'

/** One length of a shape: a number, or a whole number that is known when a program runs. */
export type Length = number | SymbolicTensor

/** What `ops.shape(x)` gives, or lengths of one's own. */
export type ShapeLike = readonly Length[]

type Lengths = readonly (number | null)[]

const product = (lengths: Lengths): number =>
  lengths.reduce<number>((total, length) => total * (length ?? 1), 1)

/**
 * The lengths of a tensor's axes, as in Keras: numbers where they are known, otherwise int32 scalars
 * that a program computes. So `randomNormal(shape(x))` fits a batch of any size.
 */
export function shape(x: SymbolicTensor): ShapeLike {
  return symbolic('shape', x).shape.map(
    (length, axis) => length ?? emit('axisLength', [x], { axis }, { shape: [], dtype: 'int32' }),
  )
}

export interface ResolvedShape {
  /** The computed lengths, in the order of their places. */
  readonly inputs: readonly SymbolicTensor[]
  /** -3 where a computed length goes. */
  readonly lengths: readonly number[]
  readonly shape: Lengths
}

/** Takes a shape apart into what is known now and what a program computes. */
export function resolveShape(op: string, given: unknown, smallest = 0): ResolvedShape {
  const at = opLocation(op)
  if (!isList(given)) fail(at, 'shape', 'a list of lengths', given)
  const inputs = given.filter((item) => item instanceof SymbolicTensor)
  const isLength = (item: unknown): boolean =>
    item instanceof SymbolicTensor
      ? item.rank === 0 && item.dtype === 'int32'
      : Number.isSafeInteger(item) && (item as number) >= smallest
  if (!given.every(isLength)) {
    const advice = given.includes(null) ? '; take unknown lengths from ops.shape(x)' : ''
    throw new ShapeError(
      at,
      `shape must hold ${smallest < 0 ? 'integers from -1' : 'non-negative integers'}, received ${describe(given)}${advice}`,
    )
  }
  return {
    inputs,
    lengths: given.map((item) => (item instanceof SymbolicTensor ? -3 : (item as number))),
    shape: given.map((item) => (item instanceof SymbolicTensor ? null : (item as number))),
  }
}

function refuse(op: string, from: Lengths, to: Lengths): never {
  const size = from.includes(null) ? '' : ` with ${product(from)} elements`
  throw new ShapeError(
    opLocation(op),
    `${shapeText(from)}${size} can't take the shape ${shapeText(to)}`,
  )
}

/** The length that -1 stands for, null where it is not known yet. */
function inferredLength(op: string, from: Lengths, to: Lengths): number | null {
  const [size, known] = [product(from), product(to.filter((length) => length !== -1))]
  const isOpen = to.includes(null)
  if (!from.includes(null) && !isOpen) {
    const fits = to.includes(-1) ? known !== 0 && size % known === 0 : size === known
    return fits ? (known === 0 ? 0 : size / known) : refuse(op, from, to)
  }
  // The unknown length would have to be a fraction.
  if (!isOpen && !to.includes(-1) && size > 0 && known % size !== 0) refuse(op, from, to)
  return null
}

/**
 * The same elements under another shape. One length may be -1, which is inferred; null stands for
 * the length of x's first axis.
 */
export function reshape(x: SymbolicTensor, newShape: readonly (Length | null)[]): SymbolicTensor {
  const at = opLocation('reshape')
  const source = symbolic('reshape', x).shape
  if (!isList(newShape)) fail(at, 'newShape', 'a list of lengths', newShape)
  const isBatch = (item: unknown): boolean => item === null
  if (newShape.some(isBatch) && source.length === 0) {
    throw new ShapeError(at, 'null stands for the first axis, which a scalar lacks')
  }
  const filled = newShape.map((item): unknown => (item === null ? (source[0] ?? 1) : item))
  const { inputs, lengths, shape: target } = resolveShape('reshape', filled, -1)
  if (lengths.filter((length) => length === -1).length > 1) {
    throw new ShapeError(at, `only one length may be -1, received ${describe(newShape)}`)
  }
  const firstIsOpen = source[0] === null
  const isSame = (i: number): boolean => firstIsOpen && isBatch(newShape[i])
  // A batch axis that stays as it is has no say in what -1 stands for.
  const stays = newShape.filter((_, i) => isSame(i)).length === 1
  const from = stays ? source.slice(1) : source
  const to = stays ? target.filter((_, i) => !isSame(i)) : target
  const inferred = inferredLength('reshape', from, to)
  const result = target.map((length, i) => (isSame(i) ? null : length === -1 ? inferred : length))
  const attribute = lengths.map((length, i) =>
    isSame(i) ? -2 : length === -1 ? (inferred ?? -1) : length,
  )
  return emit('reshape', [x, ...inputs], { shape: attribute }, { shape: result, dtype: x.dtype })
}

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
  if (!isList(shape) || !shape.every((length) => length === -1 || isPositiveInteger(length))) {
    throw new ArgumentError(
      where,
      `shape must hold positive integers or -1, received ${describe(shape)}`,
    )
  }
  if (shape.filter((length) => length === -1).length > 1) refuse('reshapeItems', items, shape)
  const inferred = inferredLength('reshapeItems', items, shape)
  const lengths = shape.map((length) => (length === -1 ? (inferred as number) : length))
  const result = { shape: [batch, ...lengths], dtype: x.dtype }
  return emit('reshapeItems', [x], { shape: lengths }, result)
}

/** All elements in one axis. */
export function ravel(x: SymbolicTensor): SymbolicTensor {
  return reshape(x, [-1])
}

/** The axes in another order: axis i of the result is axis `axes[i]` of x. Default: reversed. */
export function transpose(
  x: SymbolicTensor,
  axes: readonly number[] | null = null,
): SymbolicTensor {
  const { rank } = symbolic('transpose', x)
  const all = Array.from({ length: rank }, (_, axis) => axis)
  if (axes !== null && !isList(axes)) fail(opLocation('transpose'), 'axes', 'a list of axes', axes)
  const order = axes?.map((axis) => (axis < 0 ? axis + rank : axis)) ?? all.reverse()
  if (order.length !== rank || !all.every((axis) => order.includes(axis))) {
    throw new ArgumentError(
      opLocation('transpose'),
      `axes must name each of ${rank} axes once, received ${describe(axes)}`,
    )
  }
  const lengths = order.map((axis) => x.shape[axis] as number | null)
  return emit('transpose', [x], { order }, { shape: lengths, dtype: x.dtype })
}

/** Two axes change places. */
export function swapaxes(x: SymbolicTensor, axis1: number, axis2: number): SymbolicTensor {
  const { rank } = symbolic('swapaxes', x)
  const [a, b] = [
    oneAxis('swapaxes', rank, axis1, 'axis1'),
    oneAxis('swapaxes', rank, axis2, 'axis2'),
  ]
  const order = x.shape.map((_, axis) => (axis === a ? b : axis === b ? a : axis))
  return transpose(x, order)
}

/** Axes `source` go to the places `destination`, the others keep their order. */
export function moveaxis(
  x: SymbolicTensor,
  source: number | readonly number[],
  destination: number | readonly number[],
): SymbolicTensor {
  const { rank } = symbolic('moveaxis', x)
  const places = (name: string, value: number | readonly number[]): number[] =>
    [value].flat().map((axis) => oneAxis('moveaxis', rank, axis, name))
  const [from, to] = [places('source', source), places('destination', destination)]
  if (from.length !== to.length || new Set(from).size + new Set(to).size !== 2 * from.length) {
    throw new ArgumentError(
      opLocation('moveaxis'),
      `source and destination must name equally many different axes, received ${describe(source)} and ${describe(destination)}`,
    )
  }
  const order = x.shape.map((_, axis) => axis).filter((axis) => !from.includes(axis))
  const moves = to.map((place, i) => [place, from[i] as number] as const)
  for (const [place, axis] of moves.sort((a, b) => a[0] - b[0])) order.splice(place, 0, axis)
  return transpose(x, order)
}

/** New axes of length 1 at the places `axis` of the result. */
export function expandDims(x: SymbolicTensor, axis: number | readonly number[]): SymbolicTensor {
  const given = [integerOrIntegers(opLocation('expandDims'), 'axis', axis)].flat()
  const axes = normalizeAxes('expandDims', symbolic('expandDims', x).rank + given.length, given)
  const lengths: (number | null)[] = [...x.shape]
  for (const place of axes) lengths.splice(place, 0, 1)
  return emit('expandDims', [x], { axes }, { shape: lengths, dtype: x.dtype })
}

/** Without the axes `axis`, whose length must be 1. Default: all such axes. */
export function squeeze(
  x: SymbolicTensor,
  axis: number | readonly number[] | null = null,
): SymbolicTensor {
  const ones = symbolic('squeeze', x).shape.flatMap((length, i) => (length === 1 ? [i] : []))
  const axes = axis === null ? ones : normalizeAxes('squeeze', x.rank, axis)
  if (!axes.every((place) => x.shape[place] === 1 || x.shape[place] === null)) {
    throw new ShapeError(
      opLocation('squeeze'),
      `axis ${describe(axis)} of ${shapeText(x.shape)} must have length 1`,
    )
  }
  const lengths = x.shape.filter((_, i) => !axes.includes(i))
  return emit('squeeze', [x], { axes }, { shape: lengths, dtype: x.dtype })
}

/** Repeats axes of length 1, and new axes in front, until x has that shape. */
export function broadcastTo(x: SymbolicTensor, shape: ShapeLike): SymbolicTensor {
  const { inputs, lengths, shape: result } = resolveShape('broadcastTo', shape)
  const source = symbolic('broadcastTo', x).shape
  const padded = [...result.map(() => 1), ...source].slice(source.length)
  const fits = padded.every((length, i) => {
    const target = result[i] as number | null
    return length === 1 || length === null || target === null || length === target
  })
  if (source.length > result.length || !fits) {
    throw new ShapeError(
      opLocation('broadcastTo'),
      `${shapeText(source)} can't be broadcast to ${shapeText(result)}`,
    )
  }
  const output = { shape: result, dtype: x.dtype }
  return emit('broadcastTo', [x, ...inputs], { shape: lengths }, output)
}
