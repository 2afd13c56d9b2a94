/** The same seed gives the same training, bit for bit, from one process to the next. */
import { setRandomSeed } from '../../lib/index'
import { resultOf, runProgram } from './child'
import {
  bits,
  buildDiscriminator,
  buildGan,
  compileDiscriminator,
  ganStep,
  ones,
  pictures,
} from './small_gan'

const run = async (...args: readonly number[]): Promise<unknown> =>
  resultOf(await runProgram('repeatable', args.map(String)))

// With another number of threads sums are split elsewhere and round differently, in libtorch's
// convolutions for one; random numbers do not depend on it (random.test.ts).
test.each([1, 2])('five steps with dropout in two processes, %i threads each', async (threads) => {
  const expected = await run(51, threads)
  expect(await run(51, threads)).toEqual(expected)
  expect(await run(52, threads)).not.toEqual(expected)
})

test('without a seed no two processes are alike', async () => {
  const [first, second] = (await Promise.all([run(), run()])) as [unknown[], unknown[]]
  first.forEach((value, i) => expect(second[i]).not.toEqual(value))
})

test('the same seed again in one process', async () => {
  const train = async (): Promise<unknown> => {
    const gan = buildGan(53)
    const losses = [await ganStep(gan, 1), await ganStep(gan, 2)]
    return [losses, await bits(gan.generator), await bits(gan.discriminator)]
  }
  expect(await train()).toEqual(await train())
})

test('every step draws dropout of its own', async () => {
  setRandomSeed(54)
  const model = compileDiscriminator(buildDiscriminator(0.5))
  const start = await model.getWeights()
  const losses = new Set<number>()
  for (let i = 0; i < 4; i++) {
    await model.setWeights(start)
    losses.add((await model.trainOnBatch(pictures(1), ones)).loss)
  }
  expect(losses.size).toBe(4)
})
