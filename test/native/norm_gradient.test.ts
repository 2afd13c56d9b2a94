/** LeakyReLU's gradient applied by the batch normalisation behind it: on and off give equal numbers. */
import { ops, random, type NDArray, type SymbolicTensor } from '../../lib/index'
import { removeDeadCode } from '../../lib/plan/passes/dead_code'
import { writeGradients } from '../../lib/plan/passes/explicit_gradients'
import { fuseNormActivationDropout } from '../../lib/plan/passes/norm_activation_dropout'
import { fuseNormGradients } from '../../lib/plan/passes/norm_gradient'
import { planOf } from '../../lib/program'
import { evaluate, graphOf } from './evaluate'

const OFF = [removeDeadCode, fuseNormActivationDropout, writeGradients]
const ON = [...OFF, fuseNormGradients]

type Graph = (tensors: readonly SymbolicTensor[]) => SymbolicTensor[]

/** Of x, gamma, beta and weights of the loss. */
const graphOfSlope =
  (slope: number, behind = 1): Graph =>
  ([x, gamma, beta, weights]) => {
    if (!x || !gamma || !beta || !weights) throw new Error('four tensors are needed')
    const active = ops.leakyRelu(x, slope)
    const { y } = ops.batchNormTraining(active, { gamma, beta, epsilon: 1e-3 })
    const loss = ops.sum(ops.mul(behind === 1 ? y : ops.leakyRelu(y, behind), weights))
    return [loss, ...ops.gradients(loss, [x, gamma, beta])]
  }

function dataOf(rows: number, channels: number): [NDArray, NDArray, NDArray, NDArray] {
  random.seed(rows + channels)
  return [
    random.normal(0, 1, [rows, channels]),
    random.normal(1, 0.1, [channels]),
    random.normal(0, 1, [channels]),
    random.normal(0, 1, [rows, channels]),
  ]
}

const gradientsLeft = (graph: Graph, data: readonly NDArray[]): number => {
  const { inputs, phases } = graphOf(data, graph, { allKnown: true })
  const nodes = planOf(inputs, phases, ON).phases.flatMap((phase) => phase.nodes)
  return nodes.filter(({ op }) => op === 'leakyReluGradient').length
}

async function expectEqual(graph: Graph, data: readonly NDArray[]): Promise<void> {
  const run = (optimisations: typeof ON): Promise<NDArray[]> =>
    evaluate(data, graph, { allKnown: true, optimisations })
  const [on, off] = [await run(ON), await run(OFF)]
  on.forEach(({ data: values }, i) => expect(values).toEqual(off[i]?.data))
}

/** One block of rows and several, parts of vectors, several threads. */
const SIZES = [
  [1, 3],
  [2, 1],
  [8, 17],
  [9, 256],
  [32, 1024],
  [33, 1000],
  [700, 64],
] as const

test.each(SIZES)('%d rows of %d channels', async (rows, channels) => {
  const data = dataOf(rows, channels)
  expect(gradientsLeft(graphOfSlope(0.2), data)).toBe(0)
  await expectEqual(graphOfSlope(0.2), data)
  await expectEqual(graphOfSlope(1.5), data)
  // With an activation of its own behind it.
  await expectEqual(graphOfSlope(0.3, 0.2), data)
})

test('of infinity and of what is no number', async () => {
  const data = dataOf(12, 5)
  data[0].data.set([Infinity, -Infinity, NaN, 0, -0])
  data[3].data.set([NaN, 1, Infinity, 0, -0], 20)
  await expectEqual(graphOfSlope(0.2), data)
})

test('of no rows', async () => {
  await expectEqual(graphOfSlope(0.2), dataOf(0, 4))
})

test('stays apart where the sign of its result says nothing', () => {
  expect(gradientsLeft(graphOfSlope(-0.5), dataOf(4, 3))).toBe(1)
})

test('stays apart where others look at the gradient between', () => {
  const graph: Graph = ([x, gamma, beta]) => {
    const active = ops.leakyRelu(x as SymbolicTensor, 0.2)
    const { y } = ops.batchNormTraining(active, { gamma, beta, epsilon: 1e-3 })
    return ops.gradients(ops.sum(ops.square(y)), [x as SymbolicTensor, active])
  }
  expect(gradientsLeft(graph, dataOf(4, 3))).toBe(1)
})
