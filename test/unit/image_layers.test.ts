/** Layers on images: refusals, and where channels stand. */
import * as library from '../../lib/index'
import { ArgumentError, imageDataFormat, Input, setImageDataFormat } from '../../lib/index'
import { ops, ShapeError, type SymbolicTensor } from '../../lib/index'

const { AveragePooling2D, Cropping1D, Cropping2D, Flatten, GlobalMaxPooling2D } = library
const { CenterCrop, Conv1D, Conv2D, Conv2DTranspose, DepthwiseConv2D } = library
const { MaxPooling1D, MaxPooling2D, Resizing, SeparableConv2D, UpSampling1D } = library
const { ZeroPadding1D } = library

const name = 'l'
const wrong = (value: unknown): never => value as never
const steps = Input({ shape: [6, 3] })
const images = Input({ shape: [8, 10, 3] })

afterEach(() => setImageDataFormat('channels_last'))

const refused: [what: string, act: () => unknown, message: string][] = [
  [
    'dataFormat',
    () => MaxPooling2D({ name, dataFormat: wrong('NCHW') }),
    '[MaxPooling2D "l"] dataFormat must be one of \'channels_last\', \'channels_first\', received "NCHW"',
  ],
  [
    'setImageDataFormat',
    () => setImageDataFormat(wrong('NCHW')),
    "[setImageDataFormat] dataFormat must be one of 'channels_last', 'channels_first', received \"NCHW\"",
  ],
  [
    'poolSize of one axis',
    () => MaxPooling1D({ name, poolSize: 0 }),
    '[MaxPooling1D "l"] poolSize must be a positive integer, received 0',
  ],
  [
    'poolSize of two axes',
    () => AveragePooling2D({ name, poolSize: wrong([2, 2, 2]) }),
    '[AveragePooling2D "l"] poolSize must be a positive integer or a pair of them, received [2, 2, 2]',
  ],
  [
    'strides of pooling',
    () => MaxPooling2D({ name, strides: wrong([1, 0]) }),
    '[MaxPooling2D "l"] strides must be a positive integer or a pair of them, received [1, 0]',
  ],
  [
    'padding of pooling',
    () => MaxPooling2D({ name, padding: wrong('causal') }),
    '[MaxPooling2D "l"] padding must be one of \'same\', \'valid\', received "causal"',
  ],
  [
    'keepdims',
    () => GlobalMaxPooling2D({ name, keepdims: wrong(1) }),
    '[GlobalMaxPooling2D "l"] keepdims must be true or false, received 1',
  ],
  [
    'sides of one axis',
    () => ZeroPadding1D({ name, padding: wrong([1, 2, 3]) }),
    '[ZeroPadding1D "l"] padding must be a non-negative integer or a pair of them, received [1, 2, 3]',
  ],
  [
    'sides of two axes',
    () => Cropping2D({ name, cropping: -1 }),
    '[Cropping2D "l"] cropping must be a non-negative integer, a pair of them, or a pair of pairs, received -1',
  ],
  [
    'kernelSize of one axis',
    () => Conv1D(2, { name, kernelSize: wrong([3, 3]) }),
    '[Conv1D "l"] kernelSize must be a positive integer, received [3, 3]',
  ],
  [
    'padding of one axis',
    () => Conv1D(2, { name, kernelSize: 3, padding: wrong('full') }),
    "[Conv1D \"l\"] padding must be one of 'same', 'valid', 'causal', received \"full\"",
  ],
  [
    'causal images',
    () => Conv2D(2, { name, kernelSize: 3, padding: wrong('causal') }),
    '[Conv2D "l"] padding must be one of \'same\', \'valid\', received "causal"',
  ],
  [
    'groups',
    () => Conv2D(4, { name, kernelSize: 3, groups: 0 }),
    '[Conv2D "l"] groups must be a positive integer, received 0',
  ],
  [
    'filters of groups',
    () => Conv2D(4, { name, kernelSize: 3, groups: 3 }),
    '[Conv2D "l"] filters must be a multiple of groups, received 4 and 3',
  ],
  [
    'strides and dilation',
    () => Conv2D(4, { name, kernelSize: 3, strides: 2, dilationRate: [1, 2] }),
    '[Conv2D "l"] takes strides or dilationRate above 1, received [2, 2] and [1, 2]',
  ],
  [
    'outputPadding',
    () => Conv2DTranspose(4, { name, kernelSize: 3, strides: 2, outputPadding: 2 }),
    '[Conv2DTranspose "l"] outputPadding must be non-negative and less than the strides [2, 2], received 2',
  ],
  [
    'depthMultiplier',
    () => DepthwiseConv2D({ name, kernelSize: 3, depthMultiplier: 0 }),
    '[DepthwiseConv2D "l"] depthMultiplier must be a positive integer, received 0',
  ],
  [
    'depthwiseInitializer',
    () => DepthwiseConv2D({ name, kernelSize: 3, depthwiseInitializer: wrong(3) }),
    '[DepthwiseConv2D "l"] depthwiseInitializer must be ',
  ],
  [
    'pointwiseConstraint',
    () => SeparableConv2D(3, { name, kernelSize: 3, pointwiseConstraint: wrong(3) }),
    '[SeparableConv2D "l"] pointwiseConstraint must be ',
  ],
  [
    'a depthwise layer has no kernelInitializer',
    () => DepthwiseConv2D(wrong({ kernelSize: 3, kernelInitializer: 'zeros' })),
    "[DepthwiseConv2D] unknown option 'kernelInitializer'; known are ",
  ],
  [
    'size of one axis',
    () => UpSampling1D({ name, size: wrong([2]) }),
    '[UpSampling1D "l"] size must be a positive integer, received [2]',
  ],
  [
    'height',
    () => CenterCrop(0, 2, { name }),
    '[CenterCrop "l"] height must be a positive integer, received 0',
  ],
  [
    'interpolation',
    () => Resizing(2, 2, { name, interpolation: wrong('area') }),
    "[Resizing \"l\"] interpolation must be one of 'nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5', received \"area\"",
  ],
  [
    'both ratios',
    () => Resizing(2, 2, { name, cropToAspectRatio: true, padToAspectRatio: true }),
    '[Resizing "l"] takes cropToAspectRatio or padToAspectRatio, received both',
  ],
  [
    'size of ops.image.resize',
    () => ops.image.resize(images, wrong(3)),
    '[ops.resize] size must be a pair of positive integers, received 3',
  ],
  [
    'Cropping1D has no dataFormat',
    () => Cropping1D(wrong({ dataFormat: 'channels_first' })),
    "[Cropping1D] unknown option 'dataFormat'; known are cropping, name, ",
  ],
]

