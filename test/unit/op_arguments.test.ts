/** What ops are given by mistake: every one refuses it in gantorch's own words. */
import { ArgumentError, DTypeError, ops, ShapeError } from '../../lib/index'
import { placeholder, type SymbolicTensor } from '../../lib/graph/tensor'
import type { DType, Shape } from '../../binding'

const tensor = (shape: Shape, dtype: DType = 'float32'): SymbolicTensor =>
  placeholder('x', { shape, dtype })
const wrong = (value: unknown): never => value as never

const matrix = tensor([4, 4])
const batch = tensor([null, 6])
const images = tensor([null, 8, 8, 4])
const ints = tensor([null, 6], 'int32')
const bytes = tensor([2], 'uint8')

type Class = new (...args: never[]) => Error
type Refusal = [act: () => unknown, error: Class, message: string]

const held = (dtype: string, value: string): string =>
  `a number that ${dtype} can hold, received ${value}`

test.each<Refusal>([
  [
    () => ops.add(ints, 1e10),
    ArgumentError,
    `add] operand must be ${held('int32', '10000000000')}`,
  ],
  [() => ops.mul(bytes, -1), ArgumentError, `mul] operand must be ${held('uint8', '-1')}`],
  [() => ops.add(batch, 1e300), ArgumentError, held('float32', '1e+300')],
  [() => ops.full([2], NaN, 'int32'), ArgumentError, `full] value must be ${held('int32', 'NaN')}`],
  [() => ops.fullLike(ints, 1e12), ArgumentError, 'fullLike] value must be a number that int32'],
  [() => ops.pad(ints, 1, 'constant', 1e12), ArgumentError, 'pad] constantValues must be a number'],
  [
    () => ops.arange(0, 1e12, 1e11, 'int32'),
    ArgumentError,
    'the last element must be a number that',
  ],
  [
    () => ops.arange(1e300),
    ArgumentError,
    'arange] stop must be nearer to the start, received 1e+300',
  ],
  [
    () => ops.constant(1, 'float32', [2]),
    ArgumentError,
    'value must be a list of 2 numbers, received 1',
  ],
  [
    () => ops.constant([1], 'float32', wrong(null)),
    ArgumentError,
    'shape must be a list of non-neg',
  ],
  [
    () => ops.take(matrix, 4, 0),
    ArgumentError,
    'index 4 is out of bounds for an axis of 4 elements',
  ],
  [() => ops.take(matrix, [0, -5], 0), ArgumentError, 'take] index -5 is out of bounds'],
  [() => ops.mod(ints, 0), ArgumentError, "mod] integers can't be divided by 0"],
  [() => ops.floorDivide(ints, 0), ArgumentError, "floorDivide] integers can't be divided by 0"],
  [
    () => ops.power(ints, -1),
    ArgumentError,
    'power] the exponent of integers must be an integer from 0 to 2^31 - 1, received -1',
  ],
  [
    () => ops.expandDims(matrix, wrong(null)),
    ArgumentError,
    'axis must be an integer or a list of',
  ],
  [() => ops.roll(matrix, 1.5), ArgumentError, 'shift must be an integer or a list of them'],
  [() => ops.roll(matrix, 1, 2), ArgumentError, 'roll] axis must be one of 2 axes, received 2'],
  [() => ops.logicalNot(wrong(1)), ArgumentError, 'expects a symbolic tensor, received 1'],
  [() => ops.dense(batch, tensor([6, 2]), wrong(0)), ArgumentError, 'expects a symbolic tensor'],
  [
    () => ops.batchNormInference(images, tensor([3]), tensor([4]), { epsilon: 1 }),
    ShapeError,
    'mean must have shape (4,), received (3,)',
  ],
  [
    () => ops.batchNormInference(images, tensor([4]), wrong(undefined), { epsilon: 1 }),
    ArgumentError,
    'expects a symbolic tensor, received undefined',
  ],
  [
    () => ops.batchNormTraining(tensor([]), { epsilon: 1 }),
    ShapeError,
    'expects a tensor with an axis of channels, received ()',
  ],
  [() => ops.conv(tensor([2, 0, 8, 4]), tensor([1, 1, 4, 2])), ShapeError, 'needs images of one'],
  [() => ops.maxPool(tensor([2, 8, 8, 0]), 2), ShapeError, 'needs images of one element or more'],
  [() => ops.conv(images, tensor([0, 1, 4, 2])), ShapeError, 'needs a kernel of known lengths'],
  [
    () => ops.conv(images, tensor([1, 1, 4, 2], 'int32')),
    DTypeError,
    'expects float32, received int32',
  ],
  [() => ops.max(tensor([0, 3]), 0), ShapeError, 'max] there are no elements in (0, 3)'],
  [() => ops.argmin(tensor([0, 3])), ShapeError, 'argmin] there are no elements in (0, 3)'],
  [() => ops.bernoulli([2], wrong({ rate: 1 })), ArgumentError, "bernoulli] unknown option 'rate'"],
  [() => ops.randint([2], 0, 3, wrong({ minval: 1 })), ArgumentError, "unknown option 'minval'"],
  [() => ops.shuffle(matrix, 0, wrong(7)), ArgumentError, 'options must be an object, received 7'],
  [() => ops.categorical(matrix, 2, wrong(null)), ArgumentError, 'options must be an object'],
  [
    () => ops.truncatedNormal([2], { stddev: NaN }),
    ArgumentError,
    'stddev must be a finite number',
  ],
])('%s', (act, error, message) => {
  expect(act).toThrow(error)
  expect(act).toThrow(message)
})

