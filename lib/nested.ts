/** Nested numbers as elements in row-major order. */
import type { NestedNumbers } from './array'
import { describe } from './check'
import { ArgumentError, ShapeError } from './errors'

/** A list in itself would have no end. */
const MOST_AXES = 32

/** The elements of nested numbers and the shape that they have. */
export function readNested(
  where: string,
  value: NestedNumbers,
): { data: Float32Array<ArrayBuffer>; shape: number[] } {
  const shape: number[] = []
  for (let level: unknown = value; Array.isArray(level); level = level[0]) {
    shape.push(level.length)
    if (shape.length > MOST_AXES) {
      throw new ShapeError(where, `lists may be nested ${MOST_AXES} deep; this one goes deeper`)
    }
  }
  const data = new Float32Array(shape.reduce((product, length) => product * length, 1))
  let position = 0
  const fill = (item: NestedNumbers, axis: number): void => {
    if (axis === shape.length) {
      if (typeof item !== 'number') {
        throw new ArgumentError(where, `expects numbers, received ${describe(item)}`)
      }
      data[position++] = item
      return
    }
    if (!Array.isArray(item) || item.length !== shape[axis]) {
      throw new ShapeError(
        where,
        `rows of one axis must be equally long: expected ${String(shape[axis])} items, received ${describe(item)}`,
      )
    }
    for (const inner of item) fill(inner as NestedNumbers, axis + 1)
  }
  fill(value, 0)
  return { data, shape }
}
