/** Every option of every layer that can be wrong, and the words that say so. */
import * as library from '../../lib/index'
import { ArgumentError, Input, Sequential, ShapeError, StateError } from '../../lib/index'
import { layerFromConfig, layerNames } from '../../lib/layers/registry'

const { Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten } = library
const { LeakyReLU, Model, Reshape, UpSampling2D, ZeroPadding2D } = library

const vector = Input({ shape: [6] })
const name = 'l'

/** Any value where TypeScript would not let it through. */
const wrong = (value: unknown): never => value as never

type Case = [what: string, act: () => unknown, message: string]

const cases: Case[] = [
  [
    'Dense units',
    () => Dense(0, { name }),
    '[Dense "l"] units must be a positive integer, received 0',
  ],
  [
    'Dense activation',
    () => Dense(1, { name, activation: wrong('rleu') }),
    '[Dense "l"] activation must be a function or one of linear, relu, sigmoid, tanh, softmax, ',
  ],
  [
    'Dense useBias',
    () => Dense(1, { name, useBias: wrong(1) }),
    '[Dense "l"] useBias must be true or false, received 1',
  ],
  [
    'Dense unknown',
    () => Dense(1, wrong({ units: 2 })),
    "[Dense] unknown option 'units'; known are inputDim, activation, useBias, ",
  ],
  [
    'Dense inputDim',
    () => Dense(1, { inputDim: -1 }),
    '[Dense] inputDim must be a positive integer, received -1',
  ],
  [
    'Dense both',
    () => Dense(1, { inputDim: 1, inputShape: [1] }),
    '[Dense] takes inputDim or inputShape, received both',
  ],
  [
    'Dense kernelInitializer',
    () => Dense(1, { name, kernelInitializer: wrong('he') })(vector),
    '[Dense "l"] kernelInitializer must be an Initializer, a function, { className, config } or one of zeros, zero, ones, one, constant, random_normal, normal, random_uniform, uniform, truncated_normal, variance_scaling, glorot_uniform, glorot_normal, he_uniform, he_normal, lecun_uniform, lecun_normal, orthogonal, identity, received "he"',
  ],
  [
    'Conv2D options',
    () => Conv2D(3, wrong(null)),
    '[Conv2D] options must be an object, received null',
  ],
  [
    'Conv2D filters',
    () => Conv2D(1.5, { name, kernelSize: 3 }),
    '[Conv2D "l"] filters must be a positive integer, received 1.5',
  ],
  ...(['kernelSize', 'strides', 'dilationRate'] as const).map((option): Case => [
    `Conv2D ${option}`,
    () => Conv2D(1, { name, kernelSize: 3, [option]: 0 }),
    `[Conv2D "l"] ${option} must be a positive integer or a pair of them, received 0`,
  ]),
  [
    'Conv2D padding',
    () => Conv2D(1, { name, kernelSize: 3, padding: wrong('full') }),
    '[Conv2D "l"] padding must be one of \'same\', \'valid\', received "full"',
  ],
  [
    'UpSampling2D size',
    () => UpSampling2D({ name, size: wrong([2]) }),
    '[UpSampling2D "l"] size must be a positive integer or a pair of them, received [2]',
  ],
  [
    'UpSampling2D interpolation',
    () => UpSampling2D({ name, interpolation: wrong('cubic') }),
    "[UpSampling2D \"l\"] interpolation must be one of 'nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5', received \"cubic\"",
  ],
  [
    'BatchNormalization axis',
    () => BatchNormalization({ name, axis: 0 }),
    '[BatchNormalization "l"] axis must be an axis other than the batch, received 0',
  ],
  [
    'BatchNormalization momentum',
    () => BatchNormalization({ name, momentum: 1.5 }),
    '[BatchNormalization "l"] momentum must be a number from 0 up to, not including, 1, received 1.5',
  ],
  [
    'BatchNormalization epsilon',
    () => BatchNormalization({ name, epsilon: 0 }),
    '[BatchNormalization "l"] epsilon must be a positive number, received 0',
  ],
  [
    'BatchNormalization scale',
    () => BatchNormalization({ name, scale: wrong('no') }),
    '[BatchNormalization "l"] scale must be true or false, received "no"',
  ],
  [
    'LeakyReLU slope',
    () => LeakyReLU({ name, alpha: -1 }),
    '[LeakyReLU "l"] negativeSlope must be a non-negative number, received -1',
  ],
  [
    'Dropout rate',
    () => Dropout(1.5, { name }),
    '[Dropout "l"] rate must be a number from 0 to 1, received 1.5',
  ],
  [
    'ZeroPadding2D padding',
    () => ZeroPadding2D({ name, padding: wrong([1, 2, 3]) }),
    '[ZeroPadding2D "l"] padding must be a non-negative integer, a pair of them, or a pair of pairs, received [1, 2, 3]',
  ],
  [
    'Reshape targetShape',
    () => Reshape([0], { name }),
    '[Reshape "l"] targetShape must be a list of positive integers or -1, received [0]',
  ],
  [
    'Reshape twice -1',
    () => Reshape([-1, -1], { name }),
    '[Reshape "l"] targetShape must be a list with at most one -1, received [-1, -1]',
  ],
  [
    'LeakyReLU both',
    () => LeakyReLU({ name, alpha: 0.1, negativeSlope: 0.2 }),
    '[LeakyReLU "l"] takes negativeSlope or alpha, received both',
  ],
  [
    'RandomNormal stddev',
    () => new library.RandomNormal(0, -1),
    '[RandomNormal] stddev must be a non-negative number, received -1',
  ],
  [
    'RandomUniform minval',
    () => new library.RandomUniform(1, 0),
    '[RandomUniform] minval must be at most maxval (0), received 1',
  ],
  [
    'Adam both',
    () => new library.Adam({ lr: 0.1, learningRate: 0.2 }),
    '[Adam] takes learningRate or lr, received both',
  ],
  [
    'Activation',
    () => Activation(wrong(3), { name }),
    '[Activation "l"] activation must be a function or one of linear, relu, sigmoid, tanh, softmax, ',
  ],
  ['name', () => Flatten({ name: '' }), '[Flatten] name must be a non-empty string, received ""'],
  [
    'trainable',
    () => Flatten({ trainable: wrong(0) }),
    '[Flatten] trainable must be true or false, received 0',
  ],
  [
    'inputShape',
    () => Flatten({ inputShape: [0] }),
    '[Flatten] inputShape must be a list of positive integers (one item, without the batch), received [0]',
  ],
  [
    'setting trainable',
    () => (Flatten({ name }).trainable = wrong('no')),
    '[Flatten "l"] trainable must be true or false, received "no"',
  ],
  [
    'Input shape',
    () => Input({ shape: wrong(100) }),
    '[Input] shape must be a list of positive integers (one item, without the batch), received 100',
  ],
  [
    'Input without',
    () => Input(wrong({})),
    '[Input] shape must be a list of positive integers, received undefined',
  ],
  [
    'Input dtype',
    () => Input({ shape: [1], dtype: wrong('float64') }),
    "[Input] dtype must be one of 'float32', 'int32', 'uint8', 'bool', received \"float64\"",
  ],
  [
    'a call on numbers',
    () => Dense(1, { name })(wrong([1, 2])),
    '[Dense "l"] is called on symbolic tensors, such as Input({ shape }) gives, received [1, 2]; to compute numbers use model.predict',
  ],
  [
    'Model inputs',
    () => new Model(wrong(1), vector, { name }),
    '[Model "l"] inputs must be a symbolic tensor, a list or a record of them, received 1',
  ],
  [
    'Model outputs',
    () => new Model(vector, [], { name }),
    '[Model "l"] outputs must be a symbolic tensor, a list or a record of them, received []',
  ],
  [
    'Sequential layers',
    () => new Sequential(wrong(Dense(1)), { name }),
    '[Sequential "l"] layers must be a list of layers, received function ',
  ],
  [
    'Sequential layer',
    () => new Sequential([wrong(3)], { name }),
    '[Sequential "l"] layer must be a layer, received 3',
  ],
  [
    'Sequential tensor',
    () => new Sequential([Dense(1), vector], { name }),
    '[Sequential "l"] takes a tensor only as its first part: Input({ shape })',
  ],
]

