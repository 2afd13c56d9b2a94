/** SpectralNormalization where a layer is called several times in a step, and in training. */
import {
  Dense,
  Embedding,
  Flatten,
  Input,
  Layer,
  Model,
  NDArray,
  Sequential,
  SpectralNormalization,
  setRandomSeed,
  type SymbolicTensor,
} from '../../lib/index'
import { layerFromConfig } from '../../lib/layers/registry'
import { ops } from '../../lib/index'
import { readReference } from '../reference/read'
import { covers } from './coverage'
import { runLayer } from './evaluate'
import { expectClose } from './tolerance'

class Twice extends Layer {
  constructor(private readonly layer: Layer) {
    super()
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return ops.add(this.layer(x), ops.mul(this.layer(ops.mul(x, 2)), 0.5))
  }
}

test('two calls in a step: each divides what the one before it left, as in Keras', async () => {
  covers('layer', 'SpectralNormalization', ['layer'])
  const reference = readReference('spectral_calls').find('spectral_normalization twice')
  const inner = SpectralNormalization(Dense(5, { activation: 'tanh' }))
  const layer = new Twice(inner)
  const x = reference.array('x')
  layer(Input({ shape: x.shape.slice(1) }))
  await layer.setWeights(reference.list('weights'))
  const run = await runLayer(layer, x, reference.array('r'), true)
  const compare = (name: string, received: NDArray): void =>
    expectClose(name, received, reference.array(name), reference.number('drift', name))
  compare('y', run.y)
  compare('dx', run.dx[0] as NDArray)
  run.dweights.forEach((gradient, i) => compare(`dweights.${i}`, gradient))
  const after = await layer.getWeights()
  expect(after).toHaveLength(reference.list('updated').length)
  after.forEach((value, i) => compare(`updated.${i}`, value))
})

/** The largest singular value, by many steps of the power iteration. */
function spectralNorm({ data, shape }: NDArray): number {
  const [rows, columns] = shape as [number, number]
  let u = new Array<number>(columns).fill(1)
  let norm = 0
  for (let step = 0; step < 200; step++) {
    const v = Array.from({ length: rows }, (_, i) =>
      u.reduce((sum, value, j) => sum + value * (data[i * columns + j] as number), 0),
    )
    const length = Math.hypot(...v)
    u = Array.from({ length: columns }, (_, j) =>
      v.reduce((sum, value, i) => sum + (value / length) * (data[i * columns + j] as number), 0),
    )
    norm = Math.hypot(...u)
    u = u.map((value) => value / norm)
  }
  return norm
}

test('training keeps the norm near 1 and trains the normalised kernel', async () => {
  setRandomSeed(3)
  const network = Sequential([
    SpectralNormalization(Dense(8, { activation: 'relu' }), { inputShape: [4] }),
    SpectralNormalization(Dense(1)),
  ])
  network.compile({ loss: 'mse', optimizer: 'adam' })
  const x = NDArray.from([
    [1, 2, 3, 4],
    [4, -3, 2, 1],
  ])
  const y = NDArray.from([[1], [-1]])
  for (let step = 0; step < 30; step++) await network.trainOnBatch(x, y)
  const before = await network.getWeights()
  // One step of Adam at 0.001 changes a norm by less than the root of the number of elements.
  expect(Math.abs(spectralNorm(before[0] as NDArray) - 1)).toBeLessThan(0.05)
  await network.predict(x)
  expect((await network.getWeights()).map(({ data }) => data)).toEqual(
    before.map(({ data }) => data),
  )
  const a = Input({ shape: [4] })
  const b = Input({ shape: [4] })
  const pair = Model([a, b], [network(a), network(b)])
  pair.compile({ loss: 'mse', optimizer: 'adam' })
  const result = await pair.trainOnBatch([x, x], [y, y])
  expect(Number.isFinite(result.loss)).toBe(true)
})

test('a kernel of zeros stays one', async () => {
  const layer = SpectralNormalization(Dense(2, { kernelInitializer: 'zeros' }))
  layer(Input({ shape: [3] }))
  const before = await layer.getWeights()
  await runLayer(layer, NDArray.full([1, 3], 1), NDArray.full([1, 2], 1), true)
  const after = await layer.getWeights()
  expect(after.map(({ data }) => data)).toEqual(before.map(({ data }) => data))
})

test('whole numbers for an Embedding, whose results keep their fractions', async () => {
  const layer = SpectralNormalization(Embedding(5, 3))
  const network = Sequential([layer, Flatten()])
  const label = Input({ shape: [1], dtype: 'int32' })
  const model = Model(label, network(label))
  const rows = await model.predict(new NDArray(Int32Array.of(4), [1, 1], 'int32'))
  expect(rows.data).toEqual((await layer.getWeights())[0]?.data.slice(12, 15))
})

test('what it refuses', () => {
  const name = 'l'
  expect(() => SpectralNormalization('Dense' as never, { name })).toThrow(
    '[SpectralNormalization "l"] layer must be a layer, received "Dense"',
  )
  expect(() => SpectralNormalization(Dense(1), { name, powerIterations: 0 })).toThrow(
    '[SpectralNormalization "l"] powerIterations must be a positive integer, received 0',
  )
  expect(() =>
    SpectralNormalization(Flatten({ name: 'f' }), { name })(Input({ shape: [2] })),
  ).toThrow(
    '[SpectralNormalization "l"] wraps layers with a kernel or embeddings, which Flatten "f" has not got',
  )
})

test('getConfig makes an equal layer', () => {
  const config = SpectralNormalization(Dense(3), { powerIterations: 2 }).getConfig()
  expect(layerFromConfig('SpectralNormalization', config).getConfig()).toEqual(config)
})