/** Arguments that each op takes, to be replaced one by one. */
const GOOD: Readonly<Record<string, readonly unknown[]>> = {
  arange: [0, 3, 1, 'int32'],
  batchNormInference: [images, tensor([4]), tensor([4]), { epsilon: 0.1 }],
  batchNormTraining: [images, { epsilon: 0.1 }],
  bernoulli: [[2], {}],
  broadcastTo: [matrix, [2, 4, 4]],
  categorical: [matrix, 2, {}],
  clip: [matrix, 0, 1],
  concatenate: [[matrix, matrix], 0],
  constant: [1, 'float32', []],
  conv: [images, tensor([3, 3, 4, 8]), {}],
  convTranspose: [images, tensor([3, 3, 8, 4]), {}],
  convertToTensor: [[1, 2], 'float32'],
  dense: [batch, tensor([6, 3]), tensor([3])],
  depthwiseConv: [images, tensor([3, 3, 4, 2]), {}],
  dropout: [matrix, 0.5, {}],
  einsum: ['ij,jk->ik', matrix, matrix],
  eye: [3, 3, 0, 'float32'],
  full: [[2], 1, 'float32'],
  maxPool: [images, 2, {}],
  moveaxis: [matrix, 0, 1],
  norm: [matrix, 2, 0, false],
  oneHot: [ints, 3, -1, 'float32'],
  pad: [matrix, 1, 'constant', 0],
  randint: [[2], 0, 3, {}],
  randomNormal: [[2], {}],
  randomUniform: [[2], {}],
  repeat: [matrix, 2, 0],
  reshape: [matrix, [16]],
  roll: [matrix, 1, 0],
  segmentSum: [matrix, tensor([4], 'int32'), 3],
  separableConv: [images, tensor([3, 3, 4, 2]), tensor([1, 1, 8, 3]), {}],
  shuffle: [matrix, 0, {}],
  slice: [matrix, [0, 0], [1, 1]],
  split: [matrix, 2, 0],
  stack: [[matrix, matrix], 0],
  take: [batch, 0, 1],
  takeAlongAxis: [batch, ints, 1],
  tensordot: [matrix, matrix, 1],
  tile: [matrix, 2],
  topK: [matrix, 2, true],
  transpose: [matrix, [1, 0]],
  truncatedNormal: [[2], {}],
  where: [tensor([4, 4], 'bool'), matrix, 0],
}

const JUNK: readonly unknown[] = [
  ...[undefined, null, true, 0, -1, 1.5, NaN, Infinity, 1e300, 2n, Symbol('a')],
  ...['x', '__proto__', 'constructor', () => 1, new Float32Array(2), new Date(0)],
  ...[[], [1, 2, 3], [null], {}, { a: 1 }, Object.create(null) as unknown, tensor([5], 'bool')],
]

test('no op stumbles over an argument: it takes it or says what is wrong', () => {
  const stumbles: string[] = []
  for (const [name, op] of Object.entries(ops)) {
    if (typeof op !== 'function') continue
    const good = GOOD[name] ?? [matrix, 0, 1]
    for (const place of good.keys()) {
      for (const junk of JUNK) {
        try {
          Reflect.apply(op, undefined, good.with(place, junk))
        } catch (error) {
          const isOurs = [ArgumentError, ShapeError, DTypeError].some(
            (each) => error instanceof each,
          )
          if (!isOurs) stumbles.push(`${name}, argument ${place}: ${String(error)}`)
        }
      }
    }
  }
  expect(stumbles).toEqual([])
})
