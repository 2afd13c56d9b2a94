/** Data that an op can't take: refused with a class and a reason, whatever libtorch would say. */
import { withScope } from '../../lib/graph/scope'
import { INFERENCE } from '../../lib/graph/node'
import type { SymbolicTensor } from '../../lib/graph/tensor'
import { ArgumentError, BatchNormalization, NDArray, ops, ShapeError } from '../../lib/index'
import { evaluate } from './evaluate'

type Tensors = [SymbolicTensor, SymbolicTensor]
type Class = new (...args: never[]) => Error
type Refusal = [
  what: string,
  arrays: NDArray[],
  act: (tensors: Tensors) => SymbolicTensor,
  error: Class,
  message: string,
]

const zeros = (...shape: number[]): NDArray => NDArray.zeros(shape)
const ints = (...values: number[]): NDArray => new NDArray(new Int32Array(values), [values.length])
const outside = (index: number, length: number): string =>
  `index ${index} is out of bounds for an axis of ${length} elements`

test.each<Refusal>([
  [
    'take',
    [zeros(2, 3), ints(0, 7)],
    ([x, i]) => ops.take(x, i, 0),
    ArgumentError,
    `[ops.take] take of [2, 3], [2]: ${outside(7, 2)}`,
  ],
  [
    'take from the end',
    [zeros(2, 3), ints(0, -3)],
    ([x, i]) => ops.take(x, i, 0),
    ArgumentError,
    outside(-3, 2),
  ],
  ['take of nothing', [zeros(0, 3)], ([x]) => ops.take(x, 0, 0), ArgumentError, outside(0, 0)],
  [
    'takeAlongAxis',
    [zeros(2, 3), new NDArray(new Int32Array([0, 3]), [2, 1])],
    ([x, i]) => ops.takeAlongAxis(x, i, 1),
    ArgumentError,
    outside(3, 3),
  ],
  ...[2, -1].map((place): Refusal => [
    `segmentSum to ${place}`,
    [zeros(2), ints(0, place)],
    ([x, i]) => ops.segmentSum(x, i, 2),
    ArgumentError,
    outside(place, 2),
  ]),
  ...(['mod', 'floorDivide'] as const).map((op): Refusal => [
    op,
    [ints(1, 2), ints(0, 1)],
    ([a, b]) => ops[op](a, b),
    ArgumentError,
    `[ops.${op}] ${op} of [2], [2]: integers can't be divided by 0`,
  ]),
  ...(['max', 'min', 'argmax', 'argmin'] as const).flatMap((op) =>
    [0, null].map((axis): Refusal => [
      `${op} of nothing along ${axis}`,
      [zeros(0, 3)],
      ([x]) => ops[op](x, axis),
      ShapeError,
      `[ops.${op}] ${op} of [0, 3]: there are no elements`,
    ]),
  ),
  [
    'slice',
    [zeros(2, 3)],
    ([x]) => ops.slice(x, [1, 0], [2, 3]),
    ShapeError,
    'slice of [2, 3]: the block is not inside',
  ],
  [
    'slice to the end',
    [zeros(1, 3)],
    ([x]) => ops.slice(x, [2, 0], [-1, 3]),
    ShapeError,
    'slice of [1, 3]: the block is not inside',
  ],
  [
    'reshape',
    [zeros(3, 3)],
    ([x]) => ops.reshape(x, [2, -1]),
    ShapeError,
    "reshape of [3, 3]: 9 elements can't take the shape [2, -1]",
  ],
  [
    'broadcastTo',
    [zeros(3, 3)],
    ([x]) => ops.broadcastTo(x, [2, 3]),
    ShapeError,
    "broadcastTo of [3, 3]: it can't be broadcast to [2, 3]",
  ],
  [
    'squeeze',
    [zeros(3, 3)],
    ([x]) => ops.squeeze(x, 0),
    ShapeError,
    'squeeze of [3, 3]: the axis to drop is longer than 1',
  ],
  [
    'topK',
    [zeros(2)],
    ([x]) => ops.topK(x, 3)[0],
    ShapeError,
    'topK of [2]: the last axis has less than 3 elements',
  ],
])('%s', async (_, arrays, act, error, message) => {
  const running = evaluate(arrays, (tensors) => [act(tensors as Tensors)])
  await expect(running).rejects.toThrow(error)
  await expect(running).rejects.toThrow(message)
})

test('nothing has a sum of exponentials of 0', async () => {
  const [along, all] = (await evaluate([zeros(0, 2)], ([x]) => [
    ops.logsumexp(x as SymbolicTensor, 0),
    ops.logsumexp(x as SymbolicTensor),
  ])) as [NDArray, NDArray]
  expect([...along.data, ...all.data]).toEqual([-Infinity, -Infinity, -Infinity])
})

test('flags have a largest place', async () => {
  const [place] = (await evaluate([NDArray.from([0, 0, 3, 1])], ([x]) => [
    ops.argmax(ops.greater(x as SymbolicTensor, 0)),
  ])) as [NDArray]
  expect(place.data[0]).toBe(2)
})

test('no items are normalised to no items', async () => {
  const layer = BatchNormalization()
  layer.build(ops.zeros([2, 3]))
  const [y] = (await evaluate(
    [zeros(0, 3)],
    ([x]) => [withScope('test', () => layer.call(x as SymbolicTensor, INFERENCE), INFERENCE)],
    { weights: layer.weights },
  )) as [NDArray]
  expect(y.shape).toEqual([0, 3])
})
