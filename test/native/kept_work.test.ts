/** What inference keeps from run to run: it never outlives a change of the weights. */
import {
  BatchNormalization,
  Conv2D,
  Dense,
  Model,
  NDArray,
  random,
  Reshape,
  Sequential,
  setDTypePolicy,
  setRandomSeed,
  UpSampling2D,
} from '../../lib'
import { compileDiscriminator, buildDiscriminator } from './small_gan'

function generator(kernelSize: number): Sequential {
  return new Sequential([
    Dense(2 * 3 * 32, { activation: 'relu', inputDim: 6 }),
    Reshape([2, 3, 32]),
    UpSampling2D(),
    Conv2D(16, { kernelSize, padding: 'same' }),
    BatchNormalization(),
    Conv2D(1, { kernelSize: 3, padding: 'same', activation: 'tanh', dtype: 'float32' }),
  ])
}

const noise = (): NDArray => random.normal(0, 1, [4, 6])

afterEach(() => setDTypePolicy('float32'))

describe.each([
  ['float32', 3],
  ['float32', 4],
  ['mixed_bfloat16', 3],
] as const)('%s, a %i x %i kernel', (policy, kernelSize) => {
  let model: Sequential
  let x: NDArray

  beforeEach(() => {
    setDTypePolicy(policy)
    setRandomSeed(4)
    model = generator(kernelSize)
    model.compile({ loss: 'mse', optimizer: 'adam' })
    x = noise()
  })

  /** Of a program that has never run before. */
  const anew = async (): Promise<NDArray> =>
    new Model(model.inputs[0] as never, model.outputs[0] as never).predict(x)

  async function expectCurrent(): Promise<NDArray> {
    const y = await model.predict(x)
    expect(y.data).toEqual((await anew()).data)
    return y
  }

  test('training and setting weights reach predictions', async () => {
    const first = await expectCurrent()
    expect((await expectCurrent()).data).toEqual(first.data)
    await model.trainOnBatch(x, NDArray.ones([4, 4, 6, 1]))
    const trained = await expectCurrent()
    expect(trained.data).not.toEqual(first.data)
    const weights = await model.getWeights()
    await model.setWeights(weights.map((array) => NDArray.zeros(array.shape)))
    expect((await expectCurrent()).data.every((value) => value === 0)).toBe(true)
    await model.setWeights(weights)
    expect((await expectCurrent()).data).toEqual(trained.data)
  })

  test('predictions that are queued between training steps see the weights of their turn', async () => {
    const target = NDArray.ones([4, 4, 6, 1])
    await model.predict(x)
    const runs = [0, 1, 2].map(async () => {
      const done = model.trainOnBatch(x, target)
      const y = await model.predict(x)
      await done
      return y
    })
    const [a, b, c] = await Promise.all(runs)
    expect(a?.data).not.toEqual(b?.data)
    expect(b?.data).not.toEqual(c?.data)
    expect(c?.data).toEqual((await anew()).data)
  })

  test('predictions with passes are those without', async () => {
    const plain = generator(kernelSize)
    plain.compile({ loss: 'mse', optimizer: 'adam', passes: false })
    await plain.setWeights(await model.getWeights())
    const [on, off] = [await model.predict(x), await plain.predict(x)]
    // Of sums of some hundred products, each rounded with the precision of the policy.
    const tolerance = policy === 'float32' ? 32 * 2 ** -24 : 32 * 2 ** -9
    on.data.forEach((value, i) => {
      expect(Math.abs(value - (off.data[i] as number))).toBeLessThanOrEqual(tolerance)
    })
  })
})

test('evaluation follows training', async () => {
  const model = compileDiscriminator(buildDiscriminator())
  const [x, y] = [random.uniform(-1, 1, [4, 8, 8, 3]), NDArray.ones([4, 1])]
  const [before] = await model.testOnBatch(x, y)
  expect((await model.testOnBatch(x, y))[0]).toBe(before)
  await model.trainOnBatch(x, y)
  expect((await model.testOnBatch(x, y))[0]).not.toBe(before)
})
