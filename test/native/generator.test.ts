/** The numbers of a Generator inside a program are those that it gives itself. */
import { Generator } from '../../lib/random'
import { placeholder } from '../../lib/graph/tensor'
import { generatorInteger, generatorNormal, generatorUniform } from '../../lib/ops/generator'
import { planOf, Program } from '../../lib/program'
import type { NDArray } from '../../lib'

test.each([0, 1, 2, 3, 7, 2 ** 33 + 5])('after %d words', async (before) => {
  const own = new Generator(2 ** 40 + 3)
  own.reserve(before)
  const expected: NDArray[] = [
    own.normal(1, 3, [5, 7]),
    own.uniform(-2, 5, [4, 5000]),
    // Every eighth number rounds up to the bound.
    own.uniform(1, 1 + 2 ** -21, [3000]),
    own.randint(-7, 1000, [9]),
    own.normal(0, 1, [70, 100]),
  ]
  const state = placeholder('generator', { shape: [4], dtype: 'int32' })
  let words = 0
  const next = ({ tensor, words: taken }: ReturnType<typeof generatorNormal>) => {
    words += taken
    return tensor
  }
  const outputs = [
    next(generatorNormal(state, words, [5, 7], 1, 3)),
    next(generatorUniform(state, words, [4, 5000], -2, 5)),
    next(generatorUniform(state, words, [3000], 1, 1 + 2 ** -21)),
    next(generatorInteger(state, words, [9], -7, 1000)),
    next(generatorNormal(state, words, [70, 100], 0, 1)),
  ]
  const inputs = [{ tensor: state, name: 'generator', requireFinite: false }]
  const program = new Program('test', planOf(inputs, [{ name: 'draw', outputs, updates: [] }]))
  const other = new Generator(2 ** 40 + 3)
  other.reserve(before)
  const results = await program.run([other.reserve(words)])
  results.forEach((array, i) => expect(array.data).toEqual(expected[i]?.data))
  // Both stand at the same place now.
  expect(other.next()).toBe(own.next())
})

/** Whether a program gives the host's very bits; normal numbers of these sizes one after the other. */
async function expectSameNormal(
  before: number,
  sizes: readonly number[],
  mean: number,
  stddev: number,
): Promise<void> {
  const state = placeholder('generator', { shape: [4], dtype: 'int32' })
  let words = 0
  const outputs = sizes.map((size) => {
    const { tensor, words: taken } = generatorNormal(state, words, [size], mean, stddev)
    words += taken
    return tensor
  })
  const inputs = [{ tensor: state, name: 'generator', requireFinite: false }]
  const program = new Program('test', planOf(inputs, [{ name: 'draw', outputs, updates: [] }]))
  const [own, other] = [new Generator(11), new Generator(11)]
  own.reserve(before)
  other.reserve(before)
  const results = await program.run([other.reserve(words)])
  const differing = results.map((array) => {
    const expected = new Int32Array(own.normal(mean, stddev, array.shape).data.buffer)
    const { buffer, byteOffset, length } = array.data
    return new Int32Array(buffer, byteOffset, length).findIndex((bits, i) => bits !== expected[i])
  })
  expect(differing).toEqual(sizes.map(() => -1))
}

// The kernel computes again with std what its own functions could round to another float: about one
// number in a million.
test.each([
  [0, 0, 1],
  [2 ** 32, 0, 0.05],
  [1, 0.3, 1.7],
  [6, -1000, 0.01],
  [2 ** 40 + 3, 1e-3, 1e4],
])('a million normal numbers after %d words, mean %d, deviation %d', async (before, ...normal) => {
  await expectSameNormal(before, [1, 2, 31, 32, 33, 63, 64, 65, 1023, 2049, 1_000_001], ...normal)
})

test.each([
  [0, 0],
  [-0, 0],
  [5, 0],
  [0, 1e-44],
  [0, 1e-30],
  [1e-45, 1e-310],
  [0, 1e30],
  [1e38, 1e38],
  [-1e308, 1e300],
])('normal numbers of mean %d and deviation %d', async (mean, stddev) => {
  await expectSameNormal(5, [0, 1, 4099], mean, stddev)
})
