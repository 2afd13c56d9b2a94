/** How every op enters a graph, and the shape rules that several ops share. */
import type { Attributes, DType, Shape } from '../../binding'
import { DTYPES, shapeText } from '../array'
import { describe, fail } from '../check'
import { ArgumentError, DTypeError, ShapeError } from '../errors'
import { opLocation } from '../graph/scope'
import { makeTensors, SymbolicTensor, type TensorSpec } from '../graph/tensor'

/** Element types of values inside a graph. */
export const TENSOR_DTYPES = [...DTYPES, 'bfloat16', 'float16'] as const

/** Adds one op with one output. */
export function emit(
  name: string,
  inputs: readonly SymbolicTensor[],
  attributes: Attributes,
  output: TensorSpec,
): SymbolicTensor {
  return emitMany(name, inputs, attributes, [output])[0] as SymbolicTensor
}

/** Adds one op with any number of outputs. */
export function emitMany(
  name: string,
  inputs: readonly SymbolicTensor[],
  attributes: Attributes,
  outputs: readonly TensorSpec[],
): SymbolicTensor[] {
  return makeTensors({ kind: 'op', name, attributes }, inputs, outputs)
}

export function isFloat(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'bfloat16' || dtype === 'float16'
}

/** The argument as a symbolic tensor of a floating type, or an error that names the op. */
export function floatTensor(op: string, x: unknown): SymbolicTensor {
  const tensor = symbolic(op, x)
  if (!isFloat(tensor.dtype)) {
    throw new DTypeError(opLocation(op), `expects float32, received ${tensor.dtype}`)
  }
  return tensor
}

export function symbolic(op: string, x: unknown): SymbolicTensor {
  if (x instanceof SymbolicTensor) return x
  throw new ArgumentError(opLocation(op), `expects a symbolic tensor, received ${describe(x)}`)
}

export function requireRank(op: string, x: SymbolicTensor, rank: number): void {
  if (x.rank !== rank) {
    throw new ShapeError(
      opLocation(op),
      `expects a tensor with ${rank} axes, received shape ${shapeText(x.shape)}`,
    )
  }
}

/** Refuses what is no vector of that length. */
export function requireLength(
  op: string,
  name: string,
  x: SymbolicTensor,
  length: number | null,
): void {
  if (floatTensor(op, x).rank !== 1 || x.shape[0] !== length) {
    throw new ShapeError(
      opLocation(op),
      `${name} must have shape ${shapeText([length])}, received ${shapeText(x.shape)}`,
    )
  }
}

/** Numpy's broadcasting. As in Keras, an unknown length is taken to fit a known one. */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const left = axis < rank - a.length ? 1 : (a[axis - rank + a.length] as number | null)
    const right = axis < rank - b.length ? 1 : (b[axis - rank + b.length] as number | null)
    if (left === right || right === 1) return left
    if (left === 1 || left === null) return right
    if (right === null) return left
    throw new ShapeError(
      opLocation(op),
      `shapes ${shapeText(a)} and ${shapeText(b)} can't be broadcast together`,
    )
  })
}

/** One axis as a non-negative number. */
export function oneAxis(op: string, rank: number, axis: unknown, name = 'axis'): number {
  const place = typeof axis === 'number' && axis < 0 ? axis + rank : axis
  if (Number.isInteger(place) && (place as number) >= 0 && (place as number) < rank) {
    return place as number
  }
  return fail(opLocation(op), name, `one of ${rank} axes`, axis)
}

/** Axis numbers as non-negative and sorted; null means all. */
export function normalizeAxes(
  op: string,
  rank: number,
  axis: number | readonly number[] | null,
): readonly number[] {
  if (axis === null) return Array.from({ length: rank }, (_, i) => i)
  const list: unknown = typeof axis === 'number' ? [axis] : axis
  const axes = (Array.isArray(list) ? (list as readonly number[]) : [NaN]).map((item) =>
    item < 0 ? item + rank : item,
  )
  if (
    !axes.every((item) => Number.isInteger(item) && item >= 0 && item < rank) ||
    new Set(axes).size !== axes.length
  ) {
    throw new ArgumentError(
      opLocation(op),
      `axis must name different axes of ${rank}, received ${describe(axis)}`,
    )
  }
  return axes.sort((a, b) => a - b)
}
