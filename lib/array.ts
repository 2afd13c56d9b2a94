/** NDArray: a typed array with a shape. The only form in which numbers enter and leave gantorch. */
import { ArgumentError, DTypeError, OutOfMemoryError, ShapeError } from './errors'
import { describe, fail } from './check'
import { readNested } from './nested'

/** Element types, by numpy's names. `bool` is stored as 0 and 1 in a Uint8Array. */
export type DType = (typeof DTYPES)[number]

export const DTYPES = ['float32', 'int32', 'uint8', 'bool'] as const

/** The type of arrays for values of this type: half precision comes out as float32. */
export function arrayDType(dtype: string): DType {
  const known = DTYPES.find((name) => name === dtype)
  return known ?? 'float32'
}

export type TypedArray = Float32Array | Int32Array | Uint8Array

/** Numbers nested to any depth, as in `[[1, 2], [3, 4]]`. */
export type NestedNumbers = number | readonly NestedNumbers[]

/** What is accepted wherever data is given: an NDArray, nested numbers, or a flat typed array. */
export type ArrayLike = NDArray | NestedNumbers | TypedArray | Float64Array

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

export function shapeText(shape: readonly (number | null)[]): string {
  return `(${shape.map((length) => (length === null ? 'None' : length)).join(', ')}${shape.length === 1 ? ',' : ''})`
}

/** A new zero-filled typed array that stores `dtype`. */
export function allocate(dtype: DType, length: number, where = 'NDArray'): TypedArray {
  try {
    if (dtype === 'float32') return new Float32Array(length)
    return dtype === 'int32' ? new Int32Array(length) : new Uint8Array(length)
  } catch (error) {
    const free = Math.floor(process.availableMemory() / 2 ** 20)
    throw new OutOfMemoryError(
      where,
      `out of memory: asked for an array of ${length} ${dtype} elements, ${free} MB are free; use fewer or smaller items`,
      { cause: error },
    )
  }
}

/** The lengths of a shape, each of them checked. */
export function checkShape(where: string, shape: unknown): readonly number[] {
  if (!Array.isArray(shape)) fail(where, 'shape', 'a list of non-negative integers', shape)
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw new ShapeError(
      where,
      `shape must hold non-negative integers, received ${describe(shape)}`,
    )
  }
  return shape as readonly number[]
}

function dtypeOf(data: TypedArray): DType {
  // Tags instead of instanceof: arrays may come from another realm (vm contexts, workers).
  const tag = Object.prototype.toString.call(data)
  if (tag === '[object Float32Array]') return 'float32'
  if (tag === '[object Int32Array]') return 'int32'
  if (tag === '[object Uint8Array]') return 'uint8'
  throw new DTypeError(
    'NDArray',
    `data must be a Float32Array, Int32Array or Uint8Array, received ${describe(data)}`,
  )
}

/**
 * A dense n-dimensional array in row-major order.
 *
 * @example
 * const a = NDArray.from([[1, 2], [3, 4]])
 * a.shape            // [2, 2]
 * a.mul(0.5).add(1)  // [[1.5, 2], [2.5, 3]]
 */
export class NDArray<T extends TypedArray = TypedArray> {
  /** The elements, row by row; the last axis is the fastest. */
  readonly data: T
  /** Lengths of the axes; empty for a single number. */
  readonly shape: readonly number[]
  /** Element type; a `bool` array has bytes 0 and 1. */
  readonly dtype: DType

  /**
   * @param data elements in row-major order; kept, not copied
   * @param shape lengths of the axes; their product must equal `data.length`
   * @param dtype only needed to mark a Uint8Array as 'bool'
   */
  constructor(data: T, shape: readonly number[], dtype?: DType) {
    const stored = dtypeOf(data)
    if (dtype !== undefined && dtype !== stored && !(dtype === 'bool' && stored === 'uint8')) {
      throw new DTypeError('NDArray', `dtype ${dtype} can't be stored in ${describe(data)}`)
    }
    checkShape('NDArray', shape)
    if (sizeOf(shape) !== data.length) {
      throw new ShapeError(
        'NDArray',
        `shape ${shapeText(shape)} needs ${sizeOf(shape)} elements, received ${data.length}`,
      )
    }
    this.data = data
    this.shape = Object.freeze([...shape])
    this.dtype = dtype ?? stored
  }

  /**
   * Converts nested numbers and Float64Array to float32; NDArrays pass through, typed arrays become
   * 1-D.
   */
  static from(value: ArrayLike): NDArray {
    return toArray('NDArray.from', value)
  }

  /** An array of one value. */
  static full(shape: readonly number[], value: number): NDArray<Float32Array> {
    return filled('NDArray.full', shape, value)
  }

  /** An array of zeros. */
  static zeros(shape: readonly number[]): NDArray<Float32Array> {
    return filled('NDArray.zeros', shape, 0)
  }

  /** An array of ones. */
  static ones(shape: readonly number[]): NDArray<Float32Array> {
    return filled('NDArray.ones', shape, 1)
  }

  /** The number of elements. */
  get size(): number {
    return this.data.length
  }

  /** The element at the given index of every axis; negative indices count from the end. */
  at(...index: readonly number[]): number {
    if (index.length !== this.shape.length) {
      throw new ArgumentError(
        'NDArray.at',
        `expects ${this.shape.length} indices for shape ${shapeText(this.shape)}, received ${index.length}`,
      )
    }
    const flat = index.reduce((offset, i, axis) => {
      const length = this.shape[axis] as number
      return offset * length + wrapIndex('NDArray.at', i, length)
    }, 0)
    return this.data[flat] as number
  }

