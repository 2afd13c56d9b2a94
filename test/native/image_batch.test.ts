/** The kernel that makes batches of bytes: equal to its composition of ops, and refusals. */
import { NDArray, ops, setRandomSeed } from '../../lib/index'
import { imageBatch } from '../../lib/ops/image_batch'
import type { SymbolicTensor } from '../../lib/graph/tensor'
import { Generator } from '../../lib/random'
import { native } from '../../lib/native'
import { evaluate } from './evaluate'

const numbers = new Generator(5)

function bytes(shape: readonly number[]): NDArray<Uint8Array> {
  const size = shape.reduce((product, length) => product * length, 1)
  return new NDArray(Uint8Array.from(numbers.randint(0, 256, size).data), shape)
}

/** The same by ops that know nothing of pictures. */
function composed(
  pictures: SymbolicTensor,
  places: SymbolicTensor,
  mirror: SymbolicTensor,
  { offset = 127.5, scale = 127.5 } = {},
): SymbolicTensor {
  const chosen = ops.take(pictures, places, 0)
  const turned = ops.flip(chosen, 2)
  const marks = ops.reshape(mirror, [-1, 1, 1, 1])
  return ops.div(ops.sub(ops.cast(ops.where(marks, turned, chosen), 'float32'), offset), scale)
}

test.each<[readonly number[], { offset?: number; scale?: number }]>([
  [[9, 5, 7, 3], {}],
  [[9, 4, 600, 3], {}],
  [[4, 3, 300, 1], { offset: 0, scale: 255 }],
  [[4, 6, 5, 4], { offset: 1 / 3, scale: 0.7 }],
  [[3, 1, 1, 2], {}],
  [[1, 40, 32, 3], {}],
])('pictures %p: the numbers of take, flip, cast, sub and div', async (shape, options) => {
  const count = shape[0] as number
  const places = numbers.randint(-count, count, 11)
  const marks = new NDArray(Uint8Array.from(numbers.randint(0, 2, 11).data), [11], 'bool')
  const [ours, plain, unmarked, unmarkedPlain] = await evaluate(
    [bytes(shape), places, marks],
    ([x, at, mirror]) => [
      imageBatch(x!, at!, { ...options, mirror: mirror! }),
      composed(x!, at!, mirror!, options),
      imageBatch(x!, at!, options),
      composed(x!, at!, ops.less(at!, -1000), options),
    ],
    { allKnown: true },
  )
  expect(ours!.shape).toEqual([11, ...shape.slice(1)])
  expect(ours!.data).toEqual(plain!.data)
  expect(unmarked!.data).toEqual(unmarkedPlain!.data)
})

test('one thread and several give the same', async () => {
  const images = bytes([6, 32, 32, 3])
  const draw = async (threads: number): Promise<NDArray> => {
    native().setThreads(threads)
    setRandomSeed(3)
    const [batch] = await evaluate([images], ([x]) => [
      imageBatch(x!, ops.randint([20], 0, 6), { mirror: ops.less(ops.randomUniform([20]), 0.5) }),
    ])
    return batch!
  }
  const before = native().runtimeInfo().threads
  const one = await draw(1)
  expect((await draw(2)).data).toEqual(one.data)
  native().setThreads(before)
})

test('a place outside is refused before anything is read', async () => {
  const outside = (place: number): Promise<unknown> =>
    evaluate(
      [bytes([3, 2, 2, 1]), new NDArray(Int32Array.of(0, place), [2])],
      ([x, at]) => [imageBatch(x!, at!)],
      { allKnown: true },
    )
  await expect(outside(3)).rejects.toThrow('index 3 is out of bounds for an axis of 3 elements')
  await expect(outside(-4)).rejects.toThrow('index -4 is out of bounds')
})
