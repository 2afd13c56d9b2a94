/** What a step changes: the article's trick of freezing D in the combined model. */
import {
  Adam,
  BatchNormalization,
  Dense,
  Generator,
  Input,
  Model,
  NDArray,
  Sequential,
  type Layer,
} from '../../lib/index'
import {
  bits,
  buildDiscriminator,
  buildGan,
  compileDiscriminator,
  noise,
  ones,
  pictures,
} from './small_gan'

/** Which of a model's weights differ, by name. */
async function changes(layer: Layer, action: () => Promise<unknown>): Promise<string[]> {
  const before = await bits(layer)
  await action()
  const after = await bits(layer)
  const named = layer.weights.map(({ name }) => name.replace(/^.*\//, ''))
  return named.filter((_, i) => before[i] !== after[i])
}

const D = ['kernel', 'bias', 'gamma', 'beta', 'moving_mean', 'moving_variance', 'kernel', 'bias']
const G = [
  'kernel',
  'bias',
  'kernel',
  'bias',
  'gamma',
  'beta',
  'moving_mean',
  'moving_variance',
  'kernel',
  'bias',
]

test("D's own step changes all of D, its moving statistics too, and nothing of G", async () => {
  const { discriminator, generator } = buildGan(21)
  const step = (): Promise<unknown> => discriminator.trainOnBatch(pictures(1), ones)
  // The bias before a BatchNormalization has no gradient, or rounding for one.
  const changed = await changes(discriminator, step)
  expect(changed.filter((name) => name !== 'bias')).toEqual(D.filter((name) => name !== 'bias'))
  expect(await changes(generator as never, step)).toEqual([])
})

test('combined changes G and its moving statistics, and not a bit of D', async () => {
  const { discriminator, generator, combined } = buildGan(22)
  const step = (): Promise<unknown> => combined.trainOnBatch(noise(1), ones)
  expect(await changes(discriminator as never, step)).toEqual([])
  const changed = await changes(generator, step)
  expect(changed.filter((name) => name !== 'bias')).toEqual(G.filter((name) => name !== 'bias'))
})

test('predict changes nothing', async () => {
  const { discriminator, generator } = buildGan(23)
  const run = async (): Promise<void> => {
    await discriminator.predict(pictures(1))
    await generator.predict(noise(1))
  }
  expect(await changes(discriminator as never, run)).toEqual([])
  expect(await changes(generator as never, run)).toEqual([])
})

test('what is trainable is fixed at compile; compiling again picks changes up', async () => {
  const model = compileDiscriminator(buildDiscriminator())
  const step = (): Promise<unknown> => model.trainOnBatch(pictures(1), ones)
  await step()
  model.trainable = false
  expect(await changes(model as never, step)).toContain('moving_mean')
  const warnings: string[] = []
  const emit = jest.spyOn(process, 'emitWarning').mockImplementation((text) => {
    warnings.push(String(text))
  })
  compileDiscriminator(model)
  expect(await changes(model as never, step)).toEqual([])
  emit.mockRestore()
  expect(warnings).toEqual([expect.stringMatching(/nothing is trainable/)])
  model.trainable = true
  expect(await changes(model as never, step)).toEqual([])
  compileDiscriminator(model)
  expect(await changes(model as never, step)).toContain('gamma')
})

test('one frozen layer stays, and so do its moving statistics', async () => {
  const model = buildDiscriminator()
  const [conv, norm] = model.layers as [Layer, Layer]
  norm.trainable = false
  compileDiscriminator(model)
  const step = (): Promise<unknown> => model.trainOnBatch(pictures(1), ones)
  expect(await changes(norm, step)).toEqual([])
  expect(await changes(conv, step)).toContain('kernel')
})

/** gamma, beta, moving mean and moving variance away from their first values. */
const statistics = [
  [1.5, 0.5],
  [0.25, -1],
  [2, -3],
  [4, 0.25],
].map((row) => NDArray.from(row))
const x = new Generator(5).normal(1, 2, [6, 2])
const y = NDArray.zeros([6, 2])

/** gamma * (x - mean) / sqrt(variance + epsilon) + beta, squared and averaged, in float64. */
function expectedLoss(mean: readonly number[], variance: readonly number[]): number {
  const at = (array: number, column: number): number => statistics[array]?.at(column) as number
  const squares = [...x.data].map((value, i) => {
    const column = i % 2
    const centred = value - (mean[column] as number)
    const scaled = centred / Math.sqrt((variance[column] as number) + 1e-3)
    return (at(0, column) * scaled + at(1, column)) ** 2
  })
  return squares.reduce((sum, square) => sum + square, 0) / squares.length
}

function batchStatistics(): { mean: number[]; variance: number[] } {
  const columns = [0, 1].map((column) => [...x.data].filter((_, i) => i % 2 === column))
  const mean = columns.map((values) => values.reduce((sum, value) => sum + value, 0) / 6)
  const variance = columns.map(
    (values, column) =>
      values.reduce((sum, value) => sum + (value - (mean[column] as number)) ** 2, 0) / 6,
  )
  return { mean, variance }
}

test.each(['batch', 'moving', undefined] as const)(
  "a frozen BatchNormalization with frozenBatchNorm: '%s'",
  async (frozenBatchNorm) => {
    const norm = new BatchNormalization({ inputShape: [2] })
    // Something trainable behind it, that changes nothing: the identity.
    const after = Dense(2, { useBias: false })
    const input = Input({ shape: [2] })
    const model = new Model(input, after(norm(input)))
    norm.trainable = false
    await norm.setWeights(statistics)
    await after.setWeights([
      NDArray.from([
        [1, 0],
        [0, 1],
      ]),
    ])
    const optimizer = new Adam(0)
    model.compile({ loss: 'mse', optimizer, ...(frozenBatchNorm && { frozenBatchNorm }) })
    const before = await bits(norm)
    const { loss } = await model.trainOnBatch(x, y)
    const { mean, variance } = batchStatistics()
    const moving = [...(statistics[2]?.data ?? [])]
    const spread = [...(statistics[3]?.data ?? [])]
    const expected =
      frozenBatchNorm === 'moving' ? expectedLoss(moving, spread) : expectedLoss(mean, variance)
    expect(loss / expected).toBeCloseTo(1, 5)
    expect(await bits(norm)).toEqual(before)
    // Inference always takes the moving ones.
    const predicted = await new Sequential([norm]).predict(x)
    const squares = predicted.mul(predicted)
    expect(squares.mean() / expectedLoss(moving, spread)).toBeCloseTo(1, 5)
  },
)

test('a shared BatchNormalization: frozen in one model, trained in another', async () => {
  const norm = new BatchNormalization({ inputShape: [2], momentum: 0.8 })
  const input = Input({ shape: [2] })
  const training = new Model(input, norm(input))
  training.compile({ loss: 'mse', optimizer: 'adam' })
  norm.trainable = false
  const head = Dense(2)
  const frozen = new Model(input, head(norm(input)))
  frozen.compile({ loss: 'mse', optimizer: 'adam' })
  expect(await changes(norm, () => frozen.trainOnBatch(x, y))).toEqual([])
  await training.trainOnBatch(x, y)
  const { mean } = batchStatistics()
  const [, , moving] = await norm.getWeights()
  mean.forEach((value, i) => expect(moving?.at(i)).toBeCloseTo(0.2 * value, 5))
})