test.each(cases)('%s', (_, act, message) => {
  expect(act).toThrow(ArgumentError)
  expect(act).toThrow(message)
  if (!message.endsWith(' ')) expect(act).toThrow(new Error(message))
})

test.each(layerNames())('%s refuses unknown options', (layer) => {
  expect(() => layerFromConfig(layer, { nmae: 'x' })).toThrow(
    `[${layer}] unknown option 'nmae'; known are `,
  )
})

test('models refuse unknown options', () => {
  const options = wrong({ nmae: 'x' })
  expect(() => Model(vector, vector, options)).toThrow("[Model] unknown option 'nmae'; known are ")
  expect(() => Sequential([], options)).toThrow("[Sequential] unknown option 'nmae'; known are ")
})

test('inputs that do not fit', () => {
  const shape = (act: () => unknown, message: string): void => {
    expect(act).toThrow(ShapeError)
    expect(act).toThrow(message)
  }
  shape(
    () => Conv2D(1, { name, kernelSize: 3 })(vector),
    '[Conv2D "l"] expects images of shape (batch, height, width, channels), received (None, 6)',
  )
  shape(
    () => UpSampling2D({ name })(vector),
    '[UpSampling2D "l"] expects images of shape (batch, height, width, channels), received (None, 6)',
  )
  shape(
    () => ZeroPadding2D({ name })(vector),
    '[ZeroPadding2D "l"] expects images of shape (batch, height, width, channels), received (None, 6)',
  )
  shape(
    () => Reshape([4], { name })(vector),
    '[Reshape "l" ops.reshape] (6,) with 6 elements can\'t take the shape (4,)',
  )
  const dense = Dense(1, { name })
  dense(vector)
  shape(
    () => dense(Input({ shape: [5] })),
    '[Dense "l" ops.dense] last axis of (None, 5) must equal first axis of (6, 1)',
  )
})

test('weights that are not there yet', () => {
  expect(() => Dense(1, { name }).countParams()).toThrow(StateError)
  expect(() => Dense(1, { name }).countParams()).toThrow(
    new Error('[Dense "l"] has no weights yet: call it or give inputShape'),
  )
})
