/** What each op says about shapes and element types before anything runs. */
import { DTypeError, ops, type DType } from '../../lib/index'
import { placeholder, type SymbolicTensor } from '../../lib/graph/tensor'
import type { Shape } from '../../binding'

const tensor = (shape: Shape, dtype: DType = 'float32'): SymbolicTensor =>
  placeholder('x', { shape, dtype })

const batch = tensor([null, 4])
const images = tensor([null, 8, 10, 3])
const vector = tensor([4])
const ints = tensor([null, 4], 'int32')
const flags = tensor([null, 4], 'bool')

function expectResult(result: SymbolicTensor, shape: Shape, dtype: DType = 'float32'): void {
  expect({ shape: result.shape, dtype: result.dtype }).toEqual({ shape, dtype })
}

describe('element-wise', () => {
  const binary = ['add', 'sub', 'mul', 'div', 'maximum', 'minimum'] as const
  test.each(binary)('%s broadcasts', (name) => {
    const op = ops[name]
    expectResult(op(batch, vector), [null, 4])
    expectResult(op(tensor([5, 1, 4]), tensor([3, 1])), [5, 3, 4])
    expectResult(op(batch, tensor([null, 1])), [null, 4])
    expectResult(op(tensor([1, 4]), batch), [null, 4])
    expectResult(op(batch, 2), [null, 4])
    expectResult(op(2, ints), [null, 4], name === 'div' ? 'float32' : 'int32')
    expectResult(op(ints, batch), [null, 4])
    expectResult(op(ints, 0.5), [null, 4])
    expectResult(op(tensor([5, 1]), batch), [5, 4])
    expect(op(batch, 2).node.operation).toMatchObject({ name })
  })

  test.each(['greater', 'equal'] as const)('%s gives bool', (name) => {
    expectResult(ops[name](batch, 0.5), [null, 4], 'bool')
    expectResult(ops[name](ints, ints), [null, 4], 'bool')
  })

  const unary = [
    ...(['relu', 'relu6', 'sigmoid'] as const),
    ...(['tanh', 'softplus', 'gelu', 'softmax', 'elu', 'selu', 'silu', 'mish'] as const),
    ...(['hardSigmoid'] as const),
  ]
  test.each(unary)('%s keeps the shape, wants float32', (name) => {
    expectResult(ops[name](images), [null, 8, 10, 3])
    expect(() => ops[name](ints)).toThrow(DTypeError)
  })

  test('where broadcasts all three', () => {
    expectResult(ops.where(flags, batch, 0), [null, 4])
    expectResult(ops.where(tensor([3, 1], 'bool'), tensor([4]), tensor([1])), [3, 4])
  })

  test('clip, leakyRelu, copy, cast, constant', () => {
    expectResult(ops.clip(batch, 0, 1), [null, 4])
    expectResult(ops.leakyRelu(batch, 0.2), [null, 4])
    expectResult(ops.copy(ints), [null, 4], 'int32')
    expectResult(ops.cast(batch, 'int32'), [null, 4], 'int32')
    expect(ops.cast(batch, 'float32')).toBe(batch)
    expectResult(ops.constant(3, 'int32'), [], 'int32')
  })

  test('dropout', () => {
    expectResult(ops.dropout(images, 0.5), [null, 8, 10, 3])
    expect(ops.dropout(images, 0)).toBe(images)
  })
})

