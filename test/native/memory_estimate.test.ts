/** What models are said to need, against what their programs then took. */
import {
  Activation,
  add,
  BatchNormalization,
  concatenate,
  Conv2D,
  Conv2DTranspose,
  Dense,
  Dropout,
  Flatten,
  GlobalAveragePooling2D,
  Input,
  LeakyReLU,
  MaxPooling2D,
  Model,
  ops,
  random,
  Reshape,
  Sequential,
  UpSampling2D,
  type NDArray,
  type SymbolicTensor,
} from '../../lib/index'
import { native } from '../../lib/native'
import { settled } from './collect_garbage'

interface Trained {
  readonly model: Model | Sequential
  readonly x: (batch: number) => NDArray
  readonly y: (batch: number) => NDArray
}

const data = (...shape: readonly number[]) => {
  return (batch: number): NDArray => random.uniform(0, 1, [batch, ...shape])
}

function generatorBlock(model: Sequential, filters: number): void {
  model.add(UpSampling2D())
  model.add(Conv2D(filters, { kernelSize: 3, padding: 'same' }))
  model.add(BatchNormalization({ momentum: 0.8 }))
  model.add(Activation('relu'))
}

function generator(): Sequential {
  const model = new Sequential([Dense(4 * 5 * 128, { activation: 'relu', inputShape: [100] })])
  model.add(Reshape([4, 5, 128]))
  for (const filters of [64, 32, 32]) generatorBlock(model, filters)
  model.add(Conv2D(3, { kernelSize: 3, padding: 'same', activation: 'tanh' }))
  return model
}

function discriminator(): Sequential {
  const model = new Sequential()
  for (const [i, filters] of [32, 64, 128].entries()) {
    const inputShape = i === 0 ? { inputShape: [32, 40, 3] } : {}
    model.add(Conv2D(filters, { kernelSize: 3, strides: 2, padding: 'same', ...inputShape }))
    if (i > 0) model.add(BatchNormalization({ momentum: 0.8 }))
    model.add(LeakyReLU(0.2))
    model.add(Dropout(0.25))
  }
  model.add(Flatten())
  model.add(Dense(1, { activation: 'sigmoid' }))
  return model
}

function compiled(model: Model | Sequential): Model | Sequential {
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
}

const MODELS: Record<string, () => Trained> = {
  'a discriminator': () => ({ model: compiled(discriminator()), x: data(32, 40, 3), y: data(1) }),
  'a generator through a frozen discriminator': () => {
    const critic = discriminator()
    critic.trainable = false
    const z = Input({ shape: [100] })
    return { model: compiled(new Model(z, critic(generator()(z)))), x: data(100), y: data(1) }
  },
  'a network of dense layers': () => {
    const model = new Sequential([Dense(512, { inputShape: [256] })])
    for (const units of [1024, 1024, 512]) {
      model.add(LeakyReLU(0.2))
      model.add(BatchNormalization({ momentum: 0.8 }))
      model.add(Dense(units))
    }
    model.add(Dense(64, { activation: 'tanh' }))
    return { model: compiled(model), x: data(256), y: data(64) }
  },
  'a network with ways around': () => {
    const x = Input({ shape: [32, 32, 8] })
    const first = Conv2D(16, { kernelSize: 3, padding: 'same', activation: 'relu' })(x)
    const low = MaxPooling2D(2)(Conv2D(16, { kernelSize: 3, padding: 'same' })(first))
    const high = Conv2DTranspose(16, { kernelSize: 4, strides: 2, padding: 'same' })(low)
    const sum = Activation('relu')(add([first, high]))
    const both = Conv2D(8, { kernelSize: 3, padding: 'same' })(concatenate([sum, first]))
    return {
      model: compiled(new Model(x, Dense(4)(GlobalAveragePooling2D()(both)))),
      x: data(32, 32, 8),
      y: data(4),
    }
  },
}

/** Bytes that `run` takes beside what is there before: the most of three times. */
async function taken(run: () => Promise<unknown>): Promise<number> {
  const { memoryStats, emptyCache } = native()
  let most = 0
  for (let i = 0; i < 3; i++) {
    const allocated = await settled(() => memoryStats().allocated)
    emptyCache()
    await run()
    most = Math.max(most, memoryStats().peak - allocated)
  }
  return most
}

