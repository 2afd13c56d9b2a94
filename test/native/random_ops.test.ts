/** Random ops: their distributions, shapes known at run time, equal numbers of equal seeds. */
import { K, NDArray, ops, setRandomSeed, type SymbolicTensor } from '../../lib/index'
import { native } from '../../lib/native'
import { evaluate } from './evaluate'

/** Five standard errors: a correct generator fails one such check in two million. */
const SIGMAS = 5

async function draw(describe: () => SymbolicTensor): Promise<number[]> {
  const [array] = await evaluate([], () => [describe()])
  return [...array!.data]
}

/** Fails unless each value of `shares` comes up with its probability. */
function expectShares(values: readonly number[], shares: ReadonlyMap<number, number>): void {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  for (const value of counts.keys()) expect(shares.get(value) ?? 0).toBeGreaterThan(0)
  for (const [value, share] of shares) {
    const error = Math.sqrt((share * (1 - share)) / values.length)
    const difference = Math.abs((counts.get(value) ?? 0) / values.length - share)
    expect(difference).toBeLessThanOrEqual(SIGMAS * error)
  }
}

const SIZE = 200_000

beforeEach(() => {
  setRandomSeed(71)
})

test.each([0.03, 0.5, 0.9, 0, 1])('bernoulli %d', async (p) => {
  const values = await draw(() => ops.bernoulli([SIZE], { p }))
  expectShares(
    values,
    new Map(
      [
        [1, p],
        [0, 1 - p],
      ].filter((pair) => pair[1]! > 0) as [number, number][],
    ),
  )
})

test.each([
  [0, 7],
  [-3, 4],
])('randint from %d below %d', async (low, high) => {
  const values = await draw(() => ops.randint([SIZE], low, high))
  const shares = Array.from({ length: high - low }, (_, i) => [low + i, 1 / (high - low)] as const)
  expectShares(values, new Map(shares))
})

test('randint over all 32 bits: mean and range', async () => {
  const values = await draw(() => ops.randint([SIZE], -(2 ** 31), 2 ** 31))
  const mean = values.reduce((sum, value) => sum + value, 0) / SIZE
  expect(Math.abs(mean)).toBeLessThan((SIGMAS * 2 ** 32) / Math.sqrt(12 * SIZE))
  // All above half of the range would have a chance of 2^-SIZE.
  expect(Math.min(...values.slice(0, 1000))).toBeLessThan(0)
  expect(Math.max(...values.slice(0, 1000))).toBeGreaterThan(0)
})

test('categorical follows the softmax of its logits', async () => {
  const logits = NDArray.from([
    [Math.log(0.1), Math.log(0.2), Math.log(0.7)],
    [5, 5, 5 + Math.log(2)],
  ])
  const [drawn] = await evaluate([logits], ([x]) => [ops.categorical(x!, SIZE)], { allKnown: true })
  expect([drawn!.shape, drawn!.dtype]).toEqual([[2, SIZE], 'int32'])
  const values = [...drawn!.data]
  expectShares(
    values.slice(0, SIZE),
    new Map([
      [0, 0.1],
      [1, 0.2],
      [2, 0.7],
    ]),
  )
  expectShares(
    values.slice(SIZE),
    new Map([
      [0, 0.25],
      [1, 0.25],
      [2, 0.5],
    ]),
  )
})

test('a class of probability 0 is never drawn', async () => {
  const logits = NDArray.from([[0, -Infinity, 0]])
  const [drawn] = await evaluate([logits], ([x]) => [ops.categorical(x!, SIZE)], { allKnown: true })
  expectShares(
    [...drawn!.data],
    new Map([
      [0, 0.5],
      [2, 0.5],
    ]),
  )
})

test('truncated normal: bounds, mean, variance', async () => {
  const values = await draw(() => ops.truncatedNormal([SIZE], { mean: 3, stddev: 2 }))
  const mean = values.reduce((sum, value) => sum + value, 0) / SIZE
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / SIZE
  // 1 - 2 a phi(a) / (2 Phi(a) - 1) at a = 2, times stddev squared.
  const exact = 4 * (1 - (4 * Math.exp(-2)) / Math.sqrt(2 * Math.PI) / 0.9544997361036416)
  expect(Math.abs(mean - 3)).toBeLessThan(SIGMAS * Math.sqrt(exact / SIZE))
  // Flatter than a normal distribution, so the variance errs less than a normal one's.
  expect(Math.abs(variance - exact)).toBeLessThan(SIGMAS * exact * Math.sqrt(2 / SIZE))
  for (const value of values) expect(Math.abs(value - 3)).toBeLessThanOrEqual(4)
})

