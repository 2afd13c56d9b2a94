/** Native random numbers: known answers, independence of the thread count, statistics. */
import { Dropout, Generator, NDArray, setRandomSeed } from '../../lib/index'
import { native } from '../../lib/native'
import { dropout } from '../../lib/ops/random'
import { randomNormal, randomUniform, type RandomKey } from '../../lib/ops/random'
import { philox } from '../../lib/philox'
import type { SymbolicTensor } from '../../lib/graph/tensor'
import { readReference } from '../reference/read'
import { evaluate } from './evaluate'
import { digest } from './small_gan'

/** native/kernels/philox.h: the last counter word of native streams, and blocks side by side. */
const NATIVE_STREAM = 0x6e617469
const LANES = 16

/** The word that decides element i of a random tensor: groups of 16 blocks, their words in turn. */
function wordOf(i: number, key: RandomKey, sequence = 0): number {
  const [group, rest] = [Math.floor(i / (4 * LANES)), i % (4 * LANES)]
  const block = group * LANES + (rest % LANES)
  return philox([block, 0, sequence, NATIVE_STREAM], key)[Math.floor(rest / LANES)] as number
}

async function draw(describe: () => SymbolicTensor): Promise<Float32Array> {
  const [array] = await evaluate([], () => [describe()])
  return (array as NDArray).data as Float32Array
}

const KEY: RandomKey = [0x12345678, 0xfedcba98]

test.each([1, 63, 64, 65, 1000])('%i uniform numbers are those of Philox', async (length) => {
  const received = await draw(() => randomUniform([length], { minval: -2, maxval: 3, key: KEY }))
  const expected = Float32Array.from(
    { length },
    (_, i) => -2 + (5 * (wordOf(i, KEY) >>> 8)) / 2 ** 24,
  )
  expect(received).toEqual(expected)
})

test('normal numbers are Box and Muller of the same words', async () => {
  const received = await draw(() => randomNormal([256], { mean: 1, stddev: 2, key: KEY }))
  for (let i = 0; i < 256; i++) {
    // Words 0 and 1 of a block make a pair, and so do 2 and 3.
    const isSecond = Math.floor(i / LANES) % 2 === 1
    const unit = (at: number): number => (wordOf(at, KEY) + 0.5) / 2 ** 32
    const [a, b] = isSecond ? [unit(i - LANES), unit(i)] : [unit(i), unit(i + LANES)]
    const angle = 2 * Math.PI * b
    const radius = 2 * Math.sqrt(-2 * Math.log(a))
    const exact = 1 + radius * (isSecond ? Math.sin(angle) : Math.cos(angle))
    // Both are computed in float64 and rounded once; the last bit may differ.
    expect(Math.abs((received[i] as number) - exact)).toBeLessThanOrEqual(2 ** -22 * (1 + radius))
  }
})

test('without a key: the seed is the key, and every op the next of its sequence', async () => {
  setRandomSeed(2 ** 40 + 5)
  for (const sequence of [0, 1, 2]) {
    const received = await draw(() => randomUniform([100]))
    const words = Array.from({ length: 100 }, (_, i) => wordOf(i, [5, 2 ** 8], sequence))
    expect([...received]).toEqual(words.map((word) => (word >>> 8) / 2 ** 24))
  }
})

const x = NDArray.ones([1000, 200])
const mask = async (rate: number): Promise<Float32Array> => {
  const [y] = await evaluate([x], ([input]) => [dropout(input as SymbolicTensor, rate)])
  return (y as NDArray).data as Float32Array
}

test('one thread and two give the same numbers, bit for bit', async () => {
  const { setThreads, runtimeInfo } = native()
  const { threads } = runtimeInfo()
  const run = async (count: number): Promise<string[]> => {
    setThreads(count)
    expect(runtimeInfo().threads).toBe(count)
    setRandomSeed(31)
    const arrays = [
      await mask(0.3),
      await draw(() => randomUniform([300001])),
      await draw(() => randomNormal([300001])),
    ]
    return arrays.map((data) => digest(NDArray.from(data)))
  }
  const [one, two, three] = [await run(1), await run(2), await run(3)]
  setThreads(threads)
  expect(two).toEqual(one)
  expect(three).toEqual(one)
})

