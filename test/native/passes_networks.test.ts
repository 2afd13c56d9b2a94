/** The passes on whole networks of GANs: equal training, and what the optimised plans may hold. */
import { Activation, BatchNormalization, Conv2D, Dense, Dropout, Embedding } from '../../lib'
import {
  Flatten,
  Input,
  LeakyReLU,
  Model,
  Multiply,
  NDArray,
  ops,
  random,
  Reshape,
} from '../../lib'
import {
  Sequential,
  setRandomSeed,
  SGD,
  UpSampling2D,
  ZeroPadding2D,
  type AnyModel,
} from '../../lib'
import type { CompileOptions, SymbolicTensor } from '../../lib'
import { expectClose, largest } from './tolerance'

const IMAGE = [8, 8, 3]

function generatorLayers(model: Sequential): Sequential {
  model.add(Dense(4 * 4 * 8, { activation: 'relu', inputDim: 6 }))
  model.add(Reshape([4, 4, 8]))
  model.add(UpSampling2D())
  model.add(Conv2D(6, { kernelSize: 3, padding: 'same' }))
  model.add(BatchNormalization({ momentum: 0.8 }))
  model.add(Activation('relu'))
  model.add(Conv2D(3, { kernelSize: 3, padding: 'same', activation: 'tanh' }))
  return model
}

/** The article's: zeros between the second convolution and its normalisation. */
function discriminatorLayers(model: Sequential): Sequential {
  model.add(Conv2D(4, { kernelSize: 3, strides: 2, padding: 'same', inputShape: IMAGE }))
  model.add(LeakyReLU(0.2))
  model.add(Dropout(0.25))
  for (const hasBorder of [true, false]) {
    model.add(Conv2D(6, { kernelSize: 3, strides: 2, padding: 'same' }))
    if (hasBorder) model.add(ZeroPadding2D([[0, 1], [0, 1]])) // prettier-ignore
    model.add(BatchNormalization({ momentum: 0.8 }))
    model.add(LeakyReLU(0.2))
    model.add(Dropout(0.25))
  }
  model.add(Flatten())
  return model
}

interface Network {
  readonly model: AnyModel
  readonly options: Omit<CompileOptions, 'optimizer'>
  readonly inputs: readonly NDArray[]
  readonly targets: readonly NDArray[]
}

const BATCH = 5
const pictures = (): NDArray => random.uniform(-1, 1, [BATCH, ...IMAGE])
const noise = (): NDArray => random.normal(0, 1, [BATCH, 6])
const ones = NDArray.ones([BATCH, 1])

function discriminator(): Network {
  const model = discriminatorLayers(new Sequential())
  model.add(Dense(1, { activation: 'sigmoid' }))
  const options = { loss: 'binary_crossentropy', metrics: ['accuracy'] } as const
  return { model, options, inputs: [pictures()], targets: [ones] }
}

function combined(): Network {
  const judge = discriminatorLayers(new Sequential())
  judge.add(Dense(1, { activation: 'sigmoid' }))
  judge.trainable = false
  const z = Input({ shape: [6] })
  const model = new Model(z, judge(generatorLayers(new Sequential())(z)))
  return { model, options: { loss: 'binary_crossentropy' }, inputs: [noise()], targets: [ones] }
}

/** A generator of labelled pictures behind a discriminator that tells labels too. */
function acgan(): Network {
  const [z, label] = [Input({ shape: [6] }), Input({ shape: [1], dtype: 'int32' })]
  const embedded = Flatten()(Embedding(4, 6)(label))
  const picture = generatorLayers(new Sequential())(Multiply()([z, embedded]))
  const features = discriminatorLayers(new Sequential())(picture)
  const outputs = [
    Dense(1, { activation: 'sigmoid', name: 'valid' })(features),
    Dense(4, { activation: 'softmax', name: 'label' })(features),
  ]
  const model = new Model([z, label], outputs)
  const labels = new NDArray(Int32Array.from([0, 1, 2, 3, 1]), [BATCH, 1])
  const loss = { valid: 'binary_crossentropy', label: 'sparse_categorical_crossentropy' } as const
  return { model, options: { loss }, inputs: [noise(), labels], targets: [ones, labels] }
}

/** A critic with normalisation, whose gradient by its input is part of the loss. */
function gradientPenalty(): Network {
  const critic = discriminatorLayers(new Sequential())
  critic.add(Dense(1))
  const at = Input({ shape: IMAGE })
  const penalty = (_: SymbolicTensor, y: SymbolicTensor): SymbolicTensor => {
    const [gradient] = ops.gradients(y, [at]) as [SymbolicTensor]
    return ops.square(ops.sub(1, ops.sqrt(ops.sum(ops.square(gradient), [1, 2, 3]))))
  }
  const model = new Model(at, critic(at))
  return { model, options: { loss: penalty }, inputs: [pictures()], targets: [ones] }
}

const NETWORKS = { discriminator, combined, acgan, gradientPenalty }

function compiled(build: () => Network, passes: boolean): Network {
  setRandomSeed(11)
  const network = build()
  // Not Adam, which makes of the rounding left of a gradient of 0 a step of full size.
  network.model.compile({ ...network.options, optimizer: new SGD(0.01), passes })
  return network
}

test.each(Object.entries(NETWORKS))('%s: two steps change weights alike', async (_, build) => {
  const results: NDArray[][] = []
  for (const passes of [true, false]) {
    const { model, inputs, targets } = compiled(build, passes)
    setRandomSeed(12)
    for (let step = 0; step < 2; step++) await model.trainOnBatch([...inputs], [...targets])
    results.push(await model.getWeights())
  }
  const [on, off] = results as [NDArray[], NDArray[]]
  const scale = Math.max(...off.map(largest))
  on.forEach((weight, i) => {
    // Two steps through up to seven layers there and back; sums of up to 320 products in each.
    const drift = 2 * 14 * Math.sqrt(320) * 2 ** -24 * scale * 0.01
    expectClose(`weight ${i}`, weight, off[i] as NDArray, drift)
  })
})

/** Lines of a plan's text. */
const linesOf = (build: () => Network): string[] =>
  compiled(build, true).model.plan('train').split('\n')

test('a loss differentiated twice has no node that is differentiable but once', () => {
  const lines = linesOf(gradientPenalty)
  const recorded = lines.filter((line) => line.includes(', differentiable'))
  expect(recorded.filter((line) => line.includes(' = gradients('))).toHaveLength(1)
  // Gradients as nodes have no rules for gradients of their own.
  expect(lines.filter((line) => /= \w+Gradient\(/.test(line))).toEqual([])
})

test("a frozen discriminator's weights get no gradients, and the optimizer has none of them", () => {
  const { model } = compiled(combined, true)
  const frozen = model.layers.at(-1)?.weights ?? []
  expect(frozen.length).toBeGreaterThan(0)
  const text = model.plan('train')
  for (const { id } of frozen) {
    const value = new RegExp(`(%\\d+) = weight ${id} `).exec(text)?.[1]
    // Moving averages are not read at all.
    if (value === undefined) continue
    const lines = text.split('\n')
    const uses = lines.filter((line) => new RegExp(`[(,] ?${value}[,)]`).test(line))
    expect(uses.filter((line) => line.includes(' = gradients('))).toEqual([])
    expect(lines.filter((line) => new RegExp(`update .*\\b${id}\\b.* by`).test(line))).toEqual([])
  }
})
