import { ArgumentError, DTypeError, NDArray, OutOfMemoryError, ShapeError } from '../../lib/index'
import { runInNewContext } from 'node:vm'
import { allocate, shapeText, sizeOf } from '../../lib/array'

const a = NDArray.from([
  [1, 2, 3],
  [4, 5, 6],
])

describe('making', () => {
  test('nested numbers become float32', () => {
    expect([a.shape, a.dtype, [...a.data]]).toEqual([[2, 3], 'float32', [1, 2, 3, 4, 5, 6]])
    expect(NDArray.from(5).shape).toEqual([])
    expect(NDArray.from([]).shape).toEqual([0])
    expect(NDArray.from([[], []]).shape).toEqual([2, 0])
    expect(NDArray.from([[[1]], [[2]]]).shape).toEqual([2, 1, 1])
  })

  test('typed arrays become 1-D without a copy, NDArrays pass', () => {
    const data = new Int32Array([1, 2])
    const array = NDArray.from(data)
    expect([array.shape, array.dtype]).toEqual([[2], 'int32'])
    expect(array.data).toBe(data)
    expect(NDArray.from(array)).toBe(array)
  })

  test('typed arrays of another realm', () => {
    const data = runInNewContext('new Float32Array([1, 2, 3])') as Float32Array
    expect(new NDArray(data, [3]).dtype).toBe('float32')
  })

  test('bool is stored in bytes', () => {
    expect(new NDArray(new Uint8Array([0, 1]), [2], 'bool').dtype).toBe('bool')
    expect(new NDArray(new Uint8Array([0, 1]), [2]).dtype).toBe('uint8')
  })

  test('zeros, ones, full', () => {
    expect(NDArray.zeros([2]).tolist()).toEqual([0, 0])
    expect(NDArray.ones([1, 2]).tolist()).toEqual([[1, 1]])
    expect(NDArray.full([], 3).tolist()).toBe(3)
  })

  test('the shape is a copy that nobody changes', () => {
    const shape = [1, 2]
    const array = new NDArray(new Float32Array(2), shape)
    shape[0] = 7
    expect(array.shape).toEqual([1, 2])
    expect(Object.isFrozen(array.shape)).toBe(true)
  })

  test('the smaller parts', () => {
    expect([sizeOf([]), sizeOf([2, 3]), sizeOf([2, 0])]).toEqual([1, 6, 0])
    expect([shapeText([]), shapeText([null]), shapeText([2, 3])]).toEqual([
      '()',
      '(None,)',
      '(2, 3)',
    ])
    expect(allocate('bool', 2)).toEqual(new Uint8Array(2))
    expect(allocate('int32', 1)).toEqual(new Int32Array(1))
  })
})

