/** The option that may stand first, as in Keras: what layers make of it, and what they refuse. */
import * as library from '../../lib/index'
import { ArgumentError, Input } from '../../lib/index'
import { layerFromConfig, registeredName } from '../../lib/layers/registry'
import type { AnyLayer } from '../../lib/layers/layer'

const { AveragePooling1D, AveragePooling2D, concatenate, Concatenate } = library
const { Conv1D, Conv1DTranspose, Conv2D, Conv2DTranspose } = library
const { Cropping1D, Cropping2D, DepthwiseConv1D, DepthwiseConv2D, ELU, LeakyReLU } = library
const { MaxPooling1D, MaxPooling2D, RandomFlip, ReLU, SeparableConv1D } = library
const { SeparableConv2D, Softmax, UpSampling1D, UpSampling2D } = library
const { ZeroPadding1D, ZeroPadding2D } = library

const name = 'l'
const wrong = (value: unknown): never => value as never
const padding = 'same'

const sides = [[0, 1], [0, 1]] as const // prettier-ignore

/** A layer made by position, and the same one made from options alone. */
const pairs: [byPosition: AnyLayer, byOption: AnyLayer][] = [
  [
    Conv1D(4, 3, { name, padding: 'causal' }),
    Conv1D(4, { name, kernelSize: 3, padding: 'causal' }),
  ],
  [Conv2D(4, 3, { name, padding }), Conv2D(4, { name, kernelSize: 3, padding })],
  [new Conv2D(4, [3, 5], { name }), new Conv2D(4, { name, kernelSize: [3, 5] })],
  [Conv1DTranspose(4, 5, { name }), Conv1DTranspose(4, { name, kernelSize: 5 })],
  [
    Conv2DTranspose(4, 4, { name, strides: 2 }),
    Conv2DTranspose(4, { name, kernelSize: 4, strides: 2 }),
  ],
  [SeparableConv1D(4, 3, { name }), SeparableConv1D(4, { name, kernelSize: 3 })],
  [SeparableConv2D(4, [1, 3], { name }), SeparableConv2D(4, { name, kernelSize: [1, 3] })],
  [DepthwiseConv1D(3, { name }), DepthwiseConv1D({ name, kernelSize: 3 })],
  [DepthwiseConv2D(3, { name, padding }), DepthwiseConv2D({ name, kernelSize: 3, padding })],
  [MaxPooling1D(3, { name }), MaxPooling1D({ name, poolSize: 3 })],
  [MaxPooling2D([2, 3], { name, padding }), MaxPooling2D({ name, poolSize: [2, 3], padding })],
  [AveragePooling1D(3, { name }), AveragePooling1D({ name, poolSize: 3 })],
  [AveragePooling2D(3, { name, strides: 1 }), AveragePooling2D({ name, poolSize: 3, strides: 1 })],
  [UpSampling1D(3, { name }), UpSampling1D({ name, size: 3 })],
  [UpSampling2D([2, 3], { name }), UpSampling2D({ name, size: [2, 3] })],
  [ZeroPadding1D([2, 0], { name }), ZeroPadding1D({ name, padding: [2, 0] })],
  [ZeroPadding2D(sides, { name }), ZeroPadding2D({ name, padding: sides })],
  [Cropping1D(2, { name }), Cropping1D({ name, cropping: 2 })],
  [Cropping2D([1, 2], { name }), Cropping2D({ name, cropping: [1, 2] })],
  [RandomFlip('horizontal', { name, seed: 3 }), RandomFlip({ name, seed: 3, mode: 'horizontal' })],
  [LeakyReLU(0.2, { name }), LeakyReLU({ name, negativeSlope: 0.2 })],
  [ELU(0.5, { name }), ELU({ name, alpha: 0.5 })],
  [ReLU(6, { name, threshold: 1 }), ReLU({ name, maxValue: 6, threshold: 1 })],
  [ReLU(null, { name }), ReLU({ name, maxValue: null })],
  [Softmax([1, 2], { name }), Softmax({ name, axis: [1, 2] })],
  [Concatenate(1, { name }), Concatenate({ name, axis: 1 })],
]

