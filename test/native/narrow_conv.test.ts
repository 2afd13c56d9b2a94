/** Convolutions to few channels have a kernel of their own: it gives what ATen's gives. */
import { type NDArray, ops, random, type SymbolicTensor } from '../../lib/index'
import { conv } from '../../lib/ops/conv'
import { evaluate } from './evaluate'
import { expectClose, largest } from './tolerance'

const SAME = { strides: [1, 1], dilationRate: [1, 1], padding: 'same' } as const

/** The same convolution; `wide` makes more results than are asked for, which ATen computes. */
function graphOf([x, kernel, bias]: readonly SymbolicTensor[], wide: boolean): SymbolicTensor {
  if (!x || !kernel || !bias) throw new Error('x, kernel and bias are needed')
  if (!wide) return conv(x, kernel, { ...SAME, bias })
  const filters = kernel.shape[3] as number
  const more = ops.concatenate([kernel, kernel, kernel, kernel, kernel], -1)
  const y = conv(x, more, { ...SAME })
  return ops.add(ops.slice(y, [0, 0, 0, 0], [-1, -1, -1, filters]), bias)
}

/** Batch, height, width, channels, filters, and rows and columns of the kernel. */
type Shape = readonly [number, number, number, number, number, number, number]

function dataOf([batch, height, width, channels, filters, rows, columns]: Shape): NDArray[] {
  return [
    random.normal(0, 1, [batch, height, width, channels]),
    random.normal(0, 0.1, [rows, columns, channels, filters]),
    random.normal(0, 1, [filters]),
    random.normal(0, 1, [batch, height, width, filters]),
  ]
}

const NAMES = ['y', 'dx', 'dkernel', 'dbias']

const SHAPES: readonly Shape[] = [
  [2, 6, 7, 32, 3, 3, 3],
  [1, 1, 1, 32, 1, 3, 3],
  [3, 33, 5, 64, 1, 3, 3],
  [1, 70, 3, 32, 4, 3, 3],
  [2, 1, 9, 96, 2, 3, 3],
  [3, 28, 28, 64, 1, 4, 4],
  [1, 1, 1, 32, 1, 4, 4],
  [1, 2, 3, 32, 1, 5, 5],
  [2, 35, 4, 32, 4, 4, 4],
  [2, 34, 3, 32, 3, 5, 5],
  [2, 33, 5, 32, 2, 2, 2],
  [2, 7, 6, 64, 3, 2, 5],
  [2, 66, 6, 32, 1, 5, 2],
  [2, 6, 7, 32, 4, 4, 3],
]

test.each(SHAPES)(
  'values and gradients of %i x %i x %i, %i to %i channels, kernel %i x %i',
  async (...shape) => {
    const [batch, height, width, channels, filters, rows, columns] = shape
    random.seed(11)
    const data = dataOf(shape)
    const run = (wide: boolean): Promise<NDArray[]> =>
      evaluate(
        data,
        (tensors) => {
          const y = graphOf(tensors, wide)
          const scalar = ops.sum(ops.mul(y, tensors[3] as SymbolicTensor))
          return [y, ...ops.gradients(scalar, tensors.slice(0, 3))]
        },
        { allKnown: true },
      )
    const [narrow, wide] = [await run(false), await run(true)]
    const results = batch * height * width
    const taps = rows * columns
    narrow.forEach((array, i) => {
      // Sums of this many products in another order: each addition rounds, with random sign.
      const terms = [taps * channels, taps * filters, results, results][i] as number
      const expected = wide[i] as NDArray
      const drift = Math.sqrt(terms) * 2 ** -24 * largest(expected)
      expectClose(NAMES[i] as string, array, expected, drift)
    })
  },
)

test.each([3, 4, 5])('values and gradients in bfloat16, kernel length %i', async (length) => {
  random.seed(12)
  const data = dataOf([2, 9, 8, 32, 3, length, length])
  const run = (precise: boolean): Promise<NDArray[]> =>
    evaluate(
      data,
      (given) => {
        // Rounded in both cases, so that both see the same numbers.
        const rounded = given.map((tensor) => ops.cast(tensor, 'bfloat16'))
        const tensors = precise ? rounded.map((tensor) => ops.cast(tensor, 'float32')) : rounded
        const y = graphOf(tensors, precise)
        const scalar = ops.sum(ops.mul(y, tensors[3] as SymbolicTensor))
        const results = [y, ...ops.gradients(scalar, tensors.slice(0, 3))]
        return results.map((tensor) => ops.cast(tensor, 'float32'))
      },
      { allKnown: true },
    )
  const [narrow, precise] = [await run(false), await run(true)]
  narrow.forEach((array, i) => {
    // Products and sums are exact or float32; results are rounded to 8 bits once.
    const expected = precise[i] as NDArray
    expectClose(NAMES[i] as string, array, expected, largest(expected) * 2 ** -9)
  })
})

test.each([
  [3, 3],
  [4, 4],
  [5, 4],
] as const)('second derivatives, %i x %i', async (rows, columns) => {
  random.seed(13)
  const data = dataOf([2, 5, 4, 32, 3, rows, columns])
  const run = (wide: boolean): Promise<NDArray[]> =>
    evaluate(
      data,
      (tensors) => {
        const y = graphOf(tensors, wide)
        const [dx] = ops.gradients(ops.sum(ops.square(y)), [tensors[0] as SymbolicTensor])
        return ops.gradients(ops.sum(ops.square(dx as SymbolicTensor)), tensors.slice(0, 3))
      },
      { allKnown: true },
    )
  const [narrow, wide] = [await run(false), await run(true)]
  narrow.forEach((array, i) => {
    const expected = wide[i] as NDArray
    expectClose(`second derivative ${i}`, array, expected, largest(expected) * 2 ** -20)
  })
})
