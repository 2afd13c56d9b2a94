/** What may be given as data, and the words for what may not. */
import { ArgumentError, ImageSet, Input, NDArray, ShapeError } from '../../lib/index'
import type { SymbolicTensor } from '../../lib/graph/tensor'
import { batchArrays, type Data } from '../../lib/models/data'

const one = [Input({ shape: [2] })]
const two = [Input({ shape: [2] }), Input({ shape: [1] })]
const rows = NDArray.from([
  [1, 2],
  [3, 4],
])

const lists = (tensors: readonly SymbolicTensor[], data: unknown): unknown[] =>
  batchArrays('Model "m" trainOnBatch', 'input', tensors, data as Data).map((x) => x.tolist())

const pair = [
  [
    [1, 2],
    [3, 4],
  ],
  [[5], [6]],
]

test('several tensors take a list of arrays of any form', () => {
  const [first, second] = pair as [number[][], number[][]]
  const column = NDArray.from(second)
  expect(lists(two, [rows, column])).toEqual(pair)
  expect(lists(two, [rows, second])).toEqual(pair)
  expect(lists(two, [first, column])).toEqual(pair)
  expect(lists(two, pair)).toEqual(pair)
  expect(lists(two, [rows, [5, 6]])).toEqual(pair)
  expect(lists(two, [first, new Float32Array([5, 6])])).toEqual(pair)
})

test('one tensor takes an array or a list of one', () => {
  expect(lists(one, rows)).toEqual([rows.tolist()])
  expect(lists(one, [rows])).toEqual([rows.tolist()])
  expect(lists(one, rows.tolist())).toEqual([rows.tolist()])
  expect(lists([two[1] as SymbolicTensor], [new Float32Array([5, 6])])).toEqual([[[5], [6]]])
})

const pictures = ImageSet.fromArray(new NDArray(new Uint8Array(4), [1, 2, 2, 1]))
const expected = 'must be an NDArray or nested numbers'

test.each<[tensors: SymbolicTensor[], data: unknown, message: string]>([
  [one, undefined, `input ${expected}, received undefined`],
  [one, '1', `input ${expected}, received "1"`],
  [
    one,
    pictures,
    `input ${expected} (use .batch(indices) to get them from pictures), received an object of type ImageSet`,
  ],
  [
    one,
    Promise.resolve(rows),
    `input ${expected} (use await to get them from a promise), received an object of type Promise`,
  ],
  [
    one,
    one[0],
    `input ${expected} (a symbolic tensor holds none), received an object of type SymbolicTensor`,
  ],
  [two, [rows, undefined], `input[1] ${expected}, received undefined`],
  [one, [rows, [[1, 2]]], 'takes 1 input array, received 2'],
  [two, rows, 'takes 2 input arrays, received 1'],
  [two, [[1], [2], [3]], 'takes 2 input arrays, received 3'],
])('%#', (tensors, data, message) => {
  expect(() => lists(tensors, data)).toThrow(ArgumentError)
  expect(() => lists(tensors, data)).toThrow(new Error(`[Model "m" trainOnBatch] ${message}`))
})

test('numbers that are none', () => {
  expect(() => lists(one, [['a']])).toThrow(
    new ArgumentError('Model "m" trainOnBatch input', 'expects numbers, received "a"'),
  )
  expect(() => lists(two, [rows, [[1], [2, 3]]])).toThrow(ShapeError)
  expect(() => lists(two, [rows, [[1], [2, 3]]])).toThrow(
    '[Model "m" trainOnBatch input[1]] rows of',
  )
})