test.each(pairs.map(([a, b]) => [registeredName(a) as string, a, b] as const))(
  '%s by position',
  (className, byPosition, byOption) => {
    const config = byPosition.getConfig()
    expect(config).toEqual(byOption.getConfig())
    expect(registeredName(byOption)).toBe(className)
    expect(layerFromConfig(className, config).getConfig()).toEqual(config)
  },
)

test('without a first argument options have their defaults', () => {
  expect(MaxPooling2D().getConfig()).toMatchObject({ poolSize: [2, 2] })
  expect(MaxPooling2D(undefined, { padding }).getConfig()).toMatchObject({
    poolSize: [2, 2],
    padding,
  })
  expect(ZeroPadding2D(undefined).getConfig()).toMatchObject({ padding: [[1, 1], [1, 1]] }) // prettier-ignore
})

test('a stack by position', () => {
  const y = Conv2DTranspose(2, 4, { strides: 2, padding })(
    MaxPooling2D(2)(Conv2D(8, 3)(ZeroPadding2D([[0, 1], [0, 1]])(Input({ shape: [8, 8, 3] })))), // prettier-ignore
  )
  expect(y.shape).toEqual([null, 6, 6, 2])
  const a = Input({ shape: [2, 3] })
  expect(concatenate([a, a]).shape).toEqual([null, 2, 6])
  expect(concatenate([a, a], 1).shape).toEqual([null, 4, 3])
  expect(concatenate([a, a], { axis: 1, name }).shape).toEqual([null, 4, 3])
})

test.each<[act: () => unknown, message: string]>([
  [
    () => Conv2D(4, 3, wrong({ kernelSize: 3 })),
    '[Conv2D] takes kernelSize by position or in options, received both',
  ],
  [
    () => ZeroPadding2D(1, wrong({ padding: 1 })),
    '[ZeroPadding2D] takes padding by position or in options, received both',
  ],
  [
    () => LeakyReLU(0.2, wrong({ negativeSlope: 0.1 })),
    '[LeakyReLU] takes negativeSlope by position or in options, received both',
  ],
  [
    () => LeakyReLU(0.2, { name, alpha: 0.1 }),
    '[LeakyReLU "l"] takes negativeSlope or alpha, received both',
  ],
  [
    () => Conv2D(4, { kernelSize: 3 }, { padding }),
    '[Conv2D] takes one options object, received also an object',
  ],
  [
    () => wrong(Reflect.construct(Conv2D, [4, 3, { padding }, 2])),
    '[Conv2D] takes kernelSize and one options object, received also 2',
  ],
  [() => MaxPooling2D(2, wrong(2)), '[MaxPooling2D] options must be an object, received 2'],
  [() => MaxPooling2D(2, wrong(null)), '[MaxPooling2D] options must be an object, received null'],
  [() => UpSampling2D(wrong(null)), '[UpSampling2D] options must be an object, received null'],
  [
    () => Conv2D(4, 0, { name }),
    '[Conv2D "l"] kernelSize must be a positive integer or a pair of them, received 0',
  ],
  [
    () => Conv2D(4, wrong(undefined), wrong({ name })),
    '[Conv2D "l"] kernelSize must be a positive integer or a pair of them, received undefined',
  ],
  [
    () => Conv2D(4, wrong('same'), { name }),
    '[Conv2D "l"] kernelSize must be a positive integer or a pair of them, received "same"',
  ],
  [
    () => Cropping2D(-1, { name }),
    '[Cropping2D "l"] cropping must be a non-negative integer, a pair of them, or a pair of pairs, received -1',
  ],
  [
    () => RandomFlip(wrong('diagonal'), { name }),
    "[RandomFlip \"l\"] mode must be one of 'horizontal_and_vertical', 'horizontal', 'vertical', received \"diagonal\"",
  ],
  [
    () => Softmax(wrong('x'), { name }),
    '[Softmax "l"] axis must be an integer or a list of them, received "x"',
  ],
])('%s', (act, message) => {
  expect(act).toThrow(ArgumentError)
  expect(act).toThrow(new Error(message))
})
