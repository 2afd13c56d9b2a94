/** Which nodes the pass for normalisation, activation and dropout makes one of. */
import { ops, type SymbolicTensor } from '../../lib/index'
import { placeholder } from '../../lib/graph/tensor'
import { planOf } from '../../lib/program'

type Unary = (x: SymbolicTensor) => SymbolicTensor

const norm: Unary = (x) => ops.batchNormTraining(x, { epsilon: 1e-3 }).y
const leaky: Unary = (x) => ops.leakyRelu(x, 0.1)
const drop: Unary = (x) => ops.dropout(x, 0.25)

/** The nodes of a program that computes these results, without those that make noise for it. */
function nodesOf(describe: (x: SymbolicTensor) => SymbolicTensor[]): string[] {
  const x = placeholder('x', { shape: [null, 4, 4, 3], dtype: 'float32' })
  const inputs = [{ tensor: x, name: 'x', requireFinite: false }]
  const plan = planOf(inputs, [{ name: 'test', outputs: describe(x), updates: [] }])
  return plan.phases.flatMap((phase) =>
    phase.nodes.map(({ op, attributes: { slope, rate } }) =>
      [op, slope === undefined ? '' : ` ${String(slope)}`, rate === undefined ? '' : ' drops'].join(
        '',
      ),
    ),
  )
}

describe('joins', () => {
  const moving: Unary = (x) =>
    ops.batchNormInference(x, ops.zeros([3]), ops.ones([3]), { epsilon: 1e-3 })

  test.each<[string, Unary, string]>([
    ['norm, relu', (x) => ops.relu(norm(x)), 'batchNormTraining 0'],
    ['norm, leaky relu', (x) => leaky(norm(x)), 'batchNormTraining 0.1'],
    ['norm, dropout', (x) => drop(norm(x)), 'batchNormTraining drops'],
    ['norm, relu, dropout', (x) => drop(ops.relu(norm(x))), 'batchNormTraining 0 drops'],
    ['leaky relu, dropout', (x) => drop(leaky(x)), 'dropout 0.1 drops'],
  ])('%s', (_, f, expected) => {
    expect(nodesOf((x) => [f(x)])).toEqual([expected])
  })

  test('with given statistics too', () => {
    expect(nodesOf((x) => [drop(ops.relu(moving(x)))])).toContain('batchNormInference 0 drops')
  })

  test('each thing once', () => {
    expect(nodesOf((x) => [leaky(drop(leaky(leaky(norm(x)))))])).toEqual([
      'batchNormTraining 0.1',
      'dropout 0.1 drops',
      'leakyRelu 0.1',
    ])
  })
})

describe('leaves alone', () => {
  test('other activations', () => {
    expect(nodesOf((x) => [ops.tanh(norm(x))])).toEqual(['batchNormTraining', 'tanh'])
  })

  test('what somebody else wants too', () => {
    const both = (x: SymbolicTensor): SymbolicTensor[] => {
      const y = norm(x)
      return [ops.relu(y), y]
    }
    expect(nodesOf(both)).toEqual(['batchNormTraining', 'relu'])
    const gradient = (x: SymbolicTensor): SymbolicTensor[] => {
      const y = leaky(x)
      return ops.gradients(ops.sum(drop(y)), [y])
    }
    expect(nodesOf(gradient)).toEqual(['leakyRelu 0.1', 'dropout drops', 'sum', 'gradients'])
  })

  test('a dropout that would take its random numbers before others', () => {
    const between = (x: SymbolicTensor): SymbolicTensor[] => {
      const { y, mean } = ops.batchNormTraining(x, { epsilon: 1e-3 })
      return [ops.add(mean, ops.randomNormal([3])), drop(leaky(y))]
    }
    expect(nodesOf(between)).toEqual([
      'batchNormTraining 0.1',
      'randomNormal',
      'add',
      'dropout drops',
    ])
  })
})
