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