test.each(refused)('%s', (_, act, message) => {
  expect(act).toThrow(ArgumentError)
  expect(act).toThrow(message)
  if (!message.endsWith(' ')) expect(act).toThrow(new Error(message))
})

const unfit: [what: string, act: () => unknown, message: string][] = [
  [
    'sequences for images',
    () => MaxPooling2D({ name })(steps),
    '[MaxPooling2D "l"] expects images of shape (batch, height, width, channels), received (None, 6, 3)',
  ],
  [
    'images for sequences',
    () => MaxPooling1D({ name, dataFormat: 'channels_first' })(images),
    '[MaxPooling1D "l"] expects sequences of shape (batch, channels, steps), received (None, 8, 10, 3)',
  ],
  [
    'a window larger than its input',
    () => MaxPooling2D({ name, poolSize: 9 })(images),
    '[MaxPooling2D "l" ops.maxPool] input (None, 8, 10, 3) is smaller than the window (9, 9)',
  ],
  [
    'cropping everything',
    () => Cropping1D({ name, cropping: 3 })(steps),
    '[Cropping1D "l"] cropping [3, 3] leaves nothing of axis 1 of (None, 6, 3)',
  ],
  [
    'channels that are no multiple of groups',
    () => Conv2D(4, { name, kernelSize: 3, groups: 2 })(images),
    '[Conv2D "l"] channels must be a multiple of groups 2, received (None, 8, 10, 3)',
  ],
  [
    'a kernel of other channels',
    () => ops.depthwiseConv(images, ops.zeros([3, 3, 4, 1])),
    '[ops.depthwiseConv] kernel (3, 3, 4, 1) expects 4 channels, received an input of shape (None, 8, 10, 3)',
  ],
  [
    'filters that groups cannot share',
    () => ops.conv(Input({ shape: [8, 4] }), ops.zeros([3, 2, 3])),
    "[ops.conv] 2 groups of channels can't share the 3 filters of kernel (3, 2, 3)",
  ],
  [
    'a pointwise kernel with a length',
    () => ops.separableConv(steps, Input({ shape: [3, 1] }), Input({ shape: [3, 4] })),
    '[ops.separableConv] pointwiseKernel must have length 1, received shape (None, 3, 4)',
  ],
  [
    'a transposed convolution without results',
    () =>
      ops.convTranspose(Input({ shape: [1, 3] }), ops.zeros([2, 4, 3]), {
        padding: 'same',
        outputPadding: 0,
      }),
    '[ops.convTranspose] nothing would be left of the input (None, 1, 3)',
  ],
  [
    'a vector for an op',
    () => ops.averagePool(Input({ shape: [4] }), 2),
    '[ops.averagePool] expects a tensor with 3 or 4 axes, received shape (None, 4)',
  ],
]

test.each(unfit)('refuses %s', (_, act, message) => {
  expect(act).toThrow(ShapeError)
  expect(act).toThrow(new Error(message))
})

test('setImageDataFormat is the default of layers and ops', () => {
  const shapeOf = ({ shape }: SymbolicTensor): readonly (number | null)[] => shape
  expect(imageDataFormat()).toBe('channels_last')
  expect(shapeOf(MaxPooling2D()(images))).toEqual([null, 4, 5, 3])
  const earlier = MaxPooling2D()
  setImageDataFormat('channels_first')
  expect(imageDataFormat()).toBe('channels_first')
  expect(shapeOf(MaxPooling2D()(images))).toEqual([null, 8, 5, 1])
  expect(shapeOf(ops.maxPool(images, 2))).toEqual([null, 8, 5, 1])
  expect(shapeOf(earlier(images))).toEqual([null, 4, 5, 3])
  expect(shapeOf(Cropping1D()(steps))).toEqual([null, 4, 3])
  expect(Flatten().getConfig()).toMatchObject({ dataFormat: 'channels_first' })
})