describe('reading', () => {
  test('at', () => {
    expect([a.at(0, 0), a.at(1, 2), a.at(-1, -3), NDArray.from(9).at()]).toEqual([1, 6, 4, 9])
  })

  test('reshape shares the data', () => {
    const b = a.reshape([3, -1])
    expect(b.tolist()).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ])
    expect(b.data).toBe(a.data)
    expect(new NDArray(new Uint8Array(2), [2], 'bool').reshape([1, 2]).dtype).toBe('bool')
  })

  test('slice shares the data', () => {
    const b = a.slice(1)
    expect(b.tolist()).toEqual([[4, 5, 6]])
    expect(b.data.buffer).toBe(a.data.buffer)
    expect(a.slice(1, 1).shape).toEqual([0, 3])
    expect(NDArray.zeros([0, 3]).slice(0).shape).toEqual([0, 3])
  })

  test('gather copies', () => {
    const b = a.gather([1, 0, -1])
    expect(b.tolist()).toEqual([
      [4, 5, 6],
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(b.data.buffer).not.toBe(a.data.buffer)
    expect(a.gather(new Int32Array([0])).shape).toEqual([1, 3])
    expect(a.gather(NDArray.from(new Int32Array([1]))).at(0, 0)).toBe(4)
    const bytes = new NDArray(new Uint8Array([0, 1]), [2], 'bool').gather([1])
    expect([bytes.dtype, [...bytes.data]]).toEqual(['bool', [1]])
  })

  test('tolist and mean', () => {
    expect(a.tolist()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(a.mean()).toBe(3.5)
    expect(a.size).toBe(6)
  })
})

describe('arithmetic gives new float32 arrays', () => {
  const b = NDArray.full([2, 3], 2)
  test.each<[string, NDArray, number[]]>([
    ['add', a.add(1), [2, 3, 4, 5, 6, 7]],
    ['add array', a.add(b), [3, 4, 5, 6, 7, 8]],
    ['sub', a.sub(b), [-1, 0, 1, 2, 3, 4]],
    ['mul', a.mul(2), [2, 4, 6, 8, 10, 12]],
    ['div', a.div(b), [0.5, 1, 1.5, 2, 2.5, 3]],
    ['map', a.map((value, i) => value - i), [1, 1, 1, 1, 1, 1]],
  ])('%s', (_, result, expected) => {
    expect([...result.data]).toEqual(expected)
    expect([result.shape, result.dtype]).toEqual([[2, 3], 'float32'])
  })

  test('bytes to [-1, 1]', () => {
    const pixels = new NDArray(new Uint8Array([0, 255]), [2])
    expect(pixels.div(127.5).sub(1).tolist()).toEqual([-1, 1])
    expect([...pixels.data]).toEqual([0, 255])
  })
})

describe('errors', () => {
  const float = new Float32Array(6)
  type Case = [act: () => unknown, error: new (...args: never[]) => Error, message: string]
  test.each<Case>([
    [
      () => new NDArray(float, [2, 2]),
      ShapeError,
      '[NDArray] shape (2, 2) needs 4 elements, received 6',
    ],
    [
      () => new NDArray(float, [-2, -3]),
      ShapeError,
      '[NDArray] shape must hold non-negative integers, received [-2, -3]',
    ],
    [
      () => new NDArray(new Float64Array(1) as unknown as Float32Array, [1]),
      DTypeError,
      '[NDArray] data must be a Float32Array, Int32Array or Uint8Array, received an object of type Float64Array',
    ],
    [
      () => new NDArray(float, [6], 'int32'),
      DTypeError,
      "[NDArray] dtype int32 can't be stored in an object of type Float32Array",
    ],
    [
      () => NDArray.from([[1, 2], [3]]),
      ShapeError,
      '[NDArray.from] rows of one axis must be equally long: expected 2 items, received [3]',
    ],
    [
      () => NDArray.from([[1], 2]),
      ShapeError,
      '[NDArray.from] rows of one axis must be equally long: expected 1 items, received 2',
    ],
    [
      () => NDArray.from(['1' as unknown as number]),
      ArgumentError,
      '[NDArray.from] expects numbers, received "1"',
    ],
    [() => NDArray.from([1, [2]]), ArgumentError, '[NDArray.from] expects numbers, received [2]'],
    [() => a.at(1), ArgumentError, '[NDArray.at] expects 2 indices for shape (2, 3), received 1'],
    [() => a.at(0, 3), ArgumentError, '[NDArray.at] index 3 is out of range for length 3'],
    [() => a.at(0, -4), ArgumentError, '[NDArray.at] index -4 is out of range for length 3'],
    [() => a.gather([2]), ArgumentError, '[NDArray.gather] index 2 is out of range for length 2'],
    [() => a.slice(1, 3), ArgumentError, '[NDArray.slice] range 1 to 3 must lie within 0 to 2'],
    [() => a.slice(-1), ArgumentError, '[NDArray.slice] range -1 to 2 must lie within 0 to 2'],
    [() => NDArray.from(1).slice(0), ShapeError, '[NDArray.slice] a scalar has no first axis'],
    [() => NDArray.from(1).gather([0]), ShapeError, '[NDArray.gather] a scalar has no first axis'],
    [() => a.reshape([4]), ShapeError, '[NDArray] shape (4,) needs 4 elements, received 6'],
    [
      () => a.add(NDArray.zeros([3, 2])),
      ShapeError,
      '[NDArray.add] shapes must be equal, received (2, 3) and (3, 2)',
    ],
  ])('%#', (act, error, message) => {
    expect(act).toThrow(error)
    expect(act).toThrow(new Error(message))
  })
})

describe('errors that only JavaScript can make', () => {
  const wrong = (value: unknown): never => value as never
  type Case = [act: () => unknown, error: new (...args: never[]) => Error, message: string]
  test.each<Case>([
    [
      () => new NDArray(new Float32Array(1), wrong(undefined)),
      ArgumentError,
      '[NDArray] shape must be a list of non-negative integers, received undefined',
    ],
    [
      () => NDArray.zeros(wrong(3)),
      ArgumentError,
      '[NDArray.zeros] shape must be a list of non-negative integers, received 3',
    ],
    [
      () => NDArray.ones(wrong(undefined)),
      ArgumentError,
      '[NDArray.ones] shape must be a list of non-negative integers, received undefined',
    ],
    [
      () => NDArray.zeros([-1]),
      ShapeError,
      '[NDArray.zeros] shape must hold non-negative integers, received [-1]',
    ],
    [
      () => NDArray.full([2], wrong(undefined)),
      ArgumentError,
      '[NDArray.full] value must be a number, received undefined',
    ],
    [
      () => a.reshape(wrong(4)),
      ArgumentError,
      '[NDArray.reshape] shape must be a list of non-negative integers or -1, received 4',
    ],
    [
      () => a.reshape([-1, -1]),
      ShapeError,
      '[NDArray.reshape] shape must hold at most one -1, received [-1, -1]',
    ],
    [
      () => a.add(wrong([1, 2])),
      ArgumentError,
      '[NDArray.add] other must be a number or an NDArray, received [1, 2]',
    ],
    [
      () => a.mul(wrong('1')),
      ArgumentError,
      '[NDArray.mul] other must be a number or an NDArray, received "1"',
    ],
    [
      () => a.gather(wrong('01')),
      ArgumentError,
      '[NDArray.gather] indices must be a list of integers, an Int32Array or an NDArray, received "01"',
    ],
    [
      () => a.gather(wrong(['0'])),
      ArgumentError,
      '[NDArray.gather] index "0" is out of range for length 2',
    ],
    [() => a.map(wrong(1)), ArgumentError, '[NDArray.map] fn must be a function, received 1'],
  ])('%#', (act, error, message) => {
    expect(act).toThrow(error)
    expect(act).toThrow(new Error(message))
  })

  test('a shape too large for memory', () => {
    expect(() => NDArray.zeros([1e12])).toThrow(OutOfMemoryError)
    expect(() => NDArray.zeros([1e12])).toThrow('[NDArray.zeros] out of memory: asked for an array')
  })
})
