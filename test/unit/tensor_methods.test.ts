/** Methods of symbolic tensors: each makes the node that the op makes. */
import { ops, type DType } from '../../lib/index'
import { placeholder, type SymbolicTensor } from '../../lib/graph/tensor'
import type { Shape } from '../../binding'

const tensor = (shape: Shape, dtype: DType = 'float32'): SymbolicTensor =>
  placeholder('x', { shape, dtype })

const x = tensor([null, 4, 3])
const y = tensor([4, 1])

/** What a tensor was made by, down to the leaves. */
function recipe(value: SymbolicTensor): unknown {
  const { operation, inputs } = value.node
  return { operation, index: value.index, shape: value.shape, inputs: inputs.map(recipe) }
}

type Pair = [name: string, method: () => SymbolicTensor, op: () => SymbolicTensor]

test.each<Pair>([
  ['add', () => x.add(y), () => ops.add(x, y)],
  ['sub', () => x.sub(1), () => ops.subtract(x, 1)],
  ['mul', () => x.mul(y), () => ops.multiply(x, y)],
  ['div', () => x.div(2), () => ops.divide(x, 2)],
  ['mod', () => x.mod(2), () => ops.mod(x, 2)],
  ['pow', () => x.pow(2), () => ops.power(x, 2)],
  ['neg', () => x.neg(), () => ops.negative(x)],
  ['square', () => x.square(), () => ops.square(x)],
  ['sigmoid', () => x.sigmoid(), () => ops.sigmoid(x)],
  ['greater', () => x.greater(0), () => ops.greater(x, 0)],
  ['logicalAnd', () => x.logicalAnd(y), () => ops.logicalAnd(x, y)],
  ['isnan', () => x.isnan(), () => ops.isnan(x)],
  ['clip', () => x.clip(0, 1), () => ops.clip(x, 0, 1)],
  ['cast', () => x.cast('int32'), () => ops.cast(x, 'int32')],
  ['softmax', () => x.softmax(1), () => ops.softmax(x, 1)],
  ['sum', () => x.sum(), () => ops.sum(x)],
  ['mean', () => x.mean([1, -1], true), () => ops.mean(x, [1, 2], true)],
  ['argmax', () => x.argmax(1), () => ops.argmax(x, 1)],
  ['norm', () => x.norm(1, -1), () => ops.norm(x, 1, -1)],
  ['matmul', () => x.matmul(tensor([3, 2])), () => ops.matmul(x, tensor([3, 2]))],
  ['reshape', () => x.reshape([null, -1]), () => ops.reshape(x, [null, -1])],
  ['transpose', () => x.transpose(), () => ops.transpose(x)],
  ['expandDims', () => x.expandDims(0), () => ops.expandDims(x, 0)],
  ['squeeze', () => y.squeeze(), () => ops.squeeze(y)],
  ['take', () => x.take([0, 2], 1), () => ops.take(x, [0, 2], 1)],
  ['split', () => x.split(2, 1)[1]!, () => ops.split(x, 2, 1)[1]!],
])('%s', (_name, method, op) => {
  expect(recipe(method())).toEqual(recipe(op()))
})

test('errors name the op', () => {
  expect(() => x.add(tensor([5]))).toThrow(
    "[ops.add] shapes (None, 4, 3) and (5,) can't be broadcast together",
  )
})