/** Said to be taken, as a share of what is. */
function expectNear(estimate: number, measured: number): void {
  expect(estimate / measured).toBeGreaterThan(0.8)
  expect(estimate / measured).toBeLessThan(1.25)
}

test.each(Object.keys(MODELS))('%s: within a quarter of what it takes', async (name) => {
  const { model, x, y } = (MODELS[name] as () => Trained)()
  // Weights and the optimizer's state get their memory here.
  await model.trainOnBatch(x(1), y(1))
  await model.predict(x(1))
  for (const batch of [16, 100]) {
    const [inputs, targets] = [x(batch), y(batch)]
    const { train = 0, predict } = model.memoryEstimate(batch)
    expectNear(train, await taken(() => model.trainOnBatch(inputs, targets)))
    expectNear(predict, await taken(() => model.predict(inputs, { batchSize: batch })))
  }
})

test('weights and the state of the optimizer are what the Store then holds', async () => {
  const { model, x, y } = (MODELS['a discriminator'] as () => Trained)()
  const allocated = await settled(() => native().memoryStats().allocated)
  const { weights, optimizer, train = 0, predict, total } = model.memoryEstimate(1)
  await model.trainOnBatch(x(1), y(1))
  expectNear(weights + optimizer, native().memoryStats().allocated - allocated)
  // Adam keeps two numbers for each trained one; moving statistics are not trained.
  expect(optimizer).toBeLessThan(2 * weights)
  expect(total).toBe(weights + optimizer + Math.max(train, predict))
})

test('larger batches are never said to need less', () => {
  for (const make of Object.values(MODELS)) {
    const { model } = make()
    const totals = [1, 2, 3, 5, 8, 31, 32, 33, 500].map((n) => model.memoryEstimate(n).total)
    expect(totals).toEqual([...totals].sort((a, b) => a - b))
    expect(new Set(totals).size).toBe(totals.length)
  }
})

test('a gradient penalty keeps what its second way back needs', async () => {
  // Its loss grows with the slope of its output, as a WGAN-GP's critic's does.
  const penalised = (weight: number): Model => {
    const x = Input({ shape: [64] })
    const hidden = Dense(256, { activation: 'tanh' })(Dense(256, { activation: 'tanh' })(x))
    const model = new Model(x, Dense(1)(hidden))
    const loss = (yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor => {
      const error = ops.square(ops.sub(yTrue, yPred))
      if (weight === 0) return error
      const [slope] = ops.gradients(yPred, [x]) as [SymbolicTensor]
      return ops.add(error, ops.mul(ops.sum(ops.square(slope), [1]), weight))
    }
    model.compile({ loss, optimizer: 'adam' })
    return model
  }
  const model = penalised(10)
  await model.trainOnBatch(data(64)(1), data(1)(1))
  const [inputs, targets] = [data(64)(4096), data(1)(4096)]
  const { train = 0 } = model.memoryEstimate(4096)
  expectNear(train, await taken(() => model.trainOnBatch(inputs, targets)))
  expect(train).toBeGreaterThan(1.2 * (penalised(0).memoryEstimate(4096).train ?? 0))
})

test('without a compiled model there is no training; the table can be read', () => {
  const model = new Sequential([Dense(256, { inputShape: [1024] })])
  const estimate = model.memoryEstimate(1024)
  expect(estimate).toMatchObject({ batchSize: 1024, optimizer: 0, train: undefined })
  expect(String(estimate)).toBe(
    [
      'memory for batches of 1024',
      'weights          1.0 MB',
      'optimizer        0.0 MB',
      'predict          5.0 MB',
      'total            6.0 MB',
    ].join('\n'),
  )
  const small = new Sequential([Dense(1, { inputShape: [64] })])
  expect(String(small.memoryEstimate(1))).toMatch(/weights +0\.3 KB/)
  expect(() => model.memoryEstimate(0)).toThrow(
    /memoryEstimate\] batchSize must be a positive integer, received 0/,
  )
})
