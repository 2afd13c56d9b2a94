/** libtorch convolves single small images in another way than batches: results are the same. */
import { NDArray, ops, random, type SymbolicTensor } from '../../lib/index'
import { conv } from '../../lib/ops/conv'
import { evaluate } from './evaluate'
import { expectClose, largest } from './tolerance'

const SAME = { strides: [1, 1], dilationRate: [1, 1], padding: 'same' } as const

const SIZES = [1, 2, 5].flatMap((size) =>
  [1, 2, 3].flatMap((channels) => [1, 5].map((filters) => [size, channels, filters] as const)),
)

function derivatives([x, kernel]: readonly SymbolicTensor[]): readonly SymbolicTensor[] {
  if (!x || !kernel) throw new Error('x and kernel are needed')
  const y = conv(x, kernel, SAME)
  return [y, ...ops.gradients(ops.mean(ops.square(y)), [x, kernel])]
}

/** The same image twice. */
const twice = ({ data, shape: [, ...rest] }: NDArray): NDArray =>
  new NDArray(Float32Array.of(...data, ...data), [2, ...rest])

test.each(SIZES)('images %i, %i channels to %i', async (size, channels, filters) => {
  random.seed(3)
  for (const length of [1, 2, 3, 5]) {
    const x = random.normal(0, 1, [1, size, size, channels])
    const kernel = random.normal(0, 1, [length, length, channels, filters])
    const one = await evaluate([x, kernel], derivatives, { allKnown: true })
    const two = await evaluate([twice(x), kernel], derivatives, { allKnown: true })
    const [y, dx, dkernel] = one as [NDArray, NDArray, NDArray]
    const doubled = new NDArray(dx.data.map((value: number) => value / 2) as Float32Array, dx.shape)
    const terms = length * length * size * size * Math.max(channels, filters)
    const received = [twice(y), twice(doubled), dkernel]
    received.forEach((array, i) => {
      const expected = two[i] as NDArray
      // Sums in another order: each addition rounds, with random sign.
      const drift = Math.sqrt(terms) * 2 ** -24 * largest(expected)
      expectClose(['y', 'dx', 'dkernel'][i] as string, array, expected, drift)
    })
  }
})
