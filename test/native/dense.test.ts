/** Dense layers of few rows have products of their own: they give what ATen's matmul gives. */
import { NDArray, ops, random, type SymbolicTensor } from '../../lib/index'
import { native } from '../../lib/native'
import { evaluate } from './evaluate'
import { expectClose, largest } from './tolerance'

type Tensors = readonly SymbolicTensor[]

/** x, kernel and bias where there is one. */
function denseOf([x, kernel, bias]: Tensors, isReference: boolean): SymbolicTensor {
  if (!x || !kernel) throw new Error('x and kernel are needed')
  if (!isReference) return ops.dense(x, kernel, bias)
  const y = ops.matmul(x, kernel)
  return bias ? ops.add(y, bias) : y
}

/** Runs `describe` with our products and with ATen's. */
async function both(
  data: readonly NDArray[],
  describe: (tensors: Tensors, isReference: boolean) => readonly SymbolicTensor[],
): Promise<[NDArray[], NDArray[]]> {
  const run = (isReference: boolean): Promise<NDArray[]> =>
    evaluate(data, (tensors) => describe(tensors, isReference), { allKnown: true })
  return [await run(false), await run(true)]
}

/** Sums of `terms` products in another order: each addition rounds, with random sign. */
function expectSameSums(what: string, own: NDArray, reference: NDArray, terms: number): void {
  expectClose(what, own, reference, Math.sqrt(terms) * 2 ** -24 * largest(reference))
}

const NAMES = ['y', 'dx', 'dkernel', 'dbias']

// Rows, inputs, outputs: whole vectors and not, one thread and several, few products, and what is left
// to ATen.
const SIZES = [
  [1, 8, 16],
  [300, 3, 2],
  [32, 100, 256],
  [32, 160, 320],
  [33, 67, 131],
  [17, 600, 50],
  [48, 257, 49],
  [1, 100, 90],
  [3, 1030, 17],
  [4, 2100, 17],
  [16, 16, 16],
  [7, 15, 40],
  [5, 40, 1],
  [32, 256, 1],
  [33, 1133, 1],
  [1, 70000, 1],
  [256, 67, 1],
  [31, 130, 2],
  [2, 6001, 2],
  [17, 1037, 3],
  [255, 6, 3],
  [90, 40, 6],
  [5, 1, 40],
  [256, 40, 70],
  [257, 40, 70],
  [20, 16, 3500],
]

describe.each(SIZES)('%d rows, %d inputs, %d outputs', (rows, inputs, outputs) => {
  test.each([true, false])('values and gradients, bias: %s', async (hasBias) => {
    random.seed(21)
    const data = [
      random.normal(0, 1, [rows, inputs]),
      random.normal(0, 1, [inputs, outputs]),
      random.normal(0, 1, [rows, outputs]),
      ...(hasBias ? [random.normal(0, 1, [outputs])] : []),
    ]
    const [own, reference] = await both(data, ([x, kernel, dy, bias], isReference) => {
      const given = [x, kernel, ...(bias ? [bias] : [])] as SymbolicTensor[]
      const y = denseOf(given, isReference)
      return [y, ...ops.gradients(ops.sum(ops.mul(y, dy as SymbolicTensor)), given)]
    })
    const terms = [inputs, outputs, rows, rows]
    own.forEach((array, i) => {
      expectSameSums(NAMES[i] as string, array, reference[i] as NDArray, terms[i] as number)
    })
  })
})

test('gradients by the input or the kernel alone', async () => {
  random.seed(22)
  const data = [random.normal(0, 1, [8, 50]), random.normal(0, 1, [50, 30])]
  for (const i of [0, 1]) {
    const [own, reference] = await both(data, (tensors, isReference) => {
      const scalar = ops.sum(ops.square(denseOf(tensors, isReference)))
      return ops.gradients(scalar, [tensors[i] as SymbolicTensor])
    })
    expectSameSums(NAMES[i + 1] as string, own[0] as NDArray, reference[0] as NDArray, 50 + 30)
  }
})

test('tensors that are views of others', async () => {
  random.seed(23)
  const data = [random.normal(0, 1, [50, 8]), random.normal(0, 1, [30, 50])]
  const [own, reference] = await both(data, (given, isReference) => {
    const turned = given.map((tensor) => ops.transpose(tensor))
    const y = denseOf(turned, isReference)
    return [y, ...ops.gradients(ops.sum(ops.square(y)), given)]
  })
  own.forEach((array, i) => {
    expectSameSums(NAMES[i] as string, array, reference[i] as NDArray, 50 + 30)
  })
})

test('more than two axes, and a gradient that is the same for all rows', async () => {
  random.seed(24)
  const data = [random.normal(0, 1, [3, 5, 20]), random.normal(0, 1, [20, 24])]
  const [own, reference] = await both(data, (tensors, isReference) => {
    const y = denseOf(tensors, isReference)
    return [y, ...ops.gradients(ops.sum(y), tensors)]
  })
  own.forEach((array, i) => {
    expectSameSums(NAMES[i] as string, array, reference[i] as NDArray, 24)
  })
})

test('second derivatives', async () => {
  random.seed(25)
  const data = [
    random.normal(0, 1, [32, 40]),
    random.normal(0, 0.1, [40, 64]),
    random.normal(0, 1, [64]),
  ]
  const [own, reference] = await both(data, (tensors, isReference) => {
    const y = denseOf(tensors, isReference)
    const [dx] = ops.gradients(ops.sum(ops.square(y)), [tensors[0] as SymbolicTensor])
    return ops.gradients(ops.sum(ops.square(dx as SymbolicTensor)), tensors)
  })
  own.forEach((array, i) => {
    // Four products behind each other.
    const drift = Math.sqrt(4 * 64) * 2 ** -24 * largest(reference[i] as NDArray)
    expectClose(`second derivative ${i}`, array, reference[i] as NDArray, drift)
  })
})

test('a value that is not a number spreads as far as in ATen', async () => {
  const x = NDArray.full([8, 20], 1)
  x.data[0] = NaN
  const y = await both([x, NDArray.full([20, 32], 1)], (tensors, isReference) => [
    denseOf(tensors, isReference),
  ])
  expect(y[0]).toEqual(y[1])
})

test.each([1, 3])('one thread and several give the same, %d outputs', async (outputs) => {
  random.seed(26)
  const data = [random.normal(0, 1, [64, 3001]), random.normal(0, 1, [3001, outputs])]
  const run = (threads: number): Promise<NDArray[]> => {
    native().setThreads(threads)
    return evaluate(
      data,
      (tensors) => {
        const y = denseOf(tensors, false)
        return [y, ...ops.gradients(ops.sum(ops.square(y)), tensors)]
      },
      { allKnown: true },
    )
  }
  const before = native().runtimeInfo().threads
  const one = await run(1)
  expect(await run(2)).toEqual(one)
  native().setThreads(before)
})

test.each([1, 2, 3])('not a number and infinity, %d outputs', async (outputs) => {
  const x = NDArray.full([40, 100], 1)
  x.data[0] = NaN
  x.data[199] = Infinity
  const kernel = NDArray.full([100, outputs], 0.5)
  kernel.data[outputs * 7] = 0
  const [own, reference] = await both([x, kernel], (tensors, isReference) => {
    const y = denseOf(tensors, isReference)
    return [y, ...ops.gradients(ops.sum(y), tensors)]
  })
  expect(own).toEqual(reference)
})
