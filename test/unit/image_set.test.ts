/** ImageSet: bytes in, batches of [-1, 1] out. */
import { NDArray } from '../../lib/array'
import { ImageSet } from '../../lib/image/image_set'

describe('ImageSet', () => {
  const bytes = Uint8Array.from({ length: 12 }, (_, i) => i * 20)
  const images = new NDArray(bytes, [2, 1, 2, 3])
  const set = ImageSet.fromArray(images, { colorOrder: 'bgr' })
  const asBytes = (batch: NDArray): number[] => [...batch.data].map((v) => (v + 1) * 127.5)

  test('fromArray keeps bytes and order', () => {
    expect(set.images.data).toBe(bytes)
    expect([set.colorOrder, set.length, set.files, set.skipped]).toEqual(['bgr', 2, [], []])
  })

  test('a batch is float32 in [-1, 1], exact at both ends', () => {
    const ends = new NDArray(Uint8Array.of(0, 255, 51), [1, 1, 3, 1])
    const batch = ImageSet.fromArray(ends).batch([0])
    expect(batch.dtype).toBe('float32')
    expect([...batch.data]).toEqual([-1, 1, Math.fround(-0.6)])
  })

  test('indices repeat, count from the end, and come as lists or int32', () => {
    const expected = [...bytes.subarray(6), ...bytes.subarray(0, 6), ...bytes.subarray(6)]
    for (const indices of [
      [1, 0, -1],
      Int32Array.of(1, 0, 1),
      new NDArray(Int32Array.of(1, 0, 1), [3]),
    ]) {
      const batch = set.batch(indices)
      expect(batch.shape).toEqual([3, 1, 2, 3])
      asBytes(batch).forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 3))
    }
  })

  test('mirror swaps columns, never channels', () => {
    const mirrored = [60, 80, 100, 0, 20, 40]
    const close = (actual: number[], expected: number[]): void =>
      actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 3))
    close(asBytes(set.batch([0], { mirror: true })), mirrored)
    close(asBytes(set.batch([0, 0], { mirror: [false, true] })), [
      ...bytes.slice(0, 6),
      ...mirrored,
    ])
    const marks = new NDArray(Uint8Array.of(1, 0), [2], 'bool')
    close(asBytes(set.batch([0, 0], { mirror: marks })), [...mirrored, ...bytes.slice(0, 6)])
  })

  test.each<[string, () => unknown]>([
    ['[ImageSet.batch] index 2 is out of range for 2 picture(s)', () => set.batch([2])],
    ['[ImageSet.batch] index -3 is out of range', () => set.batch([-3])],
    ['[ImageSet.batch] indices must be integers, received 0.5', () => set.batch([0.5])],
    ['[ImageSet.batch] indices must not be empty', () => set.batch([])],
    [
      '[ImageSet.batch] indices must be int32, received float32',
      () => set.batch(NDArray.from([1])),
    ],
    [
      '[ImageSet.batch] mirror must hold 1 marks, received 2',
      () => set.batch([0], { mirror: [true, true] }),
    ],
    ['[ImageSet.fromArray] colorOrder must be given', () => ImageSet.fromArray(images)],
    [
      '[ImageSet.fromArray] images must be uint8, received float32',
      () => ImageSet.fromArray(NDArray.zeros([1, 2, 2, 3])),
    ],
    [
      '[ImageSet.fromArray] images must have the shape',
      () => ImageSet.fromArray(images.reshape([4, 3])),
    ],
    [
      '[ImageSet.fromArray] files must hold 2 names, received 1',
      () => ImageSet.fromArray(images, { colorOrder: 'rgb', files: ['a'] }),
    ],
  ])('%s', (text, call) => {
    expect(call).toThrow(text)
  })
})
