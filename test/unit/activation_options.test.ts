/** What activation layers and activation functions refuse, and in which words; their configs. */
import * as library from '../../lib/index'
import { activations, Input } from '../../lib/index'
import { expectRefusal } from './refusal'
import { layerFromConfig } from '../../lib/layers/registry'

const { Activation, ELU, LeakyReLU, PReLU, ReLU, Softmax } = library

const image = Input({ shape: [4, 5, 6] })
const vector = Input({ shape: [5] })
const name = 'l'

/** Any value where TypeScript would not let it through. */
const wrong = (value: unknown): never => value as never

type Case = [what: string, act: () => unknown, message: string]

const cases: Case[] = [
  [
    'Activation of no such name',
    () => Activation(wrong('rleu'), { name }),
    '[Activation "l"] activation must be a function or one of linear, relu, sigmoid, tanh, ',
  ],
  [
    'threshold has no name that works without arguments',
    () => Activation(wrong('threshold'), { name }),
    '[Activation "l"] activation must be a function or one of linear, ',
  ],
  ...(['maxValue', 'negativeSlope', 'threshold'] as const).map((option): Case => [
    `ReLU ${option}`,
    () => ReLU({ name, [option]: -1 }),
    `[ReLU "l"] ${option} must be a non-negative number, received -1`,
  ]),
  [
    'ReLU unknown',
    () => ReLU(wrong({ max: 1 })),
    "[ReLU] unknown option 'max'; known are maxValue, negativeSlope, threshold, ",
  ],
  [
    'PReLU sharedAxes',
    () => PReLU({ name, sharedAxes: [0, 1] }),
    '[PReLU "l"] sharedAxes must be axes other than the batch, received [0, 1]',
  ],
  [
    'PReLU sharedAxes of a wrong type',
    () => PReLU({ name, sharedAxes: wrong('all') }),
    '[PReLU "l"] sharedAxes must be an integer or a list of them, received "all"',
  ],
  [
    'PReLU sharedAxes beyond the input',
    () => PReLU({ name, sharedAxes: [3] })(vector),
    '[PReLU "l"] axis must be different axes of (None, 5), from 1 on, received [3]',
  ],
  [
    'PReLU alphaInitializer',
    () => PReLU({ name, alphaInitializer: wrong('zeroes') }),
    '[PReLU "l"] alphaInitializer must be an Initializer, a function, ',
  ],
  [
    'ELU alpha',
    () => ELU({ name, alpha: wrong('1') }),
    '[ELU "l"] alpha must be a finite number, received "1"',
  ],
  [
    'LeakyReLU negativeSlope',
    () => LeakyReLU({ name, negativeSlope: NaN }),
    '[LeakyReLU "l"] negativeSlope must be a non-negative number, received NaN',
  ],
  [
    'Softmax axis',
    () => Softmax({ name, axis: [] }),
    '[Softmax "l"] axis must be an integer or a list of them, received []',
  ],
  [
    'Softmax mask',
    () => Softmax({ name })(wrong([vector, vector])),
    '[Softmax "l"] takes one tensor, received a list of 2',
  ],
  [
    'glu of an odd length',
    () => Activation('glu', { name })(vector),
    '[Activation "l" ops.glu] axis -1 of (None, 5) must have an even length',
  ],
  [
    'celu alpha',
    () => activations.celu(vector, 0),
    '[ops.celu] alpha must be a positive number, received 0',
  ],
  [
    'gelu approximate',
    () => activations.gelu(vector, wrong('tanh')),
    '[ops.gelu] approximate must be true or false, received "tanh"',
  ],
  [
    'relu maxValue',
    () => activations.relu(vector, 0, -1),
    '[ops.relu] maxValue must be null or a non-negative number, received -1',
  ],
  [
    'threshold',
    () => activations.threshold(vector, wrong(undefined), 0),
    '[ops.threshold] threshold must be a finite number, received undefined',
  ],
  [
    'softShrink threshold',
    () => activations.softShrink(vector, Infinity),
    '[ops.softShrink] threshold must be a finite number, received Infinity',
  ],
]

test.each(cases)('%s', (_, act, message) => {
  expectRefusal(act, message)
})

test('shapes', () => {
  expect(Activation('glu')(image).shape).toEqual([null, 4, 5, 3])
  expect(Softmax([1, 2])(image).shape).toEqual([null, 4, 5, 6])
  const layer = PReLU({ sharedAxes: [1, 2] })
  expect(layer(image).shape).toEqual([null, 4, 5, 6])
  expect(layer.weights.map(({ shape }) => shape)).toEqual([[1, 1, 6]])
})

test.each([
  ['ReLU', { maxValue: 6, negativeSlope: 0.5, threshold: 1 }],
  ['PReLU', { sharedAxes: [1, 2], alphaInitializer: 'ones', alphaConstraint: 'non_neg' }],
  ['ELU', { alpha: 0.5 }],
  ['Softmax', { axis: [1, 2] }],
  ['LeakyReLU', { negativeSlope: 0.5 }],
  ['Activation', { activation: 'hard_swish' }],
])('%s: getConfig makes an equal layer', (className, options) => {
  const config = layerFromConfig(className, options).getConfig()
  expect(config).toMatchObject(options)
  expect(layerFromConfig(className, config).getConfig()).toEqual(config)
})

test('the first argument may stand by itself', () => {
  expect(ReLU(6).maxValue).toBe(6)
  expect(ReLU(null, { threshold: 1 }).threshold).toBe(1)
  expect(ELU(0.5).alpha).toBe(0.5)
  expect(Softmax(1).axis).toBe(1)
})
