/** Shapes and element types of ops that move, join, pick and order elements; how they refuse. */
import { ArgumentError, DTypeError, K, ops, ShapeError, type DType } from '../../lib/index'
import { placeholder, type SymbolicTensor } from '../../lib/graph/tensor'
import type { Shape } from '../../binding'

const tensor = (shape: Shape, dtype: DType = 'float32'): SymbolicTensor =>
  placeholder('x', { shape, dtype })

const batch = tensor([null, 4])
const images = tensor([null, 8, 10, 3])
const ints = tensor([null, 4], 'int32')
const flags = tensor([null, 4], 'bool')
const bytes = tensor([null, 4], 'uint8')

type Result = [name: string, result: () => SymbolicTensor, shape: Shape, dtype?: DType]

test.each<Result>([
  ['uint8 and int32', () => ops.add(bytes, ints), [null, 4], 'int32'],
  ['uint8 and 2', () => ops.add(bytes, 2), [null, 4], 'uint8'],
  ['flags added', () => ops.add(flags, flags), [null, 4], 'int32'],
  ['int32 divided', () => ops.divide(ints, 2), [null, 4]],
  ['exp of int32', () => ops.exp(ints), [null, 4]],
  ['sum of uint8', () => ops.sum(bytes), [], 'int32'],
  ['mean of flags', () => ops.mean(flags, 0), [4]],
  ['fixed and open batch', () => ops.mul(tensor([32, 1]), batch), [32, 4]],
  ['argmax kept', () => ops.argmax(images, 1, true), [null, 1, 10, 3], 'int32'],
  ['matmul of batches', () => ops.matmul(tensor([null, 2, 3]), tensor([null, 3, 5])), [null, 2, 5]],
  ['matmul with a vector', () => ops.matmul(batch, tensor([4])), [null]],
  ['matmul of int32', () => ops.matmul(ints, tensor([4, 2], 'int32')), [null, 2], 'int32'],
  ['reshape to known', () => ops.reshape(batch, [2, 4]), [2, 4]],
  ['reshape with -1', () => ops.reshape(batch, [-1, 2]), [null, 2]],
  ['reshape with null', () => ops.reshape(images, [null, -1]), [null, 240]],
  ['reshape with null, known', () => ops.reshape(tensor([6, 4]), [null, 2, -1]), [6, 2, 2]],
  ['reshape by a shape', () => ops.reshape(images, [ops.shape(images)[0]!, 240]), [null, 240]],
  ['transpose', () => ops.transpose(images), [3, 10, 8, null]],
  ['moveaxis', () => ops.moveaxis(images, [1, 2], [-1, 1]), [null, 10, 3, 8]],
  ['swapaxes', () => ops.swapaxes(images, 1, -1), [null, 3, 10, 8]],
  ['expandDims', () => ops.expandDims(batch, [0, -1]), [1, null, 4, 1]],
  ['squeeze', () => ops.squeeze(tensor([null, 1, 3, 1])), [null, 3]],
  ['ravel', () => ops.ravel(batch), [null]],
  ['concatenate of batches', () => ops.concatenate([batch, batch]), [null, 4]],
  ['concatenate', () => ops.concatenate([batch, ints], 1), [null, 8]],
  ['stack', () => ops.stack([batch, batch], -1), [null, 4, 2]],
  ['split', () => ops.split(images, [1, 4], 2)[2]!, [null, 8, 6, 3]],
  ['unstack', () => ops.unstack(images, null, -1)[0]!, [null, 8, 10]],
  ['tile', () => ops.tile(batch, [2, 3, 2]), [2, null, 8]],
  ['repeat', () => ops.repeat(batch, [1, 0, 2, 5], 1), [null, 8]],
  ['pad of the batch', () => ops.pad(batch, 1), [null, 6]],
  ['pad of one pair', () => ops.pad(tensor([3, 4]), [1, 2]), [6, 7]],
  ['slice', () => ops.slice(images, [0, 1, 2, 0], [-1, 2, -1, 1]), [null, 2, 8, 1]],
  ['take', () => ops.take(images, tensor([5, 2], 'int32'), 1), [null, 5, 2, 10, 3]],
  ['take of one', () => ops.take(images, 3, 2), [null, 8, 3]],
  ['takeAlongAxis', () => ops.takeAlongAxis(batch, tensor([null, 2], 'int32'), 1), [null, 2]],
  ['oneHot', () => ops.oneHot(ints, 7), [null, 4, 7]],
  ['arange', () => ops.arange(2, 9, 2), [4], 'int32'],
  ['zerosLike', () => ops.zerosLike(images, 'int32'), [null, 8, 10, 3], 'int32'],
  ['cumsum of flags', () => ops.cumsum(flags, 1), [null, 4], 'int32'],
  ['sort', () => ops.sort(ints), [null, 4], 'int32'],
  ['topK', () => ops.topK(images, 2)[1], [null, 8, 10, 2], 'int32'],
  ['einsum', () => ops.einsum('bhwc,cd->bhwd', images, tensor([3, 9])), [null, 8, 10, 9]],
  ['einsum, implicit', () => ops.einsum('zi,ik', batch, tensor([4, 2])), [2, null]],
  ['einsum with dots', () => ops.einsum('...c,cd', images, tensor([3, 9])), [null, 8, 10, 9]],
  [
    'tensordot',
    () =>
      ops.tensordot(images, tensor([10, 8, 2]), [
        [1, 2],
        [1, 0],
      ]),
    [null, 3, 2],
  ],
  ['dot', () => ops.dot(images, tensor([5, 3, 2])), [null, 8, 10, 5, 2]],
  ['random of a shape', () => ops.randomNormal(ops.shape(batch)), [null, 4]],
  ['categorical', () => ops.categorical(batch, 3), [null, 3], 'int32'],
  ['shuffle', () => ops.shuffle(images), [null, 8, 10, 3]],
  ['K.concatenate', () => K.concatenate([batch, batch]), [null, 8]],
  ['K.argmax', () => K.argmax(batch), [null], 'int32'],
  ['K.expandDims', () => K.expandDims(batch), [null, 4, 1]],
  ['K.batchFlatten', () => K.batchFlatten(images), [null, 240]],
  ['K.batchDot', () => K.batchDot(tensor([null, 2, 3]), tensor([null, 3, 5])), [null, 2, 5]],
  ['K.batchDot of rows', () => K.batchDot(batch, batch, 1), [null, 1]],
  ['K.repeat', () => K.repeat(batch, 3), [null, 3, 4]],
  ['K.gradients', () => K.gradients(K.sum(batch), batch)[0]!, [null, 4]],
])('%s', (_name, result, shape, dtype = 'float32') => {
  const { shape: received, dtype: type } = result()
  expect({ shape: received, dtype: type }).toEqual({ shape, dtype })
})

