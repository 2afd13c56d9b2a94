/** Ops on few elements have a way of their own: its numbers are those that they give for many; sums round once. */
import { NDArray, ops, random, type SymbolicTensor } from '../../lib/index'
import { evaluate } from './evaluate'

const LEFT = [-2, -1, -0.5, -0, 0, 0.25, 1, 3, NaN, Infinity, -Infinity, 1e-30]
const RIGHT = [3, -1, 0.5, 0, -0, 0.75, 1, -2, 1, 2, Infinity, NaN]
/** So often that no way for few elements takes them. */
const COPIES = 20

type Describe = (a: SymbolicTensor, b: SymbolicTensor) => SymbolicTensor | SymbolicTensor[]

const gradientOf =
  (of: (x: SymbolicTensor) => SymbolicTensor): Describe =>
  (a, b) =>
    ops.gradients(ops.sum(ops.mul(of(a), b)), [a])

const DESCRIBED: Record<string, Describe> = {
  add: (a, b) => [ops.add(a, b), ops.add(a, 2), ops.add(2, a)],
  sub: (a, b) => [ops.sub(a, b), ops.sub(a, 2), ops.sub(2, a)],
  mul: (a, b) => [ops.mul(a, b), ops.mul(a, 0.3)],
  div: (a, b) => [ops.div(a, b), ops.div(a, 3), ops.div(3, a)],
  neg: (a) => ops.neg(a),
  square: (a) => ops.square(a),
  clip: (a) => ops.clip(a, -0.9, 0.7),
  relu: (a) => ops.relu(a),
  leakyRelu: (a) => ops.leakyRelu(a, 0.3),
  comparisons: (a, b) =>
    [ops.equal(a, b), ops.greater(a, b), ops.greaterEqual(a, b), ops.less(a, b)].map((x) =>
      ops.cast(x, 'float32'),
    ),
  fullLike: (a) => ops.onesLike(a),
  'gradient of relu': gradientOf((x) => ops.relu(x)),
  'gradient of leakyRelu': gradientOf((x) => ops.leakyRelu(x, 0.3)),
  'gradient of sigmoid': gradientOf((x) => ops.sigmoid(x)),
  'gradient of clip': gradientOf((x) => ops.clip(x, -0.9, 0.7)),
  'gradient of square': gradientOf((x) => ops.square(x)),
  'gradient of mean': (a) => ops.gradients(ops.mean(ops.mul(a, 3), 1), [a]),
}

const column = (numbers: readonly number[]): NDArray =>
  new NDArray(Float32Array.from(numbers), [numbers.length, 1])

test.each(Object.entries(DESCRIBED))('%s', async (_, describe) => {
  const run = (copies: number): Promise<NDArray[]> => {
    const arrays = [LEFT, RIGHT].map((list) =>
      column(Array.from({ length: copies }, () => list).flat()),
    )
    return evaluate(arrays, ([a, b]) => [describe(a as SymbolicTensor, b as SymbolicTensor)].flat())
  }
  const [few, many] = [await run(1), await run(COPIES)]
  expect(few).not.toHaveLength(0)
  few.forEach(({ data }, i) => {
    expect(data).toEqual((many[i] as NDArray).data.slice(0, LEFT.length))
  })
})

test('sums and means of one number', async () => {
  const x = new NDArray(Float32Array.of(-1.5), [1, 1])
  const results = await evaluate([x], ([a]) => {
    const given = a as SymbolicTensor
    return [
      ops.mean(given, 1),
      ops.sum(given, 0, true),
      ops.sum(given),
      ...ops.gradients(ops.mean(ops.mul(given, 4)), [given]),
    ]
  })
  expect(results.map(({ shape }) => shape)).toEqual([[1], [1, 1], [], [1, 1]])
  expect(results.map(({ data }) => data[0])).toEqual([-1.5, -1.5, -1.5, 4])
})

/** Sums of `numbers` along some axes by plain arithmetic; `place` leads to where a number belongs. */
function sumsOf(numbers: ArrayLike<number>, count: number, place: (i: number) => number): number[] {
  const sums = Array.from({ length: count }, () => 0)
  Array.from(numbers).forEach((x, i) => (sums[place(i)] = (sums[place(i)] as number) + x))
  return sums
}

test.each([
  [[2, 3, 5], undefined, 1, () => 0],
  [[2, 3, 5], [0], 15, (i: number) => i % 15],
  [[2, 3, 5], [1], 10, (i: number) => Math.floor(i / 15) * 5 + (i % 5)],
  [[2, 3, 5], [0, 2], 3, (i: number) => Math.floor(i / 5) % 3],
  [[64, 1], [0], 1, () => 0],
  [[8, 8], [-1], 8, (i: number) => Math.floor(i / 8)],
] as const)('sums and means of %j along %j', async (shape, axes, count, place) => {
  random.seed(4)
  const x = random.normal(3, 1, shape)
  const results = await evaluate([x], ([a]) => {
    const given = a as SymbolicTensor
    return [false, true].flatMap((keep) => [
      ops.sum(given, axes && [...axes], keep),
      ops.mean(given, axes && [...axes], keep),
    ])
  })
  const sums = sumsOf(x.data, count, place)
  const means = sums.map((sum) => (sum * count) / x.data.length)
  const left = shape.filter(
    (_, i) => axes && !axes.some((axis) => (axis + shape.length) % shape.length === i),
  )
  const kept = shape.map((length, i) =>
    !axes || axes.some((axis) => (axis + shape.length) % shape.length === i) ? 1 : length,
  )
  expect(results.map((result) => result.shape)).toEqual([left, left, kept, kept])
  results.forEach(({ data }, i) => {
    expect(data).toEqual(Float32Array.from(i % 2 === 0 ? sums : means))
  })
})

test('sums of what is no number', async () => {
  const sumOf = async (...numbers: number[]): Promise<number | undefined> => {
    const [y] = await evaluate([column(numbers)], ([a]) => [ops.sum(a as SymbolicTensor)])
    return y?.data[0]
  }
  expect(await sumOf(1, NaN, 2)).toBeNaN()
  expect(await sumOf(1, Infinity, 2)).toBe(Infinity)
  expect(await sumOf(Infinity, 1, -Infinity)).toBeNaN()
  expect(await sumOf(3e38, 3e38)).toBe(Infinity)
})

test('a mean of no elements', async () => {
  const x = new NDArray(new Float32Array(0), [0, 3])
  const [sum, mean] = await evaluate([x], ([a]) => [
    ops.sum(a as SymbolicTensor, 0),
    ops.mean(a as SymbolicTensor),
  ])
  expect(sum?.data).toEqual(Float32Array.of(0, 0, 0))
  expect(mean?.data[0]).toBeNaN()
})

test('an array of no elements', async () => {
  const x = new NDArray(new Float32Array(0), [0, 3])
  const [y] = await evaluate([x], ([a]) => [ops.relu(ops.add(a as SymbolicTensor, 1))])
  expect(y?.shape).toEqual([0, 3])
})