test('shuffle: all orders of three are equally likely', async () => {
  const rows = 3000
  const x = NDArray.from([0, 1, 2])
  const arrays = await evaluate(
    [x],
    ([leaf]) => Array.from({ length: rows }, () => ops.shuffle(leaf!)),
    { allKnown: true },
  )
  const orders = arrays.map(({ data }) => data[0]! * 9 + data[1]! * 3 + data[2]!)
  const all = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]
  expectShares(orders, new Map(all.map(([a, b, c]) => [a! * 9 + b! * 3 + c!, 1 / 6])))
})

test('shuffle moves whole slices', async () => {
  const x = NDArray.from(Array.from({ length: 50 }, (_, i) => [i, -i]))
  const [y] = await evaluate([x], ([leaf]) => [ops.shuffle(leaf!)])
  const pairs = Array.from({ length: 50 }, (_, i) => [y!.data[2 * i]!, y!.data[2 * i + 1]!])
  expect(pairs.every(([a, b]) => a === -b! || (a === 0 && b === 0))).toBe(true)
  const firsts = pairs.map(([a]) => a as number)
  expect([...firsts].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i))
})

describe('lengths known when a program runs', () => {
  const kinds: Readonly<Record<string, (z: SymbolicTensor) => SymbolicTensor>> = {
    normal: (z) => ops.randomNormal(ops.shape(z)),
    uniform: (z) => ops.randomUniform([ops.shape(z)[0]!, 2, 3]),
    truncated: (z) => ops.truncatedNormal(ops.shape(z)),
    integers: (z) => ops.randint(ops.shape(z), 0, 9),
    bernoulli: (z) => ops.bernoulli([ops.shape(z)[0]!, 5]),
    K: (z) => z.add(K.randomNormal(K.shape(z), 0, 2)),
    zeros: (z) => ops.zeros([ops.shape(z)[0]!, 1]),
    broadcast: (z) => ops.broadcastTo(z.sum(), ops.shape(z)),
    reshape: (z) => z.reshape([ops.shape(z)[0]!, 3]),
  }
  test.each(Object.keys(kinds))('%s', async (name) => {
    for (const batch of [1, 4, 7]) {
      const [y] = await evaluate([NDArray.ones([batch, 3])], ([z]) => [kinds[name]!(z!)])
      expect(y!.shape[0]).toBe(batch)
    }
  })

  test('a length is a number that one can calculate with', async () => {
    const f = (z: SymbolicTensor): SymbolicTensor[] => [
      z.sum(0).div(ops.shape(z)[0] as SymbolicTensor),
    ]
    const [y] = await evaluate([NDArray.ones([5, 2])], ([z]) => f(z!))
    expect([...y!.data]).toEqual([1, 1])
  })
})

test('a seed gives the same numbers at every run, another one others', async () => {
  const options = { seed: 2 ** 40 + 3 }
  const kinds: readonly ((o: { seed: number }) => SymbolicTensor)[] = [
    (o) => ops.randomNormal([50], o),
    (o) => ops.randomUniform([50], o),
    (o) => ops.truncatedNormal([50], o),
    (o) => ops.bernoulli([50], o),
    (o) => ops.randint([50], 0, 1000, o),
    (o) => ops.categorical(ops.zeros([2, 9]), 20, o),
    (o) => ops.shuffle(ops.arange(50), 0, o),
  ]
  for (const kind of kinds) {
    const first = await draw(() => kind(options))
    expect(await draw(() => kind(options))).toEqual(first)
    expect(await draw(() => kind({ seed: 5 }))).not.toEqual(first)
  }
})

test('one thread and two give the same integers', async () => {
  const { setThreads, runtimeInfo } = native()
  const { threads } = runtimeInfo()
  const run = async (count: number): Promise<number[]> => {
    setThreads(count)
    return draw(() => ops.randint([100_001], 0, 10 ** 6, { seed: 3 }))
  }
  const [one, two] = [await run(1), await run(2)]
  setThreads(threads)
  expect(two).toEqual(one)
})
