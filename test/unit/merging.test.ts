/** Merging layers: shapes, configs, layers of one's own, and the words of refusals. */
import * as library from '../../lib/index'
import { ArgumentError, Input, Merge, ShapeError, ops, type SymbolicTensor } from '../../lib/index'
import { placeholder } from '../../lib/graph/tensor'
import { layerFromConfig } from '../../lib/layers/registry'

const { Add, Concatenate, Dense, Dot, Model, Multiply, Sequential, Subtract } = library
const { add, average, concatenate, dot, maximum, minimum, multiply, subtract } = library

const vector = Input({ shape: [4] })
const short = Input({ shape: [3] })
const sequence = Input({ shape: [5, 4] })
const images = Input({ shape: [8, 6, 3] })
const name = 'l'

/** Any value where TypeScript would not let it through. */
const wrong = (value: unknown): never => value as never

test('shapes broadcast, also over different ranks', () => {
  for (const merge of [add, average, maximum, minimum, multiply, subtract]) {
    expect(merge([vector, sequence]).shape).toEqual([null, 5, 4])
    expect(merge([Input({ shape: [5, 1] }), Input({ shape: [1, 4] })]).shape).toEqual([null, 5, 4])
  }
  expect(concatenate([vector, short]).shape).toEqual([null, 7])
  expect(concatenate([images, images], 1).shape).toEqual([null, 16, 6, 3])
  expect(Concatenate({ axis: -2 })([images, images, images]).shape).toEqual([null, 8, 18, 3])
  expect(dot([vector, vector]).shape).toEqual([null, 1])
  expect(dot([sequence, vector], [2, 1]).shape).toEqual([null, 5])
  expect(dot([Input({ shape: [6, 2] }), images], [1, 2]).shape).toEqual([null, 2, 8, 3])
})

test('element types are promoted as in Keras', () => {
  const whole = Input({ shape: [4], dtype: 'int32' })
  expect(add([whole, whole]).dtype).toBe('int32')
  expect(add([whole, vector]).dtype).toBe('float32')
  expect(average([whole, whole]).dtype).toBe('float32')
  expect(concatenate([whole, vector]).dtype).toBe('float32')
})

test('configs make equal layers', () => {
  const layers = [
    Add({ name }),
    Concatenate(1, { name }),
    Dot([1, -1], { name, normalize: true }),
    Multiply({ name, trainable: false }),
    Subtract({ name, dtype: 'mixed_bfloat16' }),
  ]
  for (const layer of layers) {
    const copy = layerFromConfig(layer.constructor.name, layer.getConfig())
    expect(copy.constructor).toBe(layer.constructor)
    expect(copy.getConfig()).toEqual(layer.getConfig())
  }
  expect(Concatenate().getConfig()).toMatchObject({ axis: -1 })
  expect(Dot(1).getConfig()).toMatchObject({ axes: 1, normalize: false })
})

test('models hold merging layers, nested and over shared layers', () => {
  const tower = new Sequential([Dense(3, { inputDim: 4 })])
  const [a, b] = [Input({ shape: [4] }), Input({ shape: [4] })]
  const inner = new Model([a, b], Add()([tower(a), tower(b)]))
  const outer = new Model([a, b], concatenate([inner([a, b]), inner([b, a])]))
  expect(outer.outputs[0]?.shape).toEqual([null, 6])
  expect(outer.weights).toHaveLength(2)
})

test("a merging layer of one's own is made of _mergeFunction", () => {
  class WeightedAverage extends Merge {
    protected override _mergeFunction([a, b]: readonly [SymbolicTensor, SymbolicTensor]) {
      return ops.add(ops.mul(a, 0.25), ops.mul(b, 0.75))
    }
  }
  expect(new WeightedAverage()([vector, sequence]).shape).toEqual([null, 5, 4])
  const pair = new Model([vector, short], new WeightedAverage()([vector, vector]))
  expect(pair.outputs).toHaveLength(1)
})

const five = placeholder('five', { shape: [5, 4], dtype: 'float32' })
const one = placeholder('one', { shape: [1, 4], dtype: 'float32' })

