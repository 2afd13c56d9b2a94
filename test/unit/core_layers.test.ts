/** Embedding, Lambda, Permute, RepeatVector, Identity, Reshape: shapes, configs, refusals. */
import * as library from '../../lib/index'
import { ArgumentError, Input, ShapeError, ops, type SymbolicTensor } from '../../lib/index'
import { placeholder } from '../../lib/graph/tensor'
import { layerFromConfig } from '../../lib/layers/registry'

const { Embedding, Flatten, Identity, Lambda, Model, Permute, RepeatVector, Reshape } = library
const { Sequential } = library

const vector = Input({ shape: [6] })
const matrix = Input({ shape: [2, 3] })
const labels = Input({ shape: [2], dtype: 'int32' })
const open = placeholder('open', { shape: [null, null, 6], dtype: 'float32' })
const name = 'l'

/** Any value where TypeScript would not let it through. */
const wrong = (value: unknown): never => value as never

test('shapes', () => {
  expect(Embedding(10, 4)(labels).shape).toEqual([null, 2, 4])
  expect(Embedding(10, 4)(vector).dtype).toBe('float32')
  expect(Embedding(10, 4, { dtype: 'mixed_bfloat16' })(labels).dtype).toBe('bfloat16')
  expect(Permute([2, 1])(matrix).shape).toEqual([null, 3, 2])
  expect(RepeatVector(5)(vector).shape).toEqual([null, 5, 6])
  expect(Identity()(matrix).shape).toEqual([null, 2, 3])
  expect(Reshape([-1, 2])(open).shape).toEqual([null, null, 2])
  expect(Reshape([3, 2, -1])(open).shape).toEqual([null, 3, 2, null])
  const pair = Lambda((x: SymbolicTensor) => [x, ops.square(x)])(vector)
  expect(pair.map(({ shape }) => shape)).toEqual([
    [null, 6],
    [null, 6],
  ])
})

test('Embedding leads a Sequential', () => {
  const model = new Sequential([Embedding(10, 4, { inputLength: 3 }), Flatten()])
  expect(model.outputs[0]?.shape).toEqual([null, 12])
  expect(model.weights.map(({ shape }) => shape)).toEqual([[10, 4]])
})

test('Lambda hands on its arguments, and takes lists', () => {
  const seen: unknown[] = []
  const compute = ([a, b]: SymbolicTensor[], given: object): SymbolicTensor => {
    seen.push(given)
    return ops.mul(a as SymbolicTensor, b as SymbolicTensor)
  }
  const layer = Lambda(compute, { arguments: { share: 0.5 }, outputShape: [6] })
  const model = new Model([vector, vector], layer([vector, vector]))
  expect(model.outputs[0]?.shape).toEqual([null, 6])
  expect(seen[0]).toEqual({ share: 0.5, training: false })
})

test('configs make equal layers', () => {
  const compute = (x: SymbolicTensor): SymbolicTensor => ops.neg(x)
  const layers = [
    Embedding(3, 2, { name, embeddingsInitializer: 'ones', embeddingsConstraint: 'max_norm' }),
    Lambda(compute, { name, outputShape: [3], arguments: { a: 1 } }),
    Permute([2, 1], { name }),
    RepeatVector(2, { name }),
    Identity({ name, trainable: false }),
  ]
  for (const layer of layers) {
    const copy = layerFromConfig(layer.constructor.name, layer.getConfig())
    expect(copy.constructor).toBe(layer.constructor)
    expect(copy.getConfig()).toEqual(layer.getConfig())
  }
  expect(Embedding(3, 2).getConfig()).toMatchObject({
    inputDim: 3,
    outputDim: 2,
    embeddingsInitializer: 'uniform',
    embeddingsRegularizer: null,
    embeddingsConstraint: null,
    maskZero: false,
  })
})

type Case = [
  what: string,
  act: () => unknown,
  error: typeof ArgumentError | typeof ShapeError,
  message: string,
]