  /** The same elements under another shape; one length may be -1. Shares the data. */
  reshape(shape: readonly number[]): NDArray<T> {
    const where = 'NDArray.reshape'
    if (!isNumberList(shape)) fail(where, 'shape', 'a list of non-negative integers or -1', shape)
    const known = shape.filter((length) => length !== -1)
    if (shape.length - known.length > 1) {
      throw new ShapeError(where, `shape must hold at most one -1, received ${describe(shape)}`)
    }
    const resolved = shape.map((length) => (length === -1 ? this.size / sizeOf(known) : length))
    return new NDArray(this.data, resolved, this.dtype)
  }

  /** Items start <= i < end of the first axis. Shares the data. */
  slice(start: number, end: number = this.shape[0] ?? 0): NDArray<T> {
    const length = this.shape[0]
    if (length === undefined) throw new ShapeError('NDArray.slice', 'a scalar has no first axis')
    if (!(
      Number.isInteger(start) &&
      Number.isInteger(end) &&
      0 <= start &&
      start <= end &&
      end <= length
    )) {
      throw new ArgumentError(
        'NDArray.slice',
        `range ${start} to ${end} must lie within 0 to ${length}`,
      )
    }
    const item = this.size / Math.max(length, 1)
    const data = this.data.subarray(start * item, end * item) as T
    return new NDArray(data, [end - start, ...this.shape.slice(1)], this.dtype)
  }

  /** Copies of the items at `indices` of the first axis: numpy's `x[indices]`. */
  gather(indices: readonly number[] | Int32Array | NDArray): NDArray<T> {
    const length = this.shape[0]
    if (length === undefined) throw new ShapeError('NDArray.gather', 'a scalar has no first axis')
    const list: unknown = indices instanceof NDArray ? indices.data : indices
    if (!isNumberList(list)) {
      fail('NDArray.gather', 'indices', 'a list of integers, an Int32Array or an NDArray', list)
    }
    const item = this.size / Math.max(length, 1)
    const data = allocate(this.dtype, list.length * item) as T
    list.forEach((index: number, position: number) => {
      const from = wrapIndex('NDArray.gather', index, length) * item
      data.set(this.data.subarray(from, from + item), position * item)
    })
    return new NDArray(data, [list.length, ...this.shape.slice(1)], this.dtype)
  }

  /** Applies `fn` to every element; the result is float32. */
  map(fn: (value: number, index: number) => number): NDArray<Float32Array> {
    if (typeof fn !== 'function') fail('NDArray.map', 'fn', 'a function', fn)
    return new NDArray(Float32Array.from(this.data, fn), this.shape)
  }

  /** `this + other` for each element; a second array has the same shape. */
  add(other: number | NDArray): NDArray<Float32Array> {
    return this.combine('add', other, (a, b) => a + b)
  }

  /** `this - other` for each element; a second array has the same shape. */
  sub(other: number | NDArray): NDArray<Float32Array> {
    return this.combine('sub', other, (a, b) => a - b)
  }

  /** `this * other` for each element; a second array has the same shape. */
  mul(other: number | NDArray): NDArray<Float32Array> {
    return this.combine('mul', other, (a, b) => a * b)
  }

  /** `this / other` for each element; a second array has the same shape. */
  div(other: number | NDArray): NDArray<Float32Array> {
    return this.combine('div', other, (a, b) => a / b)
  }

  /** The mean of all elements. */
  mean(): number {
    let sum = 0
    for (const value of this.data) sum += value
    return sum / this.size
  }

  /** Nested plain numbers; a plain number for a scalar. */
  tolist(): NestedNumbers {
    const nest = (offset: number, axis: number): NestedNumbers => {
      if (axis === this.shape.length) return this.data[offset] as number
      const length = this.shape[axis] as number
      const item = sizeOf(this.shape.slice(axis + 1))
      return Array.from({ length }, (_, i) => nest(offset + i * item, axis + 1))
    }
    return nest(0, 0)
  }

  private combine(
    name: string,
    other: number | NDArray,
    fn: (a: number, b: number) => number,
  ): NDArray<Float32Array> {
    if (typeof other === 'number') return this.map((value) => fn(value, other))
    if (!(other instanceof NDArray)) {
      fail(`NDArray.${name}`, 'other', 'a number or an NDArray', other)
    }
    if (shapeText(other.shape) !== shapeText(this.shape)) {
      throw new ShapeError(
        `NDArray.${name}`,
        `shapes must be equal, received ${shapeText(this.shape)} and ${shapeText(other.shape)}`,
      )
    }
    return this.map((value, i) => fn(value, other.data[i] as number))
  }
}

function wrapIndex(where: string, index: number, length: number): number {
  const wrapped = index < 0 ? index + length : index
  if (!Number.isInteger(wrapped) || wrapped < 0 || wrapped >= length) {
    throw new ArgumentError(where, `index ${describe(index)} is out of range for length ${length}`)
  }
  return wrapped
}

function isNumberList(value: unknown): value is readonly number[] {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value)
}

function filled(where: string, shape: readonly number[], value: number): NDArray<Float32Array> {
  const length = sizeOf(checkShape(where, shape))
  if (typeof value !== 'number') fail(where, 'value', 'a number', value)
  const data = allocate('float32', length, where) as Float32Array
  return new NDArray(data.fill(value), shape)
}

function isDoubles(value: unknown): value is Float64Array {
  return Object.prototype.toString.call(value) === '[object Float64Array]'
}

/** `NDArray.from` for a caller who wants errors under its own name. */
export function toArray(where: string, value: ArrayLike): NDArray {
  if (value instanceof NDArray) return value
  // As in Keras, double precision becomes single.
  if (isDoubles(value)) return new NDArray(Float32Array.from(value), [value.length])
  if (ArrayBuffer.isView(value)) return new NDArray(value, [value.length])
  const { data, shape } = readNested(where, value)
  return new NDArray(data, shape)
}