/** Five standard errors: a correct generator fails one such check in two million. */
const SIGMAS = 5

function correlation(a: Float32Array, b: Float32Array, share: number, lag = 0): number {
  let sum = 0
  const length = a.length - lag
  for (let i = 0; i < length; i++) {
    const [left, right] = [a[i] === 0 ? 0 : 1, b[i + lag] === 0 ? 0 : 1]
    sum += (left - share) * (right - share)
  }
  return sum / length / (share * (1 - share))
}

const dropoutCases = readReference('layers').cases.filter(
  ({ config, name }) => config.layer === 'Dropout' && name !== 'dropout inference',
)

test.each([0.1, 0.25, 0.5, 0.9])('dropout %d: share, scale, independence', async (rate) => {
  setRandomSeed(32)
  const [first, second] = [await mask(rate), await mask(rate)]
  const { length } = first
  // The rate is kept to 1 / 65536.
  const kept = 1 - Math.round(rate * 65536) / 65536
  const error = Math.sqrt((kept * (1 - kept)) / length)
  for (const values of [first, second]) {
    const share = values.reduce((count, value) => count + (value === 0 ? 0 : 1), 0) / length
    expect(Math.abs(share - kept)).toBeLessThan(SIGMAS * error)
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]))
  }
  // Correlations of independent values have a standard error of 1 / sqrt(length).
  const limit = SIGMAS / Math.sqrt(length)
  expect(Math.abs(correlation(first, second, kept))).toBeLessThan(limit)
  // Neighbours, and elements that one word, one block or one group decides.
  for (const lag of [1, 2, LANES, 2 * LANES, 4 * LANES, 8 * LANES, 200]) {
    expect(Math.abs(correlation(first, first, kept, lag))).toBeLessThan(limit * 1.01)
  }
})

test.each(dropoutCases)('$name drops as Keras does', async (reference) => {
  const { rate } = reference.config.options as { rate: number }
  expect(Dropout(rate).rate).toBe(rate)
  const values = await mask(rate)
  const share = values.reduce((count, value) => count + (value === 0 ? 0 : 1), 0) / values.length
  // Both shares are measured, so their difference has the errors of both.
  const variance = rate * (1 - rate) * (1 / values.length + 1 / reference.number('size'))
  const difference = Math.abs(share - reference.number('keptShare'))
  expect(difference).toBeLessThanOrEqual(SIGMAS * Math.sqrt(variance))
  const kept = [...new Set(values)].filter((value) => value !== 0)
  // Keras multiplies by a reciprocal rounded once more.
  expect(kept).toHaveLength(1)
  const [scale] = reference.numberList('keptValues')
  expect(Math.abs((kept[0] as number) / (scale as number) - 1)).toBeLessThan(2 ** -22)
})

test('the pattern of 8 neighbours is uniform (chi squared)', async () => {
  setRandomSeed(33)
  const values = await mask(0.5)
  const counts = new Array<number>(256).fill(0)
  for (let i = 0; i + 8 <= values.length; i += 8) {
    const pattern = values.subarray(i, i + 8).reduce((bits, value) => bits * 2 + (value ? 1 : 0), 0)
    counts[pattern] = (counts[pattern] as number) + 1
  }
  const expected = values.length / 8 / 256
  const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  expect(Math.abs(chiSquared - 255)).toBeLessThan(SIGMAS * Math.sqrt(2 * 255))
})

test('masks of different seeds differ', async () => {
  const digests = new Set<string>()
  for (const seed of [0, 1, 2 ** 32, 2 ** 53 - 1]) {
    setRandomSeed(seed)
    digests.add(digest(NDArray.from(await mask(0.5))))
  }
  expect(digests.size).toBe(4)
  const key = new Generator(1).nextKey()
  expect(await draw(() => randomUniform([9], { key }))).toEqual(
    await draw(() => randomUniform([9], { key })),
  )
})
