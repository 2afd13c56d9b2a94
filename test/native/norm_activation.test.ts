/** The batch normalisation kernel, alone and with an activation, against the same from plain ops. */
import { type NDArray, ops, random, type SymbolicTensor } from '../../lib/index'
import { placeholder } from '../../lib/graph/tensor'
import { planOf } from '../../lib/program'
import { evaluate } from './evaluate'
import { expectClose, largest } from './tolerance'

const EPSILON = 1e-3

/** Batch normalisation from elementary ops, each differentiable by libtorch itself. */
function plainNorm(x: SymbolicTensor, gamma: SymbolicTensor, beta: SymbolicTensor): SymbolicTensor {
  const axes = [...x.shape.keys()].slice(0, -1)
  const centered = ops.sub(x, ops.mean(x, axes, true))
  const variance = ops.mean(ops.square(centered), axes, true)
  const normalized = ops.div(centered, ops.sqrt(ops.add(variance, EPSILON)))
  return ops.add(ops.mul(normalized, gamma), beta)
}

type Activation = (x: SymbolicTensor) => SymbolicTensor

const ACTIVATIONS: readonly (readonly [string, Activation])[] = [
  ['no activation', (x) => x],
  ['relu', ops.relu],
  ['leaky relu', (x) => ops.leakyRelu(x, 0.2)],
]

describe('joins an activation', () => {
  function opsOf(activation: Activation, wantsBoth = false): string[] {
    const x = placeholder('x', { shape: [null, 4, 4, 3], dtype: 'float32' })
    const { y } = ops.batchNormTraining(x, { epsilon: EPSILON })
    const outputs = wantsBoth ? [activation(y), y] : [activation(y)]
    const inputs = [{ tensor: x, name: 'x', requireFinite: false }]
    const plan = planOf(inputs, [{ name: 'test', outputs, updates: [] }])
    return plan.phases.flatMap((phase) => phase.nodes.map((node) => node.op))
  }

  test('where the activation alone follows', () => {
    expect(opsOf(ops.relu)).toEqual(['batchNormTraining'])
    expect(opsOf((x) => ops.leakyRelu(x, 0.1))).toEqual(['batchNormTraining'])
  })

  test('not another activation, and not where the normalised values are wanted too', () => {
    expect(opsOf(ops.tanh)).toEqual(['batchNormTraining', 'tanh'])
    expect(opsOf(ops.relu, true)).toEqual(['batchNormTraining', 'relu'])
  })
})

describe.each(ACTIVATIONS)('with %s', (_, activation) => {
  const shapes = [
    [6, 3],
    [2, 3, 5],
    [3, 7, 5, 20],
    [2, 1, 1, 600],
    [5, 40, 33, 3],
  ]

  async function compare(
    shape: readonly number[],
    graph: (norm: Activation, tensors: SymbolicTensor[]) => SymbolicTensor[],
  ): Promise<void> {
    random.seed(shape.length + (shape.at(-1) as number))
    const channels = shape.at(-1) as number
    const data = [
      random.normal(0.5, 2, shape),
      random.normal(1, 0.2, [channels]),
      random.normal(0, 0.5, [channels]),
      random.normal(0, 1, shape),
    ]
    const run = (isKernel: boolean): Promise<NDArray[]> =>
      evaluate(
        data,
        (tensors) => {
          const [, gamma, beta] = tensors as [SymbolicTensor, SymbolicTensor, SymbolicTensor]
          const norm = (x: SymbolicTensor): SymbolicTensor =>
            isKernel
              ? ops.batchNormTraining(x, { gamma, beta, epsilon: EPSILON }).y
              : plainNorm(x, gamma, beta)
          return graph(norm, tensors)
        },
        { allKnown: true },
      )
    const [kernel, plain] = [await run(true), await run(false)]
    kernel.forEach((array, i) => {
      const expected = plain[i] as NDArray
      // Both round; over this many terms with random sign, and once more in every derivative.
      const drift = Math.sqrt(expected.size) * 2 ** -22 * largest(expected)
      expectClose(
        `result ${i} of ${String(shape)}`,
        array,
        expected,
        Math.max(drift, 2 ** -20 * largest(expected)),
      )
    })
  }

  test.each(shapes.map((shape) => [shape]))('values and gradients, %j', async (shape) => {
    await compare(shape, (norm, tensors) => {
      const y = activation(norm(tensors[0] as SymbolicTensor))
      const scalar = ops.sum(ops.mul(y, tensors[3] as SymbolicTensor))
      return [y, ...ops.gradients(scalar, tensors.slice(0, 3))]
    })
  })

  test.each(shapes.map((shape) => [shape]))('second derivatives, %j', async (shape) => {
    await compare(shape, (norm, tensors) => {
      const [x, , , r] = tensors as [SymbolicTensor, unknown, unknown, SymbolicTensor]
      const y = activation(norm(x))
      const [dx] = ops.gradients(ops.sum(ops.mul(ops.square(y), r)), [x]) as [SymbolicTensor]
      return ops.gradients(ops.sum(ops.square(dx)), tensors.slice(0, 3))
    })
  })
})
