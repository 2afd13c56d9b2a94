/** A fused step and the plain calls that it stands for: the same numbers on one seed. */
import { random, setDTypePolicy, setRandomSeed, type AnyModel, type NDArray } from '../../lib'
import { dcgan, wgan, wganGp, type Program } from './train_step_gans'
import { acgan, cycleGan } from './train_step_pairs'
import { mlp, sharing } from './train_step_small'

type Make = (passes: boolean) => Program

const STEPS = 3

/** Without the names that results have. */
function listsOf(numbers: readonly (readonly number[])[]): number[][] {
  return numbers.map((list) => [...list])
}

async function weightsOf(models: readonly AnyModel[]): Promise<NDArray[]> {
  const lists = await Promise.all(models.map((model) => model.getWeights()))
  return lists.flat()
}

async function plainRun(make: Make, passes: boolean) {
  setRandomSeed(11)
  const program = make(passes)
  const numbers = []
  for (let step = 0; step < STEPS; step++) numbers.push(listsOf(await program.plain()))
  return { numbers, weights: await weightsOf(program.models), after: random.next() }
}

async function fusedRun(make: Make, passes: boolean) {
  setRandomSeed(11)
  const program = make(passes)
  const run = program.fused()
  const numbers = []
  for (let step = 0; step < STEPS; step++) numbers.push(listsOf(await run()))
  return { numbers, weights: await weightsOf(program.models), after: random.next() }
}

/** The same kernels on the same numbers in the same order: the same bits. */
function expectEqualRuns(
  plain: Awaited<ReturnType<typeof plainRun>>,
  fused: Awaited<ReturnType<typeof fusedRun>>,
): void {
  expect(fused.after).toBe(plain.after)
  expect(fused.numbers).toEqual(plain.numbers)
  fused.weights.forEach((array, i) => expect(array.data).toEqual(plain.weights[i]?.data))
}

describe.each([
  ['an MLP GAN', mlp],
  ['training on a prediction', sharing],
  ['DCGAN', dcgan],
  ['WGAN with clipping and three critic steps', wgan],
  ['WGAN-GP', wganGp],
  ['ACGAN', acgan],
  ['CycleGAN', cycleGan],
] as const)('%s', (_, make) => {
  it.each([true, false])('gives the numbers of its plain calls, passes %p', async (passes) => {
    const plain = await plainRun(make, passes)
    expectEqualRuns(plain, await fusedRun(make, passes))
  })
})

describe('half precision', () => {
  beforeAll(() => setDTypePolicy('mixed_bfloat16'))
  afterAll(() => setDTypePolicy('float32'))

  test.each([true, false])(
    'DCGAN gives the numbers of its plain calls, passes %p',
    async (passes) => {
      const plain = await plainRun(dcgan, passes)
      expectEqualRuns(plain, await fusedRun(dcgan, passes))
    },
  )
})