type Class = new (...args: never[]) => Error
type Refusal = [act: () => unknown, error: Class, message: string]
const wrong = (value: unknown): never => value as never

test.each<Refusal>([
  [
    () => ops.matmul(batch, tensor([3, 2])),
    ShapeError,
    "matmul] shapes (None, 4) and (3, 2) don't fit: 4 columns meet 3 rows",
  ],
  [
    () => ops.matmul(tensor([]), batch),
    ShapeError,
    'matmul] expects vectors or matrices, received () and (None, 4)',
  ],
  [
    () => ops.reshape(tensor([2, 3]), [4, -1]),
    ShapeError,
    "reshape] (2, 3) with 6 elements can't take the shape (4, -1)",
  ],
  [() => ops.reshape(batch, [3, 5]), ShapeError, "reshape] (None, 4) can't take the shape (3, 5)"],
  [
    () => ops.reshape(batch, [-1, -1]),
    ShapeError,
    'reshape] only one length may be -1, received [-1, -1]',
  ],
  [
    () => ops.reshape(batch, [2.5]),
    ShapeError,
    'reshape] shape must hold integers from -1, received [2.5]',
  ],
  [
    () => ops.randomNormal(wrong([null, 3])),
    ShapeError,
    'randomNormal] shape must hold non-negative integers, received [null, 3]; take unknown lengths from ops.shape(x)',
  ],
  [() => ops.squeeze(batch, 1), ShapeError, 'squeeze] axis 1 of (None, 4) must have length 1'],
  [
    () => ops.swapaxes(batch, 0, 2),
    ArgumentError,
    'swapaxes] axis2 must be one of 2 axes, received 2',
  ],
  [
    () => ops.moveaxis(batch, [0, 1], 0),
    ArgumentError,
    'moveaxis] source and destination must name equally many different axes, received [0, 1] and 0',
  ],
  [
    () => ops.broadcastTo(batch, [2, 3]),
    ShapeError,
    "broadcastTo] (None, 4) can't be broadcast to (2, 3)",
  ],
  [
    () => ops.concatenate([batch, tensor([null, 5])]),
    ShapeError,
    'concatenate] (None, 4) and (None, 5) differ outside of axis 0',
  ],
  [
    () => ops.concatenate(wrong(batch)),
    ArgumentError,
    'concatenate] xs must be a list of symbolic tensors, received an object of type SymbolicTensor',
  ],
  [
    () => ops.stack([batch, images]),
    ShapeError,
    'stack] shapes must be equal, received (None, 4) and (None, 8, 10, 3)',
  ],
  [
    () => ops.split(batch, 3, 1),
    ShapeError,
    "split] 4 elements of (None, 4) can't be split into 3 equal parts",
  ],
  [() => ops.split(batch, 2), ShapeError, "split] can't split the unknown axis 0 of (None, 4)"],
  [
    () => ops.split(batch, [3, 1], 1),
    ArgumentError,
    'split] indicesOrSections must be rising places from 0 to 4, received [3, 1]',
  ],
  [
    () => ops.unstack(batch, 3, 1),
    ShapeError,
    'unstack] num must be the length 4 of axis 1, received 3',
  ],
  [
    () => ops.repeat(batch, [1, 2], 1),
    ArgumentError,
    'repeat] expects a repeat for each of 4 slices, received 2',
  ],
  [
    () => ops.roll(batch, [1, 2], [0, 1, 1]),
    ArgumentError,
    'roll] expects one shift for each axis, received [1, 2] and [0, 1, 1]',
  ],
  [
    () =>
      ops.pad(
        batch,
        [
          [0, 0],
          [4, 0],
        ],
        'reflect',
      ),
    ShapeError,
    "pad] mode 'reflect' can't pad axis 1 of (None, 4) by [4, 0]",
  ],
  [
    () => ops.slice(tensor([3, 4]), [1, 0], [3, 4]),
    ShapeError,
    'slice] the block at [1, 0] of shape (3, 4) is not inside of (3, 4)',
  ],
  [
    () => ops.take(batch, tensor([2])),
    DTypeError,
    'take] indices must be whole numbers, received float32',
  ],
  [
    () => ops.takeAlongAxis(batch, tensor([2], 'int32'), 1),
    ShapeError,
    'takeAlongAxis] indices must have as many axes as (None, 4), received (2,)',
  ],
  [
    () => ops.topK(batch, 5),
    ShapeError,
    'topK] expects 5 elements or more in the last axis of (None, 4)',
  ],
  [
    () => ops.einsum('ij,jk->ik', batch, tensor([3, 2])),
    ShapeError,
    "einsum] 'j' is 4 and also 3 in (3, 2)",
  ],
  [
    () => ops.einsum('ij->i', images),
    ShapeError,
    "einsum] 'ij' doesn't fit the shape (None, 8, 10, 3)",
  ],
  [
    () => ops.einsum('ij,jk->ik', batch),
    ArgumentError,
    "einsum] 'ij,jk->ik' names 2 operands, received 1",
  ],
  [
    () => ops.einsum('ij->ik', batch),
    ArgumentError,
    "einsum] the result 'ik' must hold letters of the operands, each once",
  ],
  [
    () => ops.tensordot(batch, tensor([3, 2]), 1),
    ShapeError,
    "tensordot] axes [1] of (None, 4) and [0] of (3, 2) don't fit",
  ],
  [
    () => ops.tril(tensor([3])),
    ShapeError,
    'tril] expects a tensor with 2 axes or more, received shape (3,)',
  ],
  [
    () => ops.arange(0, 1, 0),
    ArgumentError,
    'arange] step must be a number other than 0, received 0',
  ],
  [
    () => ops.categorical(images, 2),
    ShapeError,
    'categorical] expects (rows, classes), received shape (None, 8, 10, 3)',
  ],
  [
    () => ops.randint([2], 5, 5),
    ArgumentError,
    'randint] maxval must be an integer of 32 bits above 5, received 5',
  ],
  [
    () => ops.bernoulli([2], { p: 2 }),
    ArgumentError,
    'bernoulli] p must be a number from 0 to 1, received 2',
  ],
  [
    () => ops.randomUniform([2], wrong({ low: 1 })),
    ArgumentError,
    "randomUniform] unknown option 'low'; known are minval, maxval, dtype, seed, key, stream",
  ],
  [
    () => ops.norm(batch, wrong('fro')),
    ArgumentError,
    'norm] ord must be a number or null, received "fro"',
  ],
])('%#', (act, error, message) => {
  expect(act).toThrow(error)
  expect(act).toThrow(new Error(`[ops.${message}`))
})
