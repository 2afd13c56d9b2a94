/** Layers on images: refusals, and where channels stand. */
import * as library from '../../lib/index'
import { ArgumentError, imageDataFormat, Input, setImageDataFormat } from '../../lib/index'
import { ops, ShapeError, type SymbolicTensor } from '../../lib/index'

const { AveragePooling2D, Cropping1D, Cropping2D, Flatten, GlobalMaxPooling2D } = library
const { MaxPooling1D, MaxPooling2D, ZeroPadding1D } = library

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
