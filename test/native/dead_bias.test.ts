/** Biases left out before a batch normalisation: on and off give the same numbers. */
import {
  BatchNormalization,
  Conv2D,
  type NDArray,
  ops,
  random,
  Sequential,
  UpSampling2D,
} from '../../lib'
import { setRandomSeed, type SymbolicTensor } from '../../lib'
import { cast } from '../../lib/ops/dtypes'
import { dropDeadBias } from '../../lib/plan/passes/dead_bias'
import { evaluate } from './evaluate'
import { expectClose, largest } from './tolerance'

const SHAPE = { x: [4, 5, 6, 3], kernel: [3, 3, 3, 7], y: [4, 5, 6, 7] }
/** Values in each channel. */
const COUNT = 4 * 5 * 6

type Graph = (tensors: SymbolicTensor[]) => SymbolicTensor[]

async function onAndOff(graph: Graph): Promise<[NDArray[], NDArray[]]> {
  random.seed(9)
  const data = [
    random.normal(0, 1, SHAPE.x),
    // Deviations above 1, so that normalising makes no rounding larger.
    random.normal(0, 0.5, SHAPE.kernel),
    random.normal(0, 2, [7]),
    random.normal(0, 1, [7]),
    random.uniform(0.5, 2, [7]),
    random.normal(0, 1, SHAPE.y),
  ]
  const run = (optimisations: boolean): Promise<NDArray[]> =>
    evaluate(data, graph, {
      allKnown: true,
      optimisations: optimisations ? [dropDeadBias] : false,
    })
  return [await run(true), await run(false)]
}

/** Rounding errors of that many terms, with random signs, at numbers of that size. */
const drift = (terms: number, size: number): number => Math.sqrt(terms) * 2 ** -24 * size

const EPSILON = 1e-3
const convolved = ([x, kernel, bias]: SymbolicTensor[]): SymbolicTensor =>
  ops.conv(x!, kernel!, { bias, padding: 'same' })

test('values, statistics and gradients', async () => {
  const [on, off] = await onAndOff((tensors) => {
    const [x, kernel, bias, beta, gamma, factors] = tensors as [SymbolicTensor] & SymbolicTensor[]
    const { y, mean, variance } = ops.batchNormTraining(convolved(tensors), {
      gamma: gamma!,
      beta: beta!,
      epsilon: EPSILON,
    })
    const scalar = ops.sum(ops.mul(ops.square(y), factors!))
    const by = [x, kernel!, beta!, gamma!, bias!]
    return [y, mean, variance, ...ops.gradients(scalar, by)]
  })
  const names = ['y', 'mean', 'variance', 'dx', 'dkernel', 'dbeta', 'dgamma', 'dbias']
  const terms = [27, COUNT, COUNT, 63, COUNT, COUNT, COUNT]
  names.slice(0, 7).forEach((name, i) => {
    const [received, expected] = [on[i] as NDArray, off[i] as NDArray]
    expectClose(name, received, expected, drift(terms[i] as number, 2 * largest(expected)))
  })
  // What is left of it is the rounding of the terms of dbeta.
  const [dbeta, dbias] = [off[5] as NDArray, off[7] as NDArray]
  expect(largest(on[7] as NDArray)).toBe(0)
  expect(largest(dbias)).toBeLessThan(drift(COUNT, COUNT * largest(dbeta)))
})

test('values of moving averages, beside training', async () => {
  const [on, off] = await onAndOff((tensors) => {
    const [, , , mean, variance] = tensors
    const y = convolved(tensors)
    const options = { epsilon: EPSILON }
    return [
      ops.batchNormInference(y, mean!, variance!, options),
      ops.batchNormTraining(y, options).y,
    ]
  })
  on.forEach((array, i) => {
    const expected = off[i] as NDArray
    // The mean may be of the size of what it is subtracted from.
    expectClose(`result ${i}`, array, expected, drift(27, 2 * largest(expected)))
  })
})

test('second derivatives', async () => {
  const [on, off] = await onAndOff((tensors) => {
    const [x, kernel] = tensors as [SymbolicTensor, SymbolicTensor]
    const { y } = ops.batchNormTraining(convolved(tensors), { epsilon: EPSILON })
    const [dx] = ops.gradients(ops.sum(ops.mul(ops.square(y), tensors[5]!)), [x])
    return ops.gradients(ops.sum(ops.square(dx!)), [x, kernel])
  })
  on.forEach((array, i) => {
    const expected = off[i] as NDArray
    expectClose(`second derivative ${i}`, array, expected, drift(63 * COUNT, largest(expected)))
  })
})

test('half precision, which rounds the sum with the bias', async () => {
  const [on, off] = await onAndOff((tensors) => {
    const half = tensors.slice(0, 3).map((tensor) => cast(tensor, 'bfloat16'))
    const { y, mean } = ops.batchNormTraining(cast(convolved(half), 'float32'), {
      epsilon: EPSILON,
    })
    return [y, mean]
  })
  on.forEach((array, i) => {
    const expected = off[i] as NDArray
    // Two roundings to 8 bits on either side, of values up to twice those without the bias.
    expectClose(`result ${i}`, array, expected, 2 * 2 ** -8 * largest(expected))
  })
})

test('a layer: training moves the same averages, and a trained bias stays', async () => {
  const results = []
  for (const passes of [true, false]) {
    setRandomSeed(4)
    const model = new Sequential([
      UpSampling2D({ inputShape: [3, 3, 2] }),
      Conv2D(4, { kernelSize: 3, padding: 'same', biasInitializer: 'ones' }),
      BatchNormalization({ momentum: 0.5 }),
    ])
    model.compile({ loss: 'mse', optimizer: 'sgd', passes })
    const [x, y] = [random.normal(0, 1, [4, 3, 3, 2]), random.normal(0, 1, [4, 6, 6, 4])]
    for (let step = 0; step < 3; step++) await model.trainOnBatch(x, y)
    results.push([...(await model.getWeights()), await model.predict(x)])
  }
  const [on, off] = results as [NDArray[], NDArray[]]
  expect([...(on[1] as NDArray).data]).toEqual([1, 1, 1, 1])
  on.forEach((array, i) => {
    const expected = off[i] as NDArray
    // Three steps, each with sums over 144 values in a channel.
    expectClose(`weight ${i}`, array, expected, drift(3 * 144, largest(expected)))
  })
})
