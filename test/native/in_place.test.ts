/** Element-wise ops write over what nobody needs any more, and over nothing else. */
import { NDArray, ops, random, type SymbolicTensor } from '../../lib/index'
import { native } from '../../lib/native'
import { evaluate } from './evaluate'

type Describe = (x: SymbolicTensor) => SymbolicTensor[]

/** With passes values are freed early, and only then is memory used again. */
async function expectSame(describe: Describe, x: NDArray): Promise<void> {
  const before = Float32Array.from(x.data)
  const run = (optimisations: boolean): Promise<NDArray[]> =>
    evaluate([x], ([tensor]) => describe(tensor as SymbolicTensor), { optimisations })
  const [on, off] = [await run(true), await run(false)]
  expect(on.map(({ data }) => data)).toEqual(off.map(({ data }) => data))
  expect(x.data).toEqual(before)
}

const double = (x: SymbolicTensor): SymbolicTensor => ops.mul(x, 2)

const GRAPHS: Record<string, Describe> = {
  'what the caller gave': (x) => [ops.relu(x), ops.tanh(x)],
  'a value that is used again': (x) => {
    const y = double(x)
    return [ops.add(ops.sigmoid(y), ops.tanh(y))]
  },
  'the same value twice': (x) => [ops.add(double(x), double(x)), ops.mul(double(x), double(x))],
  'a value that is a result': (x) => {
    const y = double(x)
    return [y, ops.relu(y)]
  },
  'the memory of a view': (x) => {
    const y = double(x)
    return [ops.relu(ops.reshape(y, [-1, 3, 2])), ops.sum(y)]
  },
  'a view of what is used again': (x) => {
    const y = double(x)
    const z = ops.transpose(y, [1, 0])
    return [ops.tanh(z), ops.exp(y)]
  },
  'broadcast rows': (x) => {
    const row = ops.mean(double(x), 0, true)
    return [ops.add(ops.mul(x, 3), row), ops.add(row, ops.mul(x, 3)), ops.leakyRelu(row, 0.1)]
  },
  'other types': (x) => {
    const half = ops.cast(double(x), 'bfloat16')
    return [ops.add(ops.cast(half, 'float32'), double(x)), ops.cast(ops.relu(half), 'float32')]
  },
  'what a gradient needs': (x) => {
    const y = ops.tanh(double(x))
    const z = ops.mul(ops.sigmoid(y), y)
    return [z, ...ops.gradients(ops.sum(ops.square(z)), [x])]
  },
}

test.each(Object.entries(GRAPHS))('not %s', async (_, describe) => {
  random.seed(5)
  await expectSame(describe, random.normal(0, 1, [4, 6]))
})

test('a chain needs one array', async () => {
  const x = NDArray.ones([1, 1024, 1024])
  const peakOf = async (optimisations: boolean): Promise<number> => {
    const chain = ([given]: SymbolicTensor[]): SymbolicTensor[] => {
      let y = double(given as SymbolicTensor)
      for (let i = 0; i < 4; i++) y = ops.tanh(ops.sigmoid(ops.add(y, 1)))
      return [ops.mean(y)]
    }
    native().emptyCache()
    const before = native().memoryStats().allocated
    await evaluate([x], chain, { optimisations })
    return native().memoryStats().peak - before
  }
  const bytes = x.size * 4
  // The input may be copied; numbers are small.
  expect(await peakOf(true)).toBeLessThan(2.1 * bytes)
  expect(await peakOf(false)).toBeGreaterThan(12 * bytes)
})
