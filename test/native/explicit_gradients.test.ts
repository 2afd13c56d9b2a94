/** Gradients written as nodes, against libtorch's autograd, which the same programs use without passes. */
import {
  Activation,
  BatchNormalization,
  Dense,
  Flatten,
  LeakyReLU,
  Lambda,
  NDArray,
  ops,
  random,
  Reshape,
} from '../../lib'
import { Input, Model, Sequential, setRandomSeed, trainStep } from '../../lib'
import type { CompileOptions, SymbolicTensor } from '../../lib'
import { largest } from './tolerance'

type Layers = ConstructorParameters<typeof Sequential>[0]

const HIDDEN: Readonly<Record<string, () => NonNullable<Layers>>> = {
  linear: () => [Dense(6, { inputDim: 3 })],
  relu: () => [Dense(6, { inputDim: 3, activation: 'relu' })],
  'leaky relu': () => [Dense(6, { inputDim: 3 }), LeakyReLU(0.2)],
  sigmoid: () => [Dense(6, { inputDim: 3, activation: 'sigmoid' })],
  tanh: () => [Dense(6, { inputDim: 3, activation: 'tanh', useBias: false })],
  softplus: () => [Dense(6, { inputDim: 3, activation: 'softplus' })],
  'a batch normalization': () => [
    Dense(6, { inputDim: 3 }),
    LeakyReLU(0.2),
    BatchNormalization(),
    Dense(6, { activation: 'tanh' }),
    BatchNormalization({ scale: false }),
  ],
  'a batch normalization with its activation': () => [
    Dense(6, { inputDim: 3 }),
    BatchNormalization({ center: false }),
    Activation('relu'),
  ],
  'a regularizer and new shapes': () => [
    Dense(6, { inputDim: 3, kernelRegularizer: 'l2' }),
    Reshape([2, 3]),
    Flatten(),
  ],
  // Once as both factors of a product, once more beside it.
  'values used often': () => [
    Dense(6, { inputDim: 3 }),
    Lambda((x: SymbolicTensor) => ops.sub(ops.mul(x, x), ops.add(x, ops.square(x)))),
  ],
}

const LOSSES = ['binary_crossentropy', 'mse'] as const

function build(
  hidden: () => NonNullable<Layers>,
  loss: (typeof LOSSES)[number],
  passes: boolean,
): Sequential {
  setRandomSeed(5)
  const model = new Sequential([...hidden(), Dense(2, { activation: 'sigmoid' })])
  const options: CompileOptions = { loss, optimizer: 'sgd', passes }
  model.compile(options)
  return model
}

describe.each(Object.entries(HIDDEN))('%s', (_, hidden) => {
  test.each(LOSSES)('%s: weights after a step', async (loss) => {
    random.seed(9)
    const x = random.normal(0, 1, [7, 3])
    const y = random.uniform(0, 1, [7, 2])
    const after: NDArray[][] = []
    for (const passes of [true, false]) {
      const model = build(hidden, loss, passes)
      expect(model.plan('train').includes('= gradients(')).toBe(!passes)
      model.optimizer.learningRate = 1
      const { loss: value } = await model.trainOnBatch(x, y)
      after.push([NDArray.full([], value), ...(await model.getWeights())])
    }
    const [on, off] = after as [NDArray[], NDArray[]]
    on.forEach((array, i) => {
      const expected = off[i] as NDArray
      // Sums of 7 items and of 6 units on the way back through two layers, in another order.
      const allowed = 2 * (7 + 6) * 2 ** -23 * Math.max(1, largest(expected))
      expect(largest(array.sub(expected))).toBeLessThan(allowed)
    })
  })
})

test('what was repeated along an axis is left to autograd', () => {
  const grown = Lambda((x: SymbolicTensor) => ops.add(x, ops.mean(x, -1, true)))
  const model = build(() => [Dense(6, { inputDim: 3 }), grown], 'mse', true)
  expect(model.plan('train')).toContain('= gradients(')
})

test('a number that was added to every item is left to autograd', async () => {
  const after: NDArray[][] = []
  for (const passes of [true, false]) {
    setRandomSeed(5)
    const model = new Sequential([Dense(6, { inputDim: 3 })])
    const loss = (_: SymbolicTensor, y: SymbolicTensor) =>
      ops.add(ops.mean(ops.square(ops.reshape(y, [-1]))), ops.mean(y, 1))
    model.compile({ loss, optimizer: 'sgd', passes })
    random.seed(9)
    await model.trainOnBatch(random.normal(0, 1, [4, 3]), NDArray.ones([4, 6]))
    after.push(await model.getWeights())
  }
  const [on, off] = after as [NDArray[], NDArray[]]
  // The same nodes of autograd in both cases.
  expect(on.map(({ data }) => data)).toEqual(off.map(({ data }) => data))
})

test('gradients of gradients are left to autograd', () => {
  const steep = Lambda((x: SymbolicTensor) => ops.gradients(ops.sum(ops.square(x)), [x])[0]!)
  const model = build(() => [Dense(6, { inputDim: 3 }), steep], 'mse', true)
  expect(model.plan('train').match(/= gradients\(/g)).toHaveLength(2)
})

test('what an earlier phase computed is differentiated too: a fused step trains like plain calls', async () => {
  const after: NDArray[][] = []
  for (const isFused of [true, false]) {
    setRandomSeed(5)
    const z = Input({ shape: [3] })
    const generator = new Sequential([Dense(6, { inputDim: 3, activation: 'tanh' }), Dense(2)])
    const discriminator = new Sequential([Dense(1, { inputDim: 2, activation: 'sigmoid' })])
    discriminator.trainable = false
    const combined = new Model(z, discriminator(generator(z)))
    combined.compile({ loss: 'binary_crossentropy', optimizer: 'sgd' })
    combined.optimizer.learningRate = 1
    const before = await generator.getWeights()
    const noise = NDArray.from([[1, -1, 0.5]])
    const step = trainStep((s) => {
      const input = s.input('noise', [1, 3])
      const fakes = s.predict(generator, input)
      const loss = s.trainOnBatch(combined, input, s.ones([1, 1]))
      return { fakes, loss }
    })
    expect(step.plan()).not.toContain('= gradients(')
    if (isFused) await step.run({ inputs: { noise } })
    else await combined.trainOnBatch(noise, [1])
    const weights = await generator.getWeights()
    weights.forEach((weight, i) => expect(weight).not.toEqual(before[i]))
    after.push(weights)
  }
  const [fused, plain] = after as [NDArray[], NDArray[]]
  fused.forEach((array, i) => {
    // One item: products and sums of 6 units, twice on the way back.
    const allowed = 2 * 6 * 2 ** -23 * Math.max(1, largest(plain[i] as NDArray))
    expect(largest(array.sub(plain[i] as NDArray))).toBeLessThanOrEqual(allowed)
  })
})
