/** Calls that overlap give what the same calls give one after another, bit for bit. */
import { NDArray, setRandomSeed, type Sequential } from '../../lib/index'
import {
  bits,
  buildDiscriminator,
  buildGan,
  compileDiscriminator,
  digest,
  ganStep,
  noise,
  ones,
  pictures,
  zeros,
  type SmallGan,
} from './small_gan'

type Call = () => Promise<unknown>

const oneByOne = async (calls: readonly Call[]): Promise<unknown[]> => {
  const results: unknown[] = []
  for (const call of calls) results.push(await call())
  return results
}

const atOnce = (calls: readonly Call[]): Promise<unknown[]> =>
  Promise.all(calls.map((call) => call()))

type Order = typeof oneByOne

/** Runs the calls that `describe` makes, in both ways, from the same start. */
async function expectEqual<T>(
  start: () => T,
  describe: (subject: T) => readonly Call[],
  end: (subject: T) => Promise<unknown>,
): Promise<void> {
  const run = async (order: Order): Promise<unknown> => {
    setRandomSeed(11)
    const subject = start()
    const results = await order(describe(subject))
    return { results, end: await end(subject) }
  }
  const expected = await run(oneByOne)
  expect(await run(atOnce)).toEqual(expected)
  expect(await run(atOnce)).toEqual(expected)
}

const discriminator = (): Sequential => compileDiscriminator(buildDiscriminator())
const ganBits = async (gan: SmallGan): Promise<unknown> => [
  await bits(gan.generator),
  await bits(gan.discriminator),
]

test.each([2, 10])('%i steps of one model at once', async (count) => {
  await expectEqual(
    discriminator,
    (model) =>
      Array.from({ length: count }, (_, i) => async () => [
        ...(await model.trainOnBatch(pictures(i), i % 2 ? ones : zeros)),
      ]),
    bits,
  )
})

test('the first step of a model that nobody has used yet, twice at once, with predictions', async () => {
  await expectEqual(
    discriminator,
    (model) => [
      async () => digest(await model.predict(pictures(0))),
      async () => [...(await model.trainOnBatch(pictures(1), ones))],
      async () => digest(await model.predict(pictures(0))),
      async () => [...(await model.trainOnBatch(pictures(2), zeros))],
    ],
    bits,
  )
})

test('two models that share nothing', async () => {
  await expectEqual(
    () => [discriminator(), discriminator()] as const,
    (models) =>
      Array.from({ length: 6 }, (_, i) => async () => {
        const model = models[i % 2] as Sequential
        return [...(await model.trainOnBatch(pictures(i), ones))]
      }),
    async (models) => [await bits(models[0]), await bits(models[1])],
  )
})

test('two models that share weights: D and combined', async () => {
  await expectEqual(
    () => buildGan(11),
    ({ discriminator, combined, generator }) => [
      async () => [...(await discriminator.trainOnBatch(pictures(1), ones))],
      async () => [...(await combined.trainOnBatch(noise(1), ones))],
      async () => digest(await generator.predict(noise(2))),
      async () => [...(await discriminator.trainOnBatch(pictures(2), zeros))],
      async () => [...(await combined.trainOnBatch(noise(3), ones))],
    ],
    ganBits,
  )
})

test('a prediction in several batches is not split by a step', async () => {
  const many = NDArray.full([40, 8, 8, 3], 0.25)
  await expectEqual(
    discriminator,
    (model) => [
      async () => digest(await model.predict(many, { batchSize: 3 })),
      async () => [...(await model.trainOnBatch(pictures(1), ones))],
      async () => digest(await model.predict(many, { batchSize: 3 })),
    ],
    bits,
  )
})

test('setWeights and getWeights take their turn', async () => {
  setRandomSeed(12)
  const other = await buildDiscriminator().getWeights()
  await expectEqual(
    discriminator,
    (model) => [
      async () => bits(model),
      async () => [...(await model.trainOnBatch(pictures(1), ones))],
      async () => bits(model),
      async () => model.setWeights(other),
      async () => bits(model),
      async () => [...(await model.trainOnBatch(pictures(2), ones))],
      async () => bits(model),
    ],
    bits,
  )
})

test('an input that is changed after the call is read as it was', async () => {
  const run = async (spoil: boolean): Promise<unknown> => {
    setRandomSeed(13)
    const model = discriminator()
    const x = pictures(1)
    const running = model.trainOnBatch(x, ones)
    if (spoil) x.data.fill(NaN)
    return [[...(await running)], await bits(model)]
  }
  expect(await run(true)).toEqual(await run(false))
})

test('one of several calls at once fails, and the others do not notice', async () => {
  const run = async (fails: boolean): Promise<unknown> => {
    setRandomSeed(14)
    const model = discriminator()
    const calls = [
      model.trainOnBatch(pictures(1), ones),
      ...(fails ? [model.trainOnBatch(NDArray.full([4, 8, 8, 3], NaN), ones)] : []),
      model.trainOnBatch(pictures(2), ones),
    ]
    const settled = await Promise.allSettled(calls)
    const losses = settled.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value.loss] : [],
    )
    expect(losses).toHaveLength(2)
    return [losses, await bits(model)]
  }
  expect(await run(true)).toEqual(await run(false))
})

test('whole GAN steps, of two GANs at once', async () => {
  const run = async (order: Order): Promise<unknown> => {
    const gans = [buildGan(15), buildGan(16)]
    for (const { discriminator: model } of gans) await setDropoutFree(model)
    const results = await order(
      gans.map((gan) => async () => [await ganStep(gan, 1), await ganStep(gan, 2)]),
    )
    return [results, await ganBits(gans[0] as SmallGan), await ganBits(gans[1] as SmallGan)]
  }
  expect(await run(atOnce)).toEqual(await run(oneByOne))
})

/** The order of two GANs' dropout is the order of their steps, which differs; so none here. */
async function setDropoutFree(model: Sequential): Promise<void> {
  Object.assign(model.layers[3] as object, { rate: 0 })
}
