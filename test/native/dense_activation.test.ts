/** Activations that dense layers apply themselves: on and off give equal values and gradients. */
import { NDArray, ops, random, type SymbolicTensor } from '../../lib/index'
import { placeholder } from '../../lib/graph/tensor'
import { fuseDenseActivation } from '../../lib/plan/passes/dense_activation'
import { removeDeadCode } from '../../lib/plan/passes/dead_code'
import { writeGradients } from '../../lib/plan/passes/explicit_gradients'
import { planOf } from '../../lib/program'
import { evaluate } from './evaluate'

const ON = [removeDeadCode, writeGradients, fuseDenseActivation]
const OFF = [removeDeadCode, writeGradients]

type Activation = (x: SymbolicTensor) => SymbolicTensor
type Graph = (tensors: readonly SymbolicTensor[]) => SymbolicTensor[]

/** x, kernel, bias; dense, activation, and all gradients. */
const graphOf =
  (activation: Activation): Graph =>
  ([x, kernel, bias]) => {
    if (!x || !kernel || !bias) throw new Error('x, kernel and bias are needed')
    const y = activation(ops.dense(x, kernel, bias))
    return [y, ...ops.gradients(ops.sum(ops.square(y)), [x, kernel, bias])]
  }

const activationsLeft = (graph: Graph, shapes: readonly number[][]): number => {
  const tensors = shapes.map((shape, i) => placeholder(`x${i}`, { shape, dtype: 'float32' }))
  const inputs = tensors.map((tensor) => ({ tensor, name: 'x', requireFinite: false }))
  const { phases } = planOf(inputs, [{ name: 'p', outputs: graph(tensors), updates: [] }], ON)
  return phases[0]?.nodes.filter(({ op }) => op === 'relu' || op === 'leakyRelu').length ?? -1
}

async function expectEqual(graph: Graph, data: readonly NDArray[]): Promise<NDArray[]> {
  const run = (optimisations: typeof ON): Promise<NDArray[]> =>
    evaluate(data, graph, { allKnown: true, optimisations })
  const [on, off] = [await run(ON), await run(OFF)]
  on.forEach(({ data: values }, i) => expect(values).toEqual(off[i]?.data))
  return on
}

function dataOf(rows: number, inputs: number, outputs: number): NDArray[] {
  random.seed(41)
  return [
    random.normal(0, 1, [rows, inputs]),
    random.normal(0, inputs ** -0.5, [inputs, outputs]),
    random.normal(0, 1, [outputs]),
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
  const [x, kernel, bias] = dataOf(32, 128, 160) as [NDArray, NDArray, NDArray]
  x.data.set([Infinity, -Infinity, NaN])
  const odd = new NDArray(Float32Array.from(bias.data), bias.shape)
  odd.data.set([Infinity, -Infinity, NaN, -0], 3)
  await expectEqual(graphOf(activation), [x, kernel, odd])
})

test('stays apart where the sign of its result says nothing, or others need what it was made of', () => {
  const shapes = [[32, 128], [128, 160], [160]]
  expect(
    activationsLeft(
      graphOf((x) => ops.leakyRelu(x, -0.5)),
      shapes,
    ),
  ).toBe(1)
  const both: Activation = (x) => ops.add(ops.leakyRelu(x, 0.2), ops.tanh(x))
  expect(activationsLeft(graphOf(both), shapes)).toBe(1)
  expect(
    activationsLeft(
      graphOf((x) => ops.relu(x)),
      [[32, 20], [20, 30], [30]],
    ),
  ).toBe(1)
})
