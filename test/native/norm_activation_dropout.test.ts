/**
 * The kernel of batch normalisation, activation and dropout, and the pass that makes nodes for it,
 * against the same from plain ops.
 */
import { type NDArray, ops, random, setRandomSeed, type SymbolicTensor } from '../../lib/index'
import { native } from '../../lib/native'
import { evaluate } from './evaluate'
import { expectClose, largest } from './tolerance'

const EPSILON = 1e-3

type Unary = (x: SymbolicTensor) => SymbolicTensor

interface Parameters {
  readonly gamma: SymbolicTensor
  readonly beta: SymbolicTensor
  readonly mean: SymbolicTensor
  readonly variance: SymbolicTensor
}

type Norm = (x: SymbolicTensor, parameters: Parameters) => SymbolicTensor

/** From elementary ops, each differentiable by libtorch itself. */
function plainly(isOfBatch: boolean): Norm {
  return (given, { gamma, beta, ...moving }) => {
    const x = ops.cast(given, 'float32')
    const axes = [...x.shape.keys()].slice(0, -1)
    const centered = ops.sub(x, isOfBatch ? ops.mean(x, axes, true) : moving.mean)
    const variance = isOfBatch ? ops.mean(ops.square(centered), axes, true) : moving.variance
    const normalized = ops.div(centered, ops.sqrt(ops.add(variance, EPSILON)))
    return ops.cast(ops.add(ops.mul(normalized, gamma), beta), given.dtype)
  }
}

const NORMS: Readonly<Record<string, readonly [Norm, Norm]>> = {
  training: [
    (x, { gamma, beta }) => ops.batchNormTraining(x, { gamma, beta, epsilon: EPSILON }).y,
    plainly(true),
  ],
  inference: [
    (x, { mean, variance, ...affine }) =>
      ops.batchNormInference(x, mean, variance, { ...affine, epsilon: EPSILON }),
    plainly(false),
  ],
  without: [(x) => x, (x) => x],
}

const ACTIVATIONS: Readonly<Record<string, Unary>> = {
  linear: (x) => x,
  relu: ops.relu,
  leaky: (x) => ops.leakyRelu(x, 0.2),
}

/** Chains that one node computes; not all, but every option with and without every other. */
const CHAINS = [
  { norm: 'training', activation: 'linear', rate: 0 },
  { norm: 'training', activation: 'leaky', rate: 0 },
  { norm: 'training', activation: 'relu', rate: 0.3 },
  { norm: 'training', activation: 'leaky', rate: 0.25 },
  { norm: 'training', activation: 'linear', rate: 0.5 },
  { norm: 'inference', activation: 'linear', rate: 0 },
  { norm: 'inference', activation: 'relu', rate: 0 },
  { norm: 'inference', activation: 'leaky', rate: 0.25 },
  { norm: 'without', activation: 'linear', rate: 0.3 },
  { norm: 'without', activation: 'leaky', rate: 0.25 },
  { norm: 'without', activation: 'relu', rate: 0.5 },
] as const

const SHAPES = [
  [6, 3],
  [2, 3, 5, 1],
  [3, 7, 5, 17],
  [1, 9, 11, 64],
  [2, 1, 1, 600],
  [2, 40, 33, 3],
]

type Chain = (typeof CHAINS)[number]
type Results = (y: SymbolicTensor, x: SymbolicTensor[], r: SymbolicTensor) => SymbolicTensor[]

type Six = [
  SymbolicTensor,
  SymbolicTensor,
  SymbolicTensor,
  SymbolicTensor,
  SymbolicTensor,
  SymbolicTensor,
]

/** Half the spacing of bfloat16 numbers at 1. */
const BFLOAT16 = 2 ** -8

const made = new Map<string, readonly NDArray[]>()

/** Numbers for x, gamma, beta, mean, variance and a weight for each result; made once. */
function dataOf(shape: readonly number[]): readonly NDArray[] {
  const known = made.get(String(shape))
  if (known) return known
  random.seed(shape.length + (shape.at(-1) as number))
  const channels = [shape.at(-1) as number]
  const data = [
    random.normal(0.5, 2, shape),
    random.normal(1, 0.2, channels),
    random.normal(0, 0.5, channels),
    random.normal(0.5, 0.3, channels),
    random.uniform(1, 4, channels),
    random.normal(0, 1, shape),
  ]
  made.set(String(shape), data)
  return data
}

