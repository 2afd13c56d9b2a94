/** A loss that captures a tensor of the model: the gradient penalty of WGAN-GP, to second order. */
import {
  Adam,
  BatchNormalization,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  Input,
  Lambda,
  LeakyReLU,
  Model,
  NDArray,
  ops,
  Reshape,
  Sequential,
  SGD,
  type LossFunction,
  type SymbolicTensor,
} from '../../lib/index'
import { readReference } from '../reference/read'
import { covers } from './coverage'
import { expectClose } from './tolerance'

const reference = readReference('gradient_penalty').find('critic step')
const [SIZE, LATENT] = [7, 3]

function build(): { generator: Sequential; critic: Sequential } {
  const generator = new Sequential([
    Dense(SIZE * SIZE * 2, { activation: 'tanh', inputDim: LATENT }),
    Reshape([SIZE, SIZE, 2]),
  ])
  const critic = new Sequential([Input({ shape: [SIZE, SIZE, 2] })])
  for (const [filters, strides] of [
    [4, 2],
    [3, 1],
  ] as const) {
    critic.add(Conv2D(filters, { kernelSize: 3, strides, padding: 'same' }))
    critic.add(BatchNormalization({ momentum: 0.8 }))
    critic.add(LeakyReLU(0.2))
  }
  critic.add(Flatten())
  critic.add(Dense(1))
  return { generator, critic }
}

const wasserstein: LossFunction = (yTrue, yPred) => ops.mean(ops.mul(yTrue, yPred))

/** `at` is a tensor of the graph that the model is made of. */
function gradientPenalty(at: SymbolicTensor): LossFunction {
  return (_, yPred) => {
    const [gradient] = ops.gradients(yPred, [at]) as [SymbolicTensor]
    const norm = ops.sqrt(ops.sum(ops.square(gradient), [1, 2, 3]))
    return ops.square(ops.sub(1, norm))
  }
}

test("a critic's step equals TensorFlow's", async () => {
  covers('model', 'gradient penalty', ['loss that captures a tensor', 'second order'])
  const { generator, critic } = build()
  const weights = reference.list('weights')
  await generator.setWeights(weights.slice(0, 2))
  await critic.setWeights(weights.slice(2))
  generator.trainable = false
  const real = Input({ shape: [SIZE, SIZE, 2] })
  const z = Input({ shape: [LATENT] })
  const alpha = Input({ shape: [1, 1, 1] })
  const fake = generator(z)
  const interpolated = ops.add(ops.mul(alpha, real), ops.mul(ops.sub(1, alpha), fake))
  const model = new Model([real, z, alpha], [critic(real), critic(fake), critic(interpolated)])
  model.compile({
    loss: [wasserstein, wasserstein, gradientPenalty(interpolated)],
    lossWeights: [1, 1, 10],
    optimizer: new SGD({ learningRate: 1 }),
  })
  const [minus, plus] = [NDArray.full([5, 1], -1), NDArray.full([5, 1], 1)]
  const array = (name: string): NDArray => reference.array(name)
  const data = [array('real'), array('z'), array('alpha')] as const
  const result = await model.trainOnBatch(data, [minus, plus, plus])
  const names = ['loss', 'valid', 'fake', 'penalty']
  names.forEach((name, i) => {
    const [received, expected] = [result[i] as number, reference.number(name)]
    const drift = reference.number('drift', name)
    expectClose(name, NDArray.full([], received), NDArray.full([], expected), drift)
  })
  const after = await critic.getWeights()
  after.forEach((weight, i) => {
    const name = critic.weights[i]?.name ?? ''
    expectClose(name, weight, reference.array(`after.${i}`), reference.number('drift', 'after', i))
  })
})

/** x -> hidden -> y, with the hidden tensor at hand. */
function small(): { x: SymbolicTensor; hidden: SymbolicTensor; y: SymbolicTensor } {
  const x = Input({ shape: [2] })
  const hidden = Dense(3, { activation: 'tanh' })(x)
  return { x, hidden, y: Dense(1)(hidden) }
}
const rows = NDArray.from([
  [1, -2],
  [0.5, 3],
])

test('a metric may capture a tensor of the model', async () => {
  const { x, hidden, y } = small()
  const size = (): SymbolicTensor => ops.mean(ops.square(hidden), -1)
  const model = new Model(x, y)
  model.compile({ loss: 'mse', optimizer: 'adam', metrics: [size] })
  const seen = await new Model(x, hidden).predict(rows)
  const result = await model.testOnBatch(rows, [0, 0])
  expect(result.size).toBeCloseTo(seen.mul(seen).mean(), 6)
})

test('a Lambda may capture one, also one that no output leads to', async () => {
  const { x, hidden, y } = small()
  const aside = Dense(3)(hidden)
  const both = Lambda((input: SymbolicTensor) => ops.add(input, ops.sum(aside, -1, true)))(y)
  const expected = new Model(x, ops.add(y, ops.sum(aside, -1, true)))
  const model = new Model(x, both)
  expect((await model.predict(rows)).tolist()).toEqual((await expected.predict(rows)).tolist())
})

test('a captured tensor behind dropout is the one of this step', async () => {
  const x = Input({ shape: [40] })
  const dropped = Dropout(0.5)(x)
  const model = new Model(x, Dense(40, { useBias: false })(dropped))
  // The kernel begins as the identity, so that both are equal where the mask is the same.
  await model.setWeights([NDArray.from([...Array(40)].map((_, i) => identityRow(i)))])
  const difference: LossFunction = (_, yPred) => ops.square(ops.sub(yPred, dropped))
  model.compile({ loss: difference, optimizer: new Adam(0.1) })
  const result = await model.trainOnBatch(NDArray.ones([2, 40]), NDArray.ones([2, 40]))
  expect(result.loss).toBe(0)
})

function identityRow(row: number): number[] {
  return [...Array(40)].map((_, column) => (column === row ? 1 : 0))
}

test('a tensor of no input of the model is refused by name', () => {
  const { x, y } = small()
  const other = Input({ shape: [1], name: 'other' })
  const model = new Model(x, y, { name: 'm' })
  model.compile({ loss: (_, yPred) => ops.sub(yPred, other), optimizer: 'adam' })
  expect(() => model.plan('train')).toThrow(
    '[Model "m"] a loss, a metric or a layer depends on the input "other", which is not among the model\'s inputs',
  )
})
