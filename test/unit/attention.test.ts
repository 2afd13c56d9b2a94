/** Layers of attention: shapes, weights, configs, and the words of refusals. */
import * as library from '../../lib/index'
import { ArgumentError, Input, ShapeError } from '../../lib/index'
import { layerFromConfig } from '../../lib/layers/registry'

const { AdditiveAttention, Attention, Model, MultiHeadAttention } = library

const query = Input({ shape: [3, 4] })
const value = Input({ shape: [5, 6] })
const key = Input({ shape: [5, 4] })
const images = Input({ shape: [2, 3, 4] })
const name = 'l'

/** Any value where TypeScript would not let it through. */
const wrong = (given: unknown): never => given as never

test('shapes, of scores too', () => {
  expect(Attention()([query, value, key]).shape).toEqual([null, 3, 6])
  expect(AdditiveAttention()([query, value, key]).shape).toEqual([null, 3, 6])
  expect(MultiHeadAttention(2, 7)([query, value]).shape).toEqual([null, 3, 4])
  expect(MultiHeadAttention(2, 7, { outputShape: [2, 9] })([query, value]).shape).toEqual([
    null,
    3,
    2,
    9,
  ])
  const attention = MultiHeadAttention(2, 7, { returnAttentionScores: true })
  const [output, scores] = attention([images, images])
  expect(output.shape).toEqual([null, 2, 3, 4])
  expect(scores.shape).toEqual([null, 2, 2, 3, 2, 3])
  const model = new Model([query, key], Attention({ returnAttentionScores: true })([query, key]))
  expect(model.outputs.map(({ shape }) => shape)).toEqual([
    [null, 3, 4],
    [null, 3, 5],
  ])
})

test('weights have the names, shapes and order of Keras', () => {
  const layer = MultiHeadAttention(2, 7, { name, valueDim: 5, useGate: true })
  layer([query, value, key])
  expect(layer.weights.map((weight) => [weight.name, ...weight.shape])).toEqual([
    ['l/query/kernel', 4, 2, 7],
    ['l/query/bias', 2, 7],
    ['l/key/kernel', 4, 2, 7],
    ['l/key/bias', 2, 7],
    ['l/gate/kernel', 4, 2, 5],
    ['l/gate/bias', 2, 5],
    ['l/value/kernel', 6, 2, 5],
    ['l/value/bias', 2, 5],
    ['l/attention_output/kernel', 2, 5, 4],
    ['l/attention_output/bias', 4],
  ])
})

test('configs make equal layers', () => {
  const layers = [
    Attention({ name, useScale: true, scoreMode: 'concat', dropout: 0.1, seed: 3 }),
    AdditiveAttention({ name, useScale: false, useCausalMask: true }),
    MultiHeadAttention(2, 3, {
      name,
      ...{ valueDim: 4, outputShape: 5, attentionAxes: [1], slidingWindow: 2, useGate: true },
      ...{ useBias: false, kernelInitializer: 'ones', biasConstraint: 'max_norm' },
      ...{ activityRegularizer: 'l2', returnAttentionScores: true },
    }),
  ]
  for (const layer of layers) {
    const copy = layerFromConfig(layer.constructor.name, layer.getConfig())
    expect(copy.constructor).toBe(layer.constructor)
    expect(copy.getConfig()).toEqual(layer.getConfig())
  }
  expect(MultiHeadAttention(2, 3).getConfig()).toMatchObject({
    ...{ numHeads: 2, keyDim: 3, valueDim: 3, dropout: 0, useBias: true, outputShape: null },
    ...{ attentionAxes: null, slidingWindow: null, kernelInitializer: 'glorot_uniform' },
  })
})

const heads = (options: object): unknown => MultiHeadAttention(2, 3, wrong({ name, ...options }))

