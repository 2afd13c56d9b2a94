/** What is computed twice is computed once, as long as it is the same. */
import { ops } from '../../lib'
import { placeholder, type SymbolicTensor } from '../../lib/graph/tensor'
import { Weight } from '../../lib/graph/weight'
import { lower } from '../../lib/plan/lower'
import { shareCommonSubexpressions } from '../../lib/plan/passes/common_subexpressions'
import { markDifferentiable } from '../../lib/plan/passes/differentiable'
import { assignment, type GraphPhase, type Plan } from '../../lib/plan/plan'
import { validatePlan } from '../../lib/plan/validate'

const x = placeholder('x', { shape: [null, 2], dtype: 'float32' })
const inputs = [{ tensor: x, name: 'x', requireFinite: false }]

function weight(): Weight {
  return new Weight({ name: 'w', shape: [2], initialize: () => ops.zeros([2]) })
}

function phase(
  name: string,
  outputs: SymbolicTensor[],
  more: Partial<GraphPhase> = {},
): GraphPhase {
  return { name, outputs, updates: [], ...more }
}

/** The ops of each phase after the pass. */
function opsOf(phases: readonly GraphPhase[]): string[][] {
  return shared(phases).phases.map(({ nodes }) => nodes.map(({ op }) => op))
}

function shared(phases: readonly GraphPhase[]): Plan {
  return validatePlan(shareCommonSubexpressions(lower(inputs, phases)))
}

describe('common subexpressions', () => {
  it('are shared in a phase, where attributes are equal', () => {
    const sums = [ops.sum(x, 1), ops.sum(x, 1), ops.sum(x, 0)]
    expect(opsOf([phase('one', sums)])).toEqual([['sum', 'sum']])
    expect(shared([phase('one', sums)]).outputs).toEqual([1, 1, 3])
  })

  it('are shared by phases between which no weight in them changes', () => {
    const [w, other] = [weight(), weight()]
    const product = (): SymbolicTensor => ops.mul(x, w.tensor)
    const change = { updates: [assignment(other, ops.mean(x, 0))] }
    const plan = shared([
      phase('one', [ops.exp(product())], change),
      phase('two', [ops.log(product())]),
    ])
    expect(plan.phases.map(({ nodes }) => nodes.map(({ op }) => op))).toEqual([
      ['mul', 'exp', 'mean'],
      ['log'],
    ])
    expect(plan.phases[1]?.weights).toEqual([])
  })

  it('are computed again once a weight in them has changed', () => {
    const w = weight()
    const product = (): SymbolicTensor => ops.mul(x, w.tensor)
    const change = { updates: [assignment(w, ops.mean(x, 0))] }
    const phases = [phase('one', [product()], change), phase('two', [product()])]
    expect(opsOf(phases)).toEqual([['mul', 'mean'], ['mul']])
  })

  it('are not random, unless a seed fixes them', () => {
    const seeded = (): SymbolicTensor => ops.randomUniform([2], { seed: 1 })
    const free = (): SymbolicTensor => ops.randomUniform([2])
    expect(opsOf([phase('one', [seeded(), seeded(), free(), free()])])).toEqual([
      ['randomUniform', 'randomUniform', 'randomUniform'],
    ])
  })

  it('are recorded in the phase that computes them for the gradients of a later one', () => {
    const w = weight()
    const product = (): SymbolicTensor => ops.mul(x, w.tensor)
    const gradient = ops.gradients(ops.square(product()), [w.tensor])
    const plan = markDifferentiable(
      shared([phase('one', [ops.exp(product())]), phase('two', gradient)]),
    )
    const marks = plan.phases.flatMap(({ nodes }) =>
      nodes.map(({ op, differentiable }) => [op, differentiable]),
    )
    expect(marks).toEqual([
      ['mul', true],
      ['exp', false],
      ['square', true],
      ['gradients', false],
    ])
  })
})
