/** segmentSum by hand: sums, rows, gradients, and places that do not exist. */
import { NDArray, ops, type SymbolicTensor } from '../../lib/index'
import { evaluate } from './evaluate'
import { expectClose } from './tolerance'

const ids = new NDArray(Int32Array.of(2, 0, 2, 2), [4])

const run = (data: NDArray, places: NDArray): Promise<NDArray[]> =>
  evaluate([data, places], ([x, at]) => {
    const sums = ops.segmentSum(x as SymbolicTensor, at as SymbolicTensor, 4)
    return [sums, ...ops.gradients(ops.sum(ops.square(sums)), [x as SymbolicTensor])]
  })

test('elements go to their places, and gradients come back from there', async () => {
  const [sums, gradient] = await run(NDArray.from([1, 2, 3, 4]), ids)
  expectClose('sums', sums as NDArray, NDArray.from([2, 0, 8, 0]), 0)
  expectClose('gradient', gradient as NDArray, NDArray.from([16, 4, 16, 16]), 0)
})

test('the other axes stay; places may have several axes', async () => {
  const rows = NDArray.from([
    [1, 10],
    [2, 20],
    [3, 30],
    [4, 40],
  ])
  const [sums] = await run(rows, ids)
  expect([...(sums as NDArray).data]).toEqual([2, 20, 0, 0, 8, 80, 0, 0])
  const [flat] = await run(rows, new NDArray(Int32Array.of(0, 1, 1, 1, 3, 3, 0, 0), [4, 2]))
  expect([...(flat as NDArray).data]).toEqual([45, 32, 0, 33])
})

test.each([-1, 4])('the place %d of 4 is refused', async (place) => {
  const places = new NDArray(Int32Array.of(0, place), [2])
  await expect(run(NDArray.from([1, 2]), places)).rejects.toThrow(/out of range|out of bounds/)
})