const cases: [what: string, act: () => unknown, error: typeof ArgumentError, message: string][] = [
  [
    'one tensor and no list',
    () => Attention({ name })(wrong(query)),
    ArgumentError,
    '[Attention "l"] is called on a list, [query, value] or [query, value, key], received an object of type SymbolicTensor',
  ],
  [
    'a list of one',
    () => MultiHeadAttention(2, 3, { name })([query]),
    ArgumentError,
    '[MultiHeadAttention "l"] is called on a list, [query, value] or [query, value, key] or [query, value, key, attentionMask], received [an object of type SymbolicTensor]',
  ],
  [
    'value and key of other lengths',
    () => Attention({ name })([query, value, query]),
    ShapeError,
    '[Attention "l"] query, value and key need equally many axes, at least 3, and value and key equal ones between the batch and the last, received (None, 3, 4), (None, 5, 6), (None, 3, 4)',
  ],
  [
    'other ranks',
    () => MultiHeadAttention(2, 3, { name })([query, images]),
    ShapeError,
    'received (None, 3, 4), (None, 2, 3, 4), (None, 2, 3, 4)',
  ],
  [
    'query and key that do not fit',
    () => Attention({ name })([query, value]),
    ShapeError,
    '[Attention "l" ops.matmul] shapes (None, 3, 4) and (None, 6, 5) ',
  ],
  [
    'dropout',
    () => Attention({ name, dropout: 1.5 }),
    ArgumentError,
    '[Attention "l"] dropout must be ',
  ],
  ['seed', () => Attention({ name, seed: 0.5 }), ArgumentError, '[Attention "l"] seed must be '],
  [
    'scoreMode',
    () => Attention({ name, scoreMode: wrong('sum') }),
    ArgumentError,
    `[Attention "l"] scoreMode must be one of 'dot', 'concat', received "sum"`,
  ],
  [
    'useScale',
    () => AdditiveAttention({ name, useScale: wrong(1) }),
    ArgumentError,
    '[AdditiveAttention "l"] useScale must be true or false, received 1',
  ],
  [
    'numHeads',
    () => MultiHeadAttention(0, 3, { name }),
    ArgumentError,
    '[MultiHeadAttention "l"] numHeads must be a positive integer, received 0',
  ],
  [
    'keyDim',
    () => MultiHeadAttention(1, wrong(null), { name }),
    ArgumentError,
    '[MultiHeadAttention "l"] keyDim must be a positive integer, received null',
  ],
  [
    'valueDim',
    () => heads({ valueDim: 1.5 }),
    ArgumentError,
    '[MultiHeadAttention "l"] valueDim must be a positive integer, received 1.5',
  ],
  [
    'outputShape',
    () => heads({ outputShape: [0] }),
    ArgumentError,
    '[MultiHeadAttention "l"] outputShape must be a positive integer or a list of them, received [0]',
  ],
  [
    'attentionAxes',
    () => heads({ attentionAxes: 'time' }),
    ArgumentError,
    '[MultiHeadAttention "l"] attentionAxes must be an integer or a list of them, received "time"',
  ],
  [
    'attentionAxes beyond the rank',
    () => MultiHeadAttention(2, 3, { name, attentionAxes: 2 })([query, value]),
    ArgumentError,
    '[MultiHeadAttention "l"] attentionAxes must be different axes between the batch and the last of 3, received [2]',
  ],
  [
    'slidingWindow',
    () => heads({ slidingWindow: 0 }),
    ArgumentError,
    '[MultiHeadAttention "l"] slidingWindow must be a positive integer, received 0',
  ],
  [
    'a causal mask over two axes',
    () => MultiHeadAttention(2, 3, { name, useCausalMask: true })([images, images]),
    ArgumentError,
    '[MultiHeadAttention "l"] takes useCausalMask and slidingWindow for one axis of attention, not for 2',
  ],
  [
    'kernelInitializer',
    () => heads({ kernelInitializer: 'glorot' }),
    ArgumentError,
    '[MultiHeadAttention "l"] kernelInitializer must be ',
  ],
  [
    'activityRegularizer',
    () => heads({ activityRegularizer: 'l3' }),
    ArgumentError,
    '[MultiHeadAttention "l"] activityRegularizer must be ',
  ],
  [
    'unknown option',
    () => MultiHeadAttention(2, 3, wrong({ heads: 2 })),
    ArgumentError,
    "[MultiHeadAttention] unknown option 'heads'; known are valueDim, ",
  ],
]

test.each(cases)('%s is refused', (_what, act, error, message) => {
  expect(act).toThrow(error)
  expect(act).toThrow(message)
})
