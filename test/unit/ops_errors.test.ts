/** How each op refuses what does not fit: the class of the error and its words. */
import { ArgumentError, DTypeError, ops, ShapeError, type DType } from '../../lib/index'
import { placeholder, type SymbolicTensor } from '../../lib/graph/tensor'
import type { Shape } from '../../binding'

const tensor = (shape: Shape, dtype: DType = 'float32'): SymbolicTensor =>
  placeholder('x', { shape, dtype })

const batch = tensor([null, 4])
const images = tensor([null, 8, 10, 3])
const vector = tensor([4])
const ints = tensor([null, 4], 'int32')

type Class = new (...args: never[]) => Error
type Refusal = [act: () => unknown, error: Class, message: string]
const wrong = (value: unknown): never => value as never
const strides = [1, 1] as const

test.each<Refusal>([
  [() => ops.add(1, 2), ArgumentError, 'add] expects at least one symbolic tensor'],
  [
    () => ops.add(batch, 'a' as unknown as number),
    ArgumentError,
    'add] expects a symbolic tensor, received "a"',
  ],
  [
    () => ops.sub(batch, tensor([3])),
    ShapeError,
    "sub] shapes (None, 4) and (3,) can't be broadcast together",
  ],
  [
    () => ops.add(tensor([3, 4]), tensor([5, 4])),
    ShapeError,
    "add] shapes (3, 4) and (5, 4) can't be broadcast together",
  ],
  [
    () => ops.where(tensor([3], 'bool'), vector, 0),
    ShapeError,
    "where] shapes (3,) and (4,) can't be broadcast together",
  ],
  [() => ops.clip(batch, 2, 1), ArgumentError, 'clip] low 2 must not be above high 1'],
  [() => ops.clip(batch, NaN, 1), ArgumentError, 'clip] low must be a finite number, received NaN'],
  [
    () => ops.dropout(batch, 1.5),
    ArgumentError,
    'dropout] rate must be a number from 0 to 1, received 1.5',
  ],
  [
    () => ops.dense(batch, tensor([5, 2])),
    ShapeError,
    'dense] last axis of (None, 4) must equal first axis of (5, 2)',
  ],
  [
    () => ops.dense(vector, tensor([4, 2])),
    ShapeError,
    'dense] last axis of (4,) must equal first axis of (4, 2)',
  ],
  [
    () => ops.dense(batch, tensor([4])),
    ShapeError,
    'dense] expects a tensor with 2 axes, received shape (4,)',
  ],
  [
    () => ops.dense(batch, tensor([4, 2]), tensor([3])),
    ShapeError,
    'dense] bias must have shape (2,), received (3,)',
  ],
  [
    () => ops.dense(batch, tensor([4, 2]), tensor([2], 'int32')),
    DTypeError,
    'dense] expects float32, received int32',
  ],
  [
    () => ops.conv(batch, tensor([3, 3, 3, 8]), { strides, padding: 'same' }),
    ShapeError,
    'conv] expects a tensor with 3 or 4 axes, received shape (None, 4)',
  ],
  [
    () => ops.conv(images, tensor([3, 3, 4, 8]), { strides, padding: 'same' }),
    ShapeError,
    'conv] kernel (3, 3, 4, 8) expects 4 channels, received an input of shape (None, 8, 10, 3)',
  ],
  [
    () => ops.conv(images, tensor([9, 3, 3, 8]), { strides, padding: 'valid' }),
    ShapeError,
    'conv] input (None, 8, 10, 3) is smaller than the window (9, 3)',
  ],
  [
    () => ops.conv(images, tensor([3, 3, 3, 8]), { strides, padding: 'same', bias: tensor([3]) }),
    ShapeError,
    'conv] bias must have shape (8,), received (3,)',
  ],
  [
    () => ops.upSampleNearest(batch, [2, 2]),
    ShapeError,
    'upSampleNearest] expects a tensor with 3 or 4 axes, received shape (None, 4)',
  ],
  [
    () => ops.batchNormTraining(images, { gamma: tensor([4]), epsilon: 1e-3 }),
    ShapeError,
    'batchNormTraining] gamma must have shape (3,), received (4,)',
  ],
  [() => ops.mean(batch, 2), ArgumentError, 'mean] axis must name different axes of 2, received 2'],
  [
    () => ops.sum(batch, [1, -1]),
    ArgumentError,
    'sum] axis must name different axes of 2, received [1, -1]',
  ],
  [
    () => ops.reshapeItems(images, [7, -1]),
    ShapeError,
    "reshapeItems] (8, 10, 3) with 240 elements can't take the shape (7, -1)",
  ],
  [
    () => ops.reshapeItems(images, [-1, -1]),
    ShapeError,
    "reshapeItems] (8, 10, 3) with 240 elements can't take the shape (-1, -1)",
  ],
  [
    () => ops.reshapeItems(images, [0]),
    ArgumentError,
    'reshapeItems] shape must hold positive integers or -1, received [0]',
  ],
  [
    () => ops.reshapeItems(tensor([null, null, 3]), [-1]),
    ShapeError,
    'reshapeItems] all axes but the first must be known in (None, None, 3)',
  ],
  [() => ops.reshapeItems(tensor([]), [1]), ShapeError, 'reshapeItems] a scalar has no batch axis'],
  [
    () =>
      ops.pad(images, [
        [0, 0],
        [1, 1],
      ]),
    ArgumentError,
    'pad] expects 4 pairs for shape (None, 8, 10, 3), received 2',
  ],
  [
    () => ops.pad(vector, [[0, -1]]),
    ArgumentError,
    'pad] padWidth must hold non-negative integers, received [[0, -1]]',
  ],
  [
    () => ops.transpose(batch, [0, 0]),
    ArgumentError,
    'transpose] axes must name each of 2 axes once, received [0, 0]',
  ],
  [
    () => ops.mean(batch, wrong('a')),
    ArgumentError,
    'mean] axis must name different axes of 2, received "a"',
  ],
  [
    () => ops.sum(batch, 0, wrong(1)),
    ArgumentError,
    'sum] keepdims must be true or false, received 1',
  ],
  [
    () => ops.argmax(batch, wrong([0])),
    ArgumentError,
    'argmax] axis must be an integer or null, received [0]',
  ],
  [
    () => ops.transpose(batch, wrong(1)),
    ArgumentError,
    'transpose] axes must be a list of axes, received 1',
  ],
  [
    () => ops.reshapeItems(batch, wrong(3)),
    ArgumentError,
    'reshapeItems] shape must hold positive integers or -1, received 3',
  ],
  [
    () => ops.pad(batch, wrong([1, 2, 3])),
    ArgumentError,
    'pad] padWidth must be a number or a list of pairs [before, after], received [1, 2, 3]',
  ],
  [
    () => ops.conv(images, tensor([3, 3, 3, 8]), wrong(2)),
    ArgumentError,
    'conv] options must be an object, received 2',
  ],
  [
    () => ops.conv(images, tensor([3, 3, 3, 8]), { strides, padding: 'causal' }),
    ArgumentError,
    "conv] padding must be one of 'same', 'valid', received \"causal\"",
  ],
  [
    () => ops.upSampleNearest(images, wrong(undefined)),
    ArgumentError,
    'upSampleNearest] size must be a positive integer or a pair of them, received undefined',
  ],
  [
    () => ops.batchNormTraining(images, wrong({})),
    ArgumentError,
    'batchNormTraining] epsilon must be a finite number, received undefined',
  ],
  [
    () => ops.gradients(batch, wrong(batch)),
    ArgumentError,
    'gradients] xs must be a list of symbolic tensors, received an object of type SymbolicTensor',
  ],
  [
    () => ops.cast(batch, wrong('float64')),
    ArgumentError,
    "cast] dtype must be one of 'float32', 'int32', 'uint8', 'bool', 'bfloat16', 'float16', received \"float64\"",
  ],
  [() => ops.constant(wrong('1')), ArgumentError, 'constant] value must be a number, received "1"'],
  [
    () => ops.leakyRelu(batch, wrong('a')),
    ArgumentError,
    'leakyRelu] slope must be a finite number, received "a"',
  ],
  [
    () => ops.elu(batch, wrong('a')),
    ArgumentError,
    'elu] alpha must be a finite number, received "a"',
  ],
  [
    () => ops.randomNormal([2], { stddev: wrong('a') }),
    ArgumentError,
    'randomNormal] stddev must be a finite number, received "a"',
  ],
  [
    () => ops.fill([-1], 0),
    ShapeError,
    'full] shape must hold non-negative integers, received [-1]',
  ],
  [
    () => ops.segmentSum(batch, ints, 0),
    ArgumentError,
    'segmentSum] numSegments must be a positive integer, received 0',
  ],
  [() => ops.gradients([], [batch]), ArgumentError, 'gradients] ys must not be empty'],
  [() => ops.gradients(batch, [ints]), DTypeError, 'gradients] expects float32, received int32'],
])('%#', (act, error, message) => {
  expect(act).toThrow(error)
  expect(act).toThrow(new Error(`[ops.${message}`))
})
