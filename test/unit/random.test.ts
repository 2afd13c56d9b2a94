import { ArgumentError, Generator, NDArray, OutOfMemoryError } from '../../lib/index'
import { random, setRandomSeed, ShapeError } from '../../lib/index'
import { philox } from '../../lib/philox'

const hex = (words: readonly number[]): string[] =>
  words.map((word) => word.toString(16).padStart(8, '0'))

describe('philox gives the known answers of Random123', () => {
  const all = 0xffffffff
  test.each([
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[all, all, all, all], [all, all], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    ],
  ] as const)('counter %p key %p', (counter, key, expected) => {
    expect(hex(philox(counter, key)).join(' ')).toBe(expected)
  })
})

/** Mean, variance, skewness and excess kurtosis. */
function moments(data: Iterable<number>): [number, number, number, number] {
  const values = [...data]
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const central = (power: number): number =>
    values.reduce((sum, value) => sum + (value - mean) ** power, 0) / values.length
  const variance = central(2)
  return [mean, variance, central(3) / variance ** 1.5, central(4) / variance ** 2 - 3]
}

/** Pearson's statistic of counts that should all be equal. */
function chiSquared(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

function histogram(data: Iterable<number>, bins: number, binOf: (x: number) => number): number[] {
  const counts = new Array<number>(bins).fill(0)
  for (const value of data) counts[binOf(value)]! += 1
  return counts
}

// The limits are five standard errors of 100,000 draws; the seeds are fixed, so nothing is left to
// chance.
describe('distributions', () => {
  const n = 100_000

  test('normal', () => {
    const { data, shape, dtype } = new Generator(1).normal(3, 2, [n])
    expect([shape, dtype]).toEqual([[n], 'float32'])
    const [mean, variance, skewness, kurtosis] = moments(data)
    expect(Math.abs(mean - 3)).toBeLessThan((5 * 2) / Math.sqrt(n))
    expect(Math.abs(variance / 4 - 1)).toBeLessThan(5 * Math.sqrt(2 / n))
    expect(Math.abs(skewness)).toBeLessThan(5 * Math.sqrt(6 / n))
    expect(Math.abs(kurtosis)).toBeLessThan(5 * Math.sqrt(24 / n))
  })

  test('normal: odd lengths and neighbours are independent', () => {
    expect(new Generator(1).normal(0, 1, [3]).data).toHaveLength(3)
    const { data } = new Generator(2).normal(0, 1, [n])
    const products = Array.from({ length: n / 2 }, (_, i) => data[2 * i]! * data[2 * i + 1]!)
    expect(Math.abs(moments(products)[0])).toBeLessThan(5 / Math.sqrt(n / 2))
  })

  test('uniform', () => {
    const { data } = new Generator(3).uniform(-1, 3, [n])
    const [mean, variance] = moments(data)
    expect(Math.abs(mean - 1)).toBeLessThan(5 * Math.sqrt(16 / 12 / n))
    expect(variance).toBeCloseTo(16 / 12, 1)
    expect(Math.min(...data)).toBeGreaterThanOrEqual(-1)
    expect(Math.max(...data)).toBeLessThanOrEqual(3)
    // 99.9 % of chi-squared with 15 degrees of freedom is 37.7.
    expect(
      chiSquared(histogram(data, 16, (x) => Math.min(15, Math.floor((x + 1) * 4)))),
    ).toBeLessThan(37.7)
  })

  test.each([
    [0, 1, 6, 2833878],
    [100, 101, 1, 1_000_000],
    [-1, 0, 2, 100_000],
    [-101, -100, 3, 1_000_000],
    [1, 1 + 2 ** -21, 4, 100_000],
  ])('uniform from %d up to, not including, %d', (low, high, seed, count) => {
    const { data } = new Generator(seed).uniform(low, high, [count])
    let [least, most] = [Infinity, -Infinity]
    for (const value of data) [least, most] = [Math.min(least, value), Math.max(most, value)]
    expect(least).toBeGreaterThanOrEqual(low)
    expect(most).toBeLessThan(high)
  })

  test('uniform with equal bounds', () => {
    expect([...new Generator(1).uniform(0.1, 0.1, [3]).data]).toEqual(
      Array(3).fill(Math.fround(0.1)),
    )
  })

  test('randint', () => {
    const { data, dtype } = new Generator(4).randint(-3, 7, n)
    expect(dtype).toBe('int32')
    expect([Math.min(...data), Math.max(...data)]).toEqual([-3, 6])
    // 99.9 % of chi-squared with 9 degrees of freedom is 27.9.
    expect(chiSquared(histogram(data, 10, (x) => x + 3))).toBeLessThan(27.9)
  })

  test('permutation: each number once, each first place equally often', () => {
    const generator = new Generator(5)
    expect([...generator.permutation(50).data].sort((a, b) => a - b)).toEqual([...Array(50).keys()])
    const firsts = Array.from({ length: 10_000 }, () => generator.permutation(8).at(0))
    // 99.9 % of chi-squared with 7 degrees of freedom is 24.3.
    expect(chiSquared(histogram(firsts, 8, (x) => x))).toBeLessThan(24.3)
    expect(generator.permutation(0).shape).toEqual([0])
  })

  test('choice', () => {
    const generator = new Generator(6)
    const { data } = generator.choice(5, n)
    // 99.9 % of chi-squared with 4 degrees of freedom is 18.5.
    expect(chiSquared(histogram(data, 5, (x) => x))).toBeLessThan(18.5)
    const without = [...generator.choice(20, 12, { replace: false }).data]
    expect(new Set(without).size).toBe(12)
    expect(without.every((index) => index >= 0 && index < 20)).toBe(true)
  })
})

describe('seeds', () => {
  const draw = (generator: Generator): number[][] =>
    [
      generator.normal(0, 1, [5]),
      generator.uniform(0, 1, [3]),
      generator.randint(0, 100, 4),
      generator.permutation(6),
    ].map(({ data }) => [...data])

  test('the same seed gives the same numbers, another one others', () => {
    expect(draw(new Generator(7))).toEqual(draw(new Generator(7)))
    expect(draw(new Generator(8))).not.toEqual(draw(new Generator(7)))
    // The upper 21 bits count too.
    expect(draw(new Generator(7 + 2 ** 32))).not.toEqual(draw(new Generator(7)))
  })

  test('seed restarts a stream, also in the middle of a block', () => {
    const generator = new Generator(9)
    const first = draw(generator)
    generator.next()
    generator.seed(9)
    expect(draw(generator)).toEqual(first)
  })

  test('the first numbers never change from version to version', () => {
    const generator = new Generator(1)
    expect(hex(Array.from({ length: 5 }, () => generator.next()))).toMatchInlineSnapshot(`
     [
       "f5f645b5",
       "867e18d2",
       "60b44821",
       "111d5081",
       "32e68f35",
     ]
    `)
  })

  // Beginnings inside a block, parts of 2048 numbers, and a counter that carries.
  test.each([0, 1, 3, 2 ** 34 - 6])(
    'many numbers at once are those one by one, from word %i',
    (at) => {
      const [many, single] = [new Generator(3), new Generator(3)]
      for (const generator of [many, single]) generator.reserve(at)
      const { data } = many.uniform(-1, 3, [5001])
      expect(data).toEqual(Float32Array.from({ length: 5001 }, () => -1 + 4 * single.random()))
      expect(many.next()).toBe(single.next())
    },
  )

  test('a counter carries into its upper half', () => {
    const generator = new Generator(3)
    generator.reserve(2 ** 34 - 4)
    const words = Array.from({ length: 8 }, () => generator.next())
    const [stream, key] = [0x686f7374, [3, 0]] as const
    expect(words).toEqual([
      ...philox([0xffffffff, 0, 0, stream], key),
      ...philox([0, 1, 0, stream], key),
    ])
  })

  test('setRandomSeed restarts `random`', () => {
    setRandomSeed(11)
    const first = draw(random)
    setRandomSeed(11)
    expect(draw(random)).toEqual(first)
    expect(draw(new Generator(11))).toEqual(first)
  })

  test('keys of weights are drawn one after the other', () => {
    const generator = new Generator(12)
    const keys = [generator.nextKey(), generator.nextKey()]
    expect(keys[0]).not.toEqual(keys[1])
  })
})

describe('shapes and errors', () => {
  test('shapes', () => {
    const generator = new Generator(1)
    expect(generator.normal().shape).toEqual([])
    expect(generator.normal(0, 1, [2, 3]).shape).toEqual([2, 3])
    expect(generator.uniform(0, 1, [0, 3]).size).toBe(0)
    expect(generator.randint(0, 2, [4, 1]).shape).toEqual([4, 1])
    expect(generator.normal(0, 1, 5).shape).toEqual([5])
    expect(generator.uniform(0, 1, 5).shape).toEqual([5])
    expect(generator.choice(0, 0).shape).toEqual([0])
    expect(generator.normal(0, 1, [2])).toBeInstanceOf(NDArray)
  })

  test.each<[string, (generator: Generator) => unknown, string]>([
    ['seed', () => new Generator(-1), '[random] seed must be a non-negative integer, received -1'],
    ['seed 1.5', (g) => g.seed(1.5), '[random] seed must be a non-negative integer, received 1.5'],
    ['normal', (g) => g.normal(NaN), '[random.normal] mean must be a finite number, received NaN'],
    [
      'normal stddev',
      (g) => g.normal(0, Infinity),
      '[random.normal] stddev must be a non-negative number, received Infinity',
    ],
    [
      'uniform',
      (g) => g.uniform(0, NaN),
      '[random.uniform] high must be a finite number, received NaN',
    ],
    [
      'randint',
      (g) => g.randint(3, 3),
      '[random.randint] low and high must be integers with low < high, received 3 and 3',
    ],
    [
      'randint beyond int32',
      (g) => g.randint(0, 2 ** 40, 3),
      '[random.randint] high must be at most 2^31 (int32), received 1099511627776',
    ],
    [
      'randint below int32',
      (g) => g.randint(-(2 ** 40), 0),
      '[random.randint] low must be at least -2^31 (int32), received -1099511627776',
    ],
    [
      'a negative stddev',
      (g) => g.normal(0, -1),
      '[random.normal] stddev must be a non-negative number, received -1',
    ],
    [
      'a shape that is none',
      (g) => g.uniform(0, 1, 'a' as never),
      '[random.uniform] shape must be a list of non-negative integers, received "a"',
    ],
    [
      'choice of a negative size',
      (g) => g.choice(3, -1),
      '[random.choice] size must be a non-negative integer, received -1',
    ],
    [
      'choice of nothing',
      (g) => g.choice(undefined as never, 2),
      '[random.choice] n must be a non-negative integer, received undefined',
    ],
    [
      'permutation',
      (g) => g.permutation(-1),
      '[random.permutation] n must be a non-negative integer, received -1',
    ],
    [
      'choice',
      (g) => g.choice(3, 4, { replace: false }),
      '[random.choice] size must be at most 3 without replacement, received 4',
    ],
    [
      'setRandomSeed',
      () => setRandomSeed(0.5),
      '[setRandomSeed] seed must be a non-negative integer, received 0.5',
    ],
  ])('%s', (_, act, message) => {
    const thrown = expect(() => act(new Generator(1)))
    thrown.toThrow(ArgumentError)
    thrown.toThrow(new Error(message))
  })
  test('shapes that no array has', () => {
    const generator = new Generator(1)
    for (const draw of [
      (shape: readonly number[]) => generator.normal(0, 1, shape),
      (shape: readonly number[]) => generator.uniform(0, 1, shape),
      (shape: readonly number[]) => generator.randint(0, 1, shape),
    ]) {
      expect(() => draw([-1])).toThrow(ShapeError)
      expect(() => draw([1e12])).toThrow(OutOfMemoryError)
    }
    expect(() => generator.permutation(2 ** 40)).toThrow(OutOfMemoryError)
    expect(generator.randint(2 ** 31 - 1, 2 ** 31, 2).tolist()).toEqual([2 ** 31 - 1, 2 ** 31 - 1])
  })
})
