/** Activations that dense layers apply themselves: on and off give equal values and gradients. */
import { NDArray, ops, random, type SymbolicTensor } from '../../lib/index'
import { placeholder } from '../../lib/graph/tensor'
import {
  fuseDenseActivation,
  fuseDenseActivationGradient,
} from '../../lib/plan/passes/dense_activation'
import { removeDeadCode } from '../../lib/plan/passes/dead_code'
import { writeGradients } from '../../lib/plan/passes/explicit_gradients'
import { planOf } from '../../lib/program'
import { evaluate } from './evaluate'

const ON = [removeDeadCode, writeGradients, fuseDenseActivation, fuseDenseActivationGradient]
const OFF = [removeDeadCode, writeGradients]

type Activation = (x: SymbolicTensor) => SymbolicTensor
type Graph = (tensors: readonly SymbolicTensor[]) => SymbolicTensor[]

/** Of x, kernel, bias and a second kernel: dense, activation, dense, and all gradients. */
const graphOf =
  (activation: Activation): Graph =>
  ([x, kernel, bias, second]) => {
    if (!x || !kernel || !bias || !second) throw new Error('four tensors are needed')
    const y = activation(ops.dense(x, kernel, bias))
    const loss = ops.sum(ops.square(ops.dense(y, second)))
    return [y, ...ops.gradients(loss, [x, kernel, bias, second])]
  }

const activationsLeft = (graph: Graph, shapes: readonly number[][]): number => {
  const tensors = shapes.map((shape, i) => placeholder(`x${i}`, { shape, dtype: 'float32' }))
  const inputs = tensors.map((tensor) => ({ tensor, name: 'x', requireFinite: false }))
  const { phases } = planOf(inputs, [{ name: 'p', outputs: graph(tensors), updates: [] }], ON)
  return phases[0]?.nodes.filter(({ op }) => /relu/i.test(op)).length ?? -1
}

async function expectEqual(graph: Graph, data: readonly NDArray[]): Promise<NDArray[]> {
  const run = (optimisations: typeof ON): Promise<NDArray[]> =>
    evaluate(data, graph, { allKnown: true, optimisations })
  const [on, off] = [await run(ON), await run(OFF)]
  on.forEach(({ data: values }, i) => expect(values).toEqual(off[i]?.data))
  return on
}

/** Results of the second layer: enough that its kernel is a large one. */
const SECOND = 340

function dataOf(rows: number, inputs: number, outputs: number): NDArray[] {
  random.seed(41)
  return [
    random.normal(0, 1, [rows, inputs]),
    random.normal(0, inputs ** -0.5, [inputs, outputs]),
    random.normal(0, 1, [outputs]),
    random.normal(0, outputs ** -0.5, [outputs, SECOND]),
  ]
}

const ACTIVATIONS: readonly [string, Activation][] = [
  ['relu', (x) => ops.relu(x)],
  ['leakyRelu', (x) => ops.leakyRelu(x, 0.2)],
  ['leakyRelu with a slope above 1', (x) => ops.leakyRelu(x, 1.5)],
]

// Rows, inputs, outputs: each of the ways that products are computed, and parts of vectors.
const SIZES = [
  [1, 200, 100],
  [8, 200, 100],
  [17, 600, 49],
  [32, 257, 200],
  [33, 130, 131],
  [48, 128, 160],
  [60, 128, 160],
  [300, 128, 160],
] as const

describe.each(ACTIVATIONS)('%s', (_, activation) => {
  test.each(SIZES)('%d rows, %d inputs, %d outputs', async (rows, inputs, outputs) => {
    const data = dataOf(rows, inputs, outputs)
    const graph = graphOf(activation)
    expect(
      activationsLeft(
        graph,
        data.map(({ shape }) => [...shape]),
      ),
    ).toBe(0)
    const [y] = await expectEqual(graph, data)
    expect(y?.data.some((value) => value > 0)).toBe(true)
  })
})

test.each(ACTIVATIONS)('%s of infinity and of what is no number', async (_, activation) => {
  const [x, kernel, bias, second] = dataOf(32, 128, 160) as [NDArray, NDArray, NDArray, NDArray]
  x.data.set([Infinity, -Infinity, NaN])
  const odd = new NDArray(Float32Array.from(bias.data), bias.shape)
  odd.data.set([Infinity, -Infinity, NaN, -0], 3)
  await expectEqual(graphOf(activation), [x, kernel, odd, second])
})

const sizes = (inputs: number, outputs: number): number[][] => [
  [32, inputs],
  [inputs, outputs],
  [outputs],
  [outputs, SECOND],
]

test('stays apart where the sign of its result says nothing', () => {
  const graph = graphOf((x) => ops.leakyRelu(x, -0.5))
  expect(activationsLeft(graph, sizes(128, 160))).toBe(2)
})

test('stays apart where others need what it was made of', () => {
  const graph = graphOf((x) => ops.add(ops.leakyRelu(x, 0.2), ops.tanh(x)))
  expect(activationsLeft(graph, sizes(128, 160))).toBe(2)
})

test('stays apart behind a small layer; the gradient goes through the large one before it', () => {
  const graph = graphOf((x) => ops.relu(x))
  expect(activationsLeft(graph, sizes(20, 60))).toBe(1)
})