async function run(
  { norm, activation, rate }: Chain,
  shape: readonly number[],
  dtype: 'float32' | 'bfloat16',
  results: Results,
  isKernel: boolean,
): Promise<NDArray[]> {
  const data = dataOf(shape)
  setRandomSeed(5)
  const describe = (tensors: SymbolicTensor[]): SymbolicTensor[] => {
    const [given, gamma, beta, mean, variance, r] = tensors as Six
    const x = ops.cast(given, dtype)
    const parameters = { gamma, beta, mean, variance }
    const normed = (NORMS[norm] as [Norm, Norm])[isKernel ? 0 : 1](x, parameters)
    const active = (ACTIVATIONS[activation] as Unary)(normed)
    // A noise shape of its own makes the plain form draw its mask as a tensor.
    const y = ops.dropout(active, rate, isKernel ? {} : { noiseShape: shape })
    return results(ops.cast(y, 'float32'), [given, gamma, beta], r)
  }
  return evaluate(data, describe, { allKnown: true, optimisations: isKernel })
}

describe.each(['float32', 'bfloat16'] as const)('%s', (dtype) => {
  /** Gives the first result of both. */
  async function compare(
    chain: Chain,
    shape: readonly number[],
    results: Results,
  ): Promise<[NDArray, NDArray]> {
    const kernel = await run(chain, shape, dtype, results, true)
    const plain = await run(chain, shape, dtype, results, false)
    kernel.forEach((array, i) => {
      const expected = plain[i] as NDArray
      // Both round; over this many terms with random sign, and once more in every derivative.
      const drift = Math.max(Math.sqrt(expected.size) * 2 ** -22, 2 ** -20) * largest(expected)
      // Where float32's last digits decide, bfloat16 may round to the other side, twice in a row.
      const flip = dtype === 'bfloat16' ? 4 * BFLOAT16 * largest(expected) : 0
      const what = `result ${i} of ${JSON.stringify(chain)} ${String(shape)}`
      expectClose(what, array, expected, drift + flip)
    })
    return [kernel[0] as NDArray, plain[0] as NDArray]
  }

  test.each(CHAINS)('$norm $activation $rate: values and gradients', async (chain) => {
    for (const shape of SHAPES) {
      const [y, expected] = await compare(chain, shape, (out, xs, r) => {
        const wanted = chain.norm === 'without' ? xs.slice(0, 1) : xs
        return [out, ...ops.gradients(ops.sum(ops.mul(out, r)), wanted)]
      })
      // The same elements are dropped. (Of a ReLU's zeros rounding decides some.)
      if (chain.activation === 'relu') continue
      expect(y.data.findIndex((v, at) => (v === 0) !== (expected.data[at] === 0))).toBe(-1)
    }
  })

  test.each(CHAINS)('$norm $activation $rate: second derivatives', async (chain) => {
    for (const shape of SHAPES.slice(0, 4)) {
      await compare(chain, shape, (y, xs, r) => {
        const wanted = chain.norm === 'without' ? xs.slice(0, 1) : xs
        const x = xs[0] as SymbolicTensor
        const [dx] = ops.gradients(ops.sum(ops.mul(ops.square(y), r)), [x]) as [SymbolicTensor]
        return ops.gradients(ops.sum(ops.square(dx)), wanted)
      })
    }
  })

  test.each(CHAINS)('$norm $activation $rate: of all gradients, and third ones', async (chain) => {
    // Each of the first gradients, gamma's and beta's too, is differentiated by all, then once more.
    for (const shape of SHAPES.slice(0, 2)) {
      await compare(chain, shape, (y, xs, r) => {
        const wanted = chain.norm === 'without' ? xs.slice(0, 1) : xs.slice(0, 3)
        const squares = (gradients: readonly SymbolicTensor[]): SymbolicTensor =>
          gradients.map((each) => ops.sum(ops.square(each))).reduce((a, b) => ops.add(a, b))
        const first = ops.gradients(ops.sum(ops.mul(ops.square(y), r)), wanted)
        const second = ops.gradients(squares(first), wanted)
        const [third] = ops.gradients(squares(second), wanted.slice(0, 1)) as [SymbolicTensor]
        return [...second, third]
      })
    }
  })

  test('one thread and two give the same', async () => {
    const { setThreads, runtimeInfo } = native()
    const { threads } = runtimeInfo()
    const results: Results = (y, xs, r) => [y, ...ops.gradients(ops.sum(ops.mul(y, r)), xs)]
    const runOn = async (count: number): Promise<Buffer[]> => {
      setThreads(count)
      const arrays = await run(CHAINS[3], [16, 33, 31, 17], dtype, results, true)
      return arrays.map(({ data }) => Buffer.from(data.buffer))
    }
    const [one, two] = [await runOn(1), await runOn(2)]
    setThreads(threads)
    one.forEach((bytes, i) => {
      expect(bytes.equals(two[i] as Buffer)).toBe(true)
    })
  })
})