describe('networks', () => {
  test('dense', () => {
    expectResult(ops.dense(batch, tensor([4, 7])), [null, 7])
    expectResult(ops.dense(tensor([null, 5, 4]), tensor([4, 7]), tensor([7])), [null, 5, 7])
  })

  // Keras: 'same' gives ceil(n / stride), 'valid' floor((n - extent) / stride) + 1.
  test.each<[number, number, 'same' | 'valid', number, number, number]>([
    [3, 1, 'same', 1, 8, 10],
    [3, 2, 'same', 1, 4, 5],
    [4, 2, 'same', 1, 4, 5],
    [3, 3, 'same', 1, 3, 4],
    [3, 1, 'valid', 1, 6, 8],
    [3, 2, 'valid', 1, 3, 4],
    [3, 1, 'valid', 3, 2, 4],
    [3, 1, 'same', 3, 8, 10],
    [8, 1, 'valid', 1, 1, 3],
  ])('conv: kernel %d, stride %d, %s, dilation %d', (kernel, stride, padding, dilation, h, w) => {
    const result = ops.conv(images, tensor([kernel, kernel, 3, 16]), {
      strides: [stride, stride],
      padding,
      dilationRate: [dilation, dilation],
      bias: tensor([16]),
    })
    expectResult(result, [null, h, w, 16])
  })

  test('conv: axes apart', () => {
    const options = { strides: [2, 1], padding: 'valid' } as const
    expectResult(ops.conv(images, tensor([1, 3, 3, 2]), options), [null, 4, 8, 2])
    const unknown = tensor([null, null, 10, 3])
    expectResult(ops.conv(unknown, tensor([3, 3, 3, 2]), options), [null, null, 8, 2])
  })

  test('upSampleNearest', () => {
    expectResult(ops.upSampleNearest(images, [2, 3]), [null, 16, 30, 3])
    expectResult(ops.upSampleNearest(tensor([null, null, 2, 3]), [2, 2]), [null, null, 4, 3])
  })

  test('batchNorm', () => {
    const channels = tensor([3])
    const options = { gamma: channels, beta: channels, epsilon: 1e-3 }
    const { y, mean, variance } = ops.batchNormTraining(images, options)
    expectResult(y, [null, 8, 10, 3])
    expectResult(mean, [3])
    expectResult(variance, [3])
    expectResult(ops.batchNormInference(images, channels, channels, options), [null, 8, 10, 3])
    expect(ops.batchNormTraining(images, { epsilon: 1e-3 }).y.node).toMatchObject({
      inputs: [images],
      operation: { attributes: { scale: false, center: false, epsilon: 1e-3 } },
    })
  })
})

describe('reductions and movements', () => {
  test.each(['sum', 'mean'] as const)('%s', (name) => {
    const op = ops[name]
    expectResult(op(images), [])
    expectResult(op(images, -1), [null, 8, 10])
    expectResult(op(images, [1, -2]), [null, 3])
    expectResult(op(images, [2, 1], true), [null, 1, 1, 3])
    expectResult(op(images, 0), [8, 10, 3])
    expect(op(images, [2, 1]).node.operation).toMatchObject({ attributes: { axes: [1, 2] } })
  })

  test('argmax', () => {
    expectResult(ops.argmax(batch, -1), [null], 'int32')
    expectResult(ops.argmax(batch), [], 'int32')
    expectResult(ops.argmax(images, 1), [null, 10, 3], 'int32')
  })

  test('reshapeItems', () => {
    expectResult(ops.reshapeItems(images, [-1]), [null, 240])
    expectResult(ops.reshapeItems(images, [10, -1, 3]), [null, 10, 8, 3])
    expectResult(ops.reshapeItems(tensor([6], 'int32'), [1, 1]), [6, 1, 1], 'int32')
  })

  test('pad and transpose', () => {
    const padding = [
      [0, 0],
      [1, 2],
      [0, 3],
      [0, 0],
    ] as const
    expectResult(ops.pad(images, padding), [null, 11, 13, 3])
    expectResult(ops.transpose(images, [0, 3, 1, 2]), [null, 3, 8, 10])
  })

  test('random tensors', () => {
    expectResult(ops.randomUniform([2, 3]), [2, 3])
    expectResult(ops.randomNormal([2, 3], { key: [1, 2] }), [2, 3])
    expectResult(ops.fill([2], 7), [2])
    const { operation } = ops.randomNormal([2], { key: [1, 2] }).node
    expect(operation).toMatchObject({ attributes: { mean: 0, stddev: 1, shape: [2], key: [1, 2] } })
  })

  test('gradients have the shapes of the xs', () => {
    const [first, second] = ops.gradients(ops.sum(ops.mul(batch, vector)), [batch, vector])
    expectResult(first!, [null, 4])
    expectResult(second!, [4])
    expect(ops.gradients([batch], [])).toEqual([])
  })
})