const cases: Case[] = [
  [
    'Embedding inputDim',
    () => Embedding(0, 1, { name }),
    ArgumentError,
    '[Embedding "l"] inputDim must be a positive integer, received 0',
  ],
  [
    'Embedding outputDim',
    () => Embedding(1, wrong('4'), { name }),
    ArgumentError,
    '[Embedding "l"] outputDim must be a positive integer, received "4"',
  ],
  [
    'Embedding embeddingsInitializer',
    () => Embedding(1, 1, { name, embeddingsInitializer: wrong('uniforme') }),
    ArgumentError,
    '[Embedding "l"] embeddingsInitializer must be ',
  ],
  [
    'Embedding maskZero',
    () => Embedding(1, 1, { name, maskZero: wrong(true) }),
    ArgumentError,
    '[Embedding "l"] does not take maskZero: gantorch has no masks',
  ],
  [
    'Embedding inputLength and inputShape',
    () => Embedding(1, 1, { inputLength: 2, inputShape: [2] }),
    ArgumentError,
    '[Embedding] takes inputLength or inputShape, received both',
  ],
  [
    'Embedding unknown option',
    () => Embedding(1, 1, wrong({ initializer: 'ones' })),
    ArgumentError,
    "[Embedding] unknown option 'initializer'; known are embeddingsInitializer, ",
  ],
  [
    'Lambda function',
    () => Lambda(wrong('square'), { name }),
    ArgumentError,
    '[Lambda "l"] function must be a function over ops, received "square"',
  ],
  [
    'Lambda mask',
    () => Lambda(ops.square, { name, mask: wrong(() => null) }),
    ArgumentError,
    '[Lambda "l"] does not take mask: gantorch has no masks',
  ],
  [
    'Lambda outputShape that is no shape',
    () => Lambda(ops.square, { name, outputShape: wrong(3) }),
    ArgumentError,
    '[Lambda "l"] outputShape must be a list of lengths or a function, received 3',
  ],
  [
    'Lambda arguments',
    () => Lambda(ops.square, { name, arguments: wrong([1]) }),
    ArgumentError,
    '[Lambda "l"] arguments must be an object, received [1]',
  ],
  [
    'Lambda of another shape than outputShape',
    () => Lambda((x: SymbolicTensor) => x, { name, outputShape: [3] })(vector),
    ShapeError,
    '[Lambda "l"] function gives shape (None, 6), outputShape says (None, 3)',
  ],
  [
    'Lambda of another shape than the function outputShape',
    () => Lambda((x: SymbolicTensor) => x, { name, outputShape: (s) => [...s, 1] })(vector),
    ShapeError,
    '[Lambda "l"] function gives shape (None, 6), outputShape says (None, 6, 1)',
  ],
  [
    'Lambda that gives no tensor',
    () =>
      Lambda(
        wrong(() => 3),
        { name },
      )(vector),
    ArgumentError,
    '[Lambda "l"] what call returns must be a symbolic tensor or a list of them, received 3',
  ],
  [
    'Permute dims',
    () => Permute([0, 1], { name }),
    ArgumentError,
    '[Permute "l"] dims must be the axes from 1 in another order, received [0, 1]',
  ],
  [
    'Permute dims twice',
    () => Permute([1, 1], { name }),
    ArgumentError,
    '[Permute "l"] dims must be the axes from 1 in another order, received [1, 1]',
  ],
  [
    'Permute of another rank',
    () => Permute([2, 1], { name })(vector),
    ShapeError,
    '[Permute "l"] expects a tensor with 3 axes, received shape (None, 6)',
  ],
  [
    'RepeatVector n',
    () => RepeatVector(1.5, { name }),
    ArgumentError,
    '[RepeatVector "l"] n must be a positive integer, received 1.5',
  ],
  [
    'RepeatVector of another rank',
    () => RepeatVector(2, { name })(matrix),
    ShapeError,
    '[RepeatVector "l"] expects a tensor with 2 axes, received shape (None, 2, 3)',
  ],
  [
    'Identity unknown option',
    () => Identity(wrong({ units: 1 })),
    ArgumentError,
    "[Identity] unknown option 'units'",
  ],
]

test.each(cases)('%s is refused', (_what, act, error, message) => {
  expect(act).toThrow(error)
  expect(act).toThrow(message)
})
