/** Layers called inside other layers, activations, losses and metrics. */
import {
  Adam,
  Activation,
  BatchNormalization,
  Dense,
  Input,
  Layer,
  LeakyReLU,
  Model,
  NDArray,
  ops,
  random,
  Sequential,
  setRandomSeed,
  type CallContext,
  type SymbolicTensor,
} from '../../lib/index'

class Residual extends Layer {
  readonly first = Dense(3, { activation: 'tanh' })
  readonly rest = [BatchNormalization(), Dense(3)]

  override call(x: SymbolicTensor, _context: CallContext): SymbolicTensor {
    return ops.add(
      x,
      this.rest.reduce((y, layer) => layer(y), this.first(x)),
    )
  }
}

const batch = (): NDArray => random.normal(0, 1, [8, 3])

beforeEach(() => setRandomSeed(3))

test('a layer as an activation', async () => {
  const x = Input({ shape: [3] })
  const named = new Model(x, Activation((v) => ops.leakyRelu(v, 0.2))(x))
  const layered = new Model(x, Activation(LeakyReLU(0.2))(x))
  const data = batch()
  expect((await layered.predict(data)).tolist()).toEqual((await named.predict(data)).tolist())
  expect(Dense(2, { activation: LeakyReLU(0.2) })(x).shape).toEqual([null, 2])
})

test('layers in the properties of a layer are its own: weights, training, freezing', async () => {
  const x = Input({ shape: [3] })
  const residual = new Residual()
  const model = new Model(x, residual(x))
  expect(residual.weights).toHaveLength(2 + 4 + 2)
  expect(model.countParams()).toBe(12 + 12 + 12)
  model.compile({ loss: 'mse', optimizer: new Adam(0.1) })
  const before = await model.getWeights()
  const losses: number[] = []
  const [data, targets] = [batch(), batch()]
  for (let i = 0; i < 30; i++) losses.push((await model.trainOnBatch(data, targets)).loss)
  expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] as number))
  const after = await model.getWeights()
  // Moving statistics too: the inner normalisation belongs to the step.
  after.forEach((weight, i) => expect(weight.tolist()).not.toEqual(before[i]?.tolist()))
  residual.trainable = false
  expect(residual.first.trainable).toBe(false)
  model.compile({ loss: 'mse', optimizer: 'adam' })
  await model.trainOnBatch(data, targets)
  expect((await model.getWeights()).map((w) => w.tolist())).toEqual(after.map((w) => w.tolist()))
})

test('a layer may hold the model that it is part of', async () => {
  class Aware extends Layer {
    owner: Model | undefined
    override call(x: SymbolicTensor): SymbolicTensor {
      return ops.mul(x, 2)
    }
  }
  const x = Input({ shape: [3] })
  const aware = new Aware()
  const model = new Model(x, Dense(1)(aware(x)))
  aware.owner = model
  expect(model.weights).toHaveLength(2)
  model.trainable = false
  expect(aware.trainable).toBe(false)
  model.trainable = true
  model.compile({ loss: 'mse', optimizer: 'adam' })
  expect((await model.trainOnBatch(batch(), NDArray.ones([8, 1]))).loss).toBeGreaterThan(0)
})

test('a loss and a metric may call a network, which they do not train', async () => {
  const features = new Sequential([Dense(4, { activation: 'tanh', inputDim: 3 })])
  const x = Input({ shape: [3] })
  const model = new Model(x, Dense(3)(x))
  const perceptual = (y: SymbolicTensor, p: SymbolicTensor): SymbolicTensor =>
    ops.mean(ops.square(ops.sub(features(y), features(p))))
  const distance = (y: SymbolicTensor, p: SymbolicTensor): SymbolicTensor => perceptual(y, p)
  model.compile({ loss: perceptual, optimizer: new Adam(0.1), metrics: [distance] })
  const frozen = await features.getWeights()
  const [data, targets] = [batch(), batch()]
  const first = await model.trainOnBatch(data, targets)
  expect(first.distance).toBeCloseTo(first.loss, 6)
  for (let i = 0; i < 20; i++) await model.trainOnBatch(data, targets)
  expect((await model.trainOnBatch(data, targets)).loss).toBeLessThan(first.loss)
  expect((await features.getWeights()).map((w) => w.tolist())).toEqual(
    frozen.map((w) => w.tolist()),
  )
})

test('a gradient penalty inside a layer', async () => {
  const critic = new Sequential([Dense(4, { activation: 'tanh', inputDim: 3 }), Dense(1)])
  class Penalty extends Layer {
    override call(x: SymbolicTensor): SymbolicTensor {
      const [slope] = ops.gradients(critic(x), [x]) as [SymbolicTensor]
      return ops.sum(ops.square(slope), 1, true)
    }
  }
  const x = Input({ shape: [3] })
  const data = batch()
  const inside = new Model(x, new Penalty()(x))
  const [slope] = ops.gradients(critic(x), [x]) as [SymbolicTensor]
  const outside = new Model(x, ops.sum(ops.square(slope), 1, true))
  expect((await inside.predict(data)).tolist()).toEqual((await outside.predict(data)).tolist())
})

describe('results and outputs', () => {
  const x = Input({ shape: [3] })

  test('a model made with a list of one output gives lists', async () => {
    const model = new Model(x, [Dense(2)(x)])
    const [y, ...others] = await model.predict(batch())
    expect([y?.shape, others]).toEqual([[8, 2], []])
  })

  test('outputs of one layer have names of their own', async () => {
    const shared = Dense(1, { name: 'shared' })
    const model = new Model(x, [shared(x), shared(ops.mul(x, 2))])
    model.compile({ loss: 'mse', optimizer: 'adam' })
    const result = await model.trainOnBatch(batch(), [NDArray.ones([8, 1]), NDArray.zeros([8, 1])])
    expect(Object.keys(result)).toEqual(['0', '1', '2', 'loss', 'shared_loss', 'shared_1_loss'])
  })

  test("a metric's name can't hide what a list has", () => {
    const model = new Model(x, Dense(1)(x))
    for (const name of ['loss', 'length', 'map', '0']) {
      const metric = { [name]: (y: SymbolicTensor) => y }[name] as () => SymbolicTensor
      expect(() => model.compile({ loss: 'mse', optimizer: 'adam', metrics: [metric] })).toThrow(
        `a metric can't be named '${name}'`,
      )
    }
  })

  test('two layers of one name are refused', () => {
    const y = Dense(1, { name: 'twin' })(Dense(1, { name: 'twin' })(x))
    expect(() => new Model(x, y)).toThrow('has two layers named "twin"; names must be unique')
  })

  test('every Sequential is a Model', () => {
    const build = (): Model => new Sequential([Dense(1, { inputDim: 3 })])
    expect(build()).toBeInstanceOf(Model)
    class Own extends Model<SymbolicTensor, readonly SymbolicTensor[]> {}
    expect(build()).not.toBeInstanceOf(Own)
    expect(new Own(x, [Dense(1)(x)])).toBeInstanceOf(Own)
  })

  test('compile before the input shape is known stands', async () => {
    const model = new Sequential([Dense(1)])
    model.compile({ loss: 'mse', optimizer: new Adam(0.1) })
    model(x)
    const first = await model.trainOnBatch(batch(), NDArray.ones([8, 1]))
    for (let i = 0; i < 20; i++) await model.trainOnBatch(batch(), NDArray.ones([8, 1]))
    expect((await model.trainOnBatch(batch(), NDArray.ones([8, 1]))).loss).toBeLessThan(first.loss)
  })
})
