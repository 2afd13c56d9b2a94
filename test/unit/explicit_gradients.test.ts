/** Which gradients are written as nodes, and which are left to autograd. */
import { ops } from '../../lib'
import type { SymbolicTensor } from '../../lib/graph/tensor'
import { Weight } from '../../lib/graph/weight'
import { writeGradients } from '../../lib/plan/passes/explicit_gradients'
import { assignment, type GraphPhase, type Plan } from '../../lib/plan/plan'
import { applied, input, planOf } from './plan_of'

function opsOf(plan: Plan): string[][] {
  return plan.phases.map(({ nodes }) => nodes.map(({ op }) => op))
}

function weight(name: string): Weight {
  return new Weight({ name, shape: [2], initialize: () => ops.zeros([2]) })
}

describe('what an earlier phase computed from a weight', () => {
  /** y = x w in the first phase, which then changes `changed`; its gradient by x in the second. */
  function planWith(w: Weight, changed: Weight): Plan {
    const x = input([2])
    const y = ops.square(ops.mul(x, w.tensor))
    const first: Partial<GraphPhase> = {
      outputs: [y],
      updates: [assignment(changed, ops.neg(x))],
      continues: true,
    }
    return applied(writeGradients, planOf(first, ops.gradients(ops.sum(y), [x])))
  }

  it('is differentiated by nodes while the weight is what it was', () => {
    const plan = planWith(weight('w'), weight('other'))
    expect(opsOf(plan)[1]).toEqual(['sum', 'fullLike', 'sumGradient', 'squareGradient', 'mul'])
  })

  it('is left to autograd once it has changed', () => {
    const w = weight('w')
    expect(opsOf(planWith(w, w))[1]).toEqual(['sum', 'gradients'])
  })
})

describe('a batch normalization', () => {
  const gamma = input([3])
  const normed = (x: SymbolicTensor) =>
    ops.batchNormTraining(x, { gamma, beta: undefined, epsilon: 1e-3 })

  it('has one node for the gradients of its input and parameters', () => {
    const x = input([4, 3])
    const results = ops.gradients(ops.sum(normed(x).y), [x, gamma])
    const [nodes] = opsOf(applied(writeGradients, planOf(results)))
    expect(nodes?.slice(1)).toEqual(['sum', 'fullLike', 'sumGradient', 'batchNormGradient'])
  })

  it('is left to autograd where its statistics are used on the way', () => {
    const x = input([4, 3])
    const { y, mean } = normed(x)
    const results = ops.gradients(ops.sum(ops.add(ops.sum(y, 0), mean)), [x])
    const [nodes] = opsOf(applied(writeGradients, planOf(results)))
    expect(nodes).toContain('gradients')
  })

  it('is left to autograd where a dropout was joined to it', () => {
    const x = input([4, 3])
    const plan = planOf(ops.gradients(ops.sum(normed(x).y), [x]))
    const phases = plan.phases.map((phase) => ({
      ...phase,
      nodes: phase.nodes.map((node) =>
        node.op === 'batchNormTraining'
          ? { ...node, attributes: { ...node.attributes, rate: 0.5 } }
          : node,
      ),
    }))
    const [nodes] = opsOf(applied(writeGradients, { ...plan, phases }))
    expect(nodes).toContain('gradients')
  })
})