type Case = [
  what: string,
  act: () => unknown,
  error: typeof ArgumentError | typeof ShapeError,
  message: string,
]

const cases: Case[] = [
  [
    'one tensor and no list',
    () => Add({ name })(wrong(vector)),
    ArgumentError,
    '[Add "l"] is called on a list of tensors: layer([a, b]), received an object of type SymbolicTensor',
  ],
  [
    'an empty list',
    () => Add({ name })([]),
    ArgumentError,
    '[Add "l"] is called on symbolic tensors',
  ],
  [
    'lengths that do not broadcast',
    () => Add({ name })([vector, short]),
    ShapeError,
    '[Add "l" ops.add] shapes (None, 4) and (None, 3) can\'t be broadcast together',
  ],
  [
    'lengths that do not broadcast over ranks',
    () => Multiply({ name })([sequence, short]),
    ShapeError,
    '[Multiply "l" ops.mul] shapes (None, 5, 4) and (None, 1, 3) can\'t be broadcast together',
  ],
  [
    'batches of different sizes, which would broadcast',
    () => Add({ name })([five, one]),
    ShapeError,
    '[Add "l"] can\'t merge batches of different sizes: (5, 4) and (1, 4)',
  ],
  [
    'Subtract of three',
    () => subtract([vector, vector, vector], { name }),
    ArgumentError,
    '[Subtract "l"] takes exactly 2 tensors, received 3',
  ],
  [
    'Add unknown option',
    () => Add(wrong({ axis: 1 })),
    ArgumentError,
    "[Add] unknown option 'axis'; known are name, ",
  ],
  [
    'Concatenate axis',
    () => Concatenate(1.5, { name }),
    ArgumentError,
    '[Concatenate "l"] axis must be an integer, received 1.5',
  ],
  [
    'Concatenate axis beyond the rank',
    () => Concatenate(2, { name })([vector, vector]),
    ArgumentError,
    '[Concatenate "l" ops.concatenate] axis must be one of 2 axes, received 2',
  ],
  [
    'Concatenate of other lengths',
    () => concatenate([Input({ shape: [5, 4] }), Input({ shape: [6, 4] })], { name }),
    ShapeError,
    '[Concatenate "l" ops.concatenate] (None, 5, 4) and (None, 6, 4) differ outside of axis -1',
  ],
  [
    'Concatenate of other ranks',
    () => concatenate([vector, sequence], 1, { name }),
    ShapeError,
    '[Concatenate "l" ops.concatenate] (None, 4) and (None, 5, 4) differ outside of axis 1',
  ],
  [
    'Dot axes',
    () => Dot(wrong([1, 2, 3]), { name }),
    ArgumentError,
    '[Dot "l"] axes must be an integer or a pair of them, received [1, 2, 3]',
  ],
  [
    'Dot normalize',
    () => Dot(1, { name, normalize: wrong(1) }),
    ArgumentError,
    '[Dot "l"] normalize must be true or false, received 1',
  ],
  [
    'Dot over the batch',
    () => Dot(0, { name })([vector, vector]),
    ArgumentError,
    '[Dot "l"] axes must name an axis of (None, 4) other than the batch, received 0',
  ],
  [
    'Dot beyond the rank',
    () => Dot([2, 1], { name })([vector, vector]),
    ArgumentError,
    '[Dot "l"] axes must name an axis of (None, 4) other than the batch, received 2',
  ],
  [
    'Dot of other lengths',
    () => dot([sequence, short], [2, 1], { name }),
    ShapeError,
    '[Dot "l"] axis 2 of (None, 5, 4) must be as long as axis 1 of (None, 3)',
  ],
  [
    'Dot of three',
    () => dot([vector, vector, vector], 1, { name }),
    ArgumentError,
    '[Dot "l"] takes exactly 2 tensors, received 3',
  ],
]

test.each(cases)('%s is refused', (_what, act, error, message) => {
  expect(act).toThrow(error)
  expect(act).toThrow(message)
})
