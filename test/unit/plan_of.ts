/** Plans of a few ops for tests of passes. */
import type { DType } from '../../binding'
import { placeholder, type SymbolicTensor } from '../../lib/graph/tensor'
import { topologicalOrder } from '../../lib/graph/walk'
import { lower } from '../../lib/plan/lower'
import type { GraphPhase, Pass, Plan } from '../../lib/plan/plan'
import { validatePlan } from '../../lib/plan/validate'

export function input(shape: (number | null)[], dtype: DType = 'float32'): SymbolicTensor {
  return placeholder('x', { shape, dtype })
}

/** A plan with a phase for each list of outputs; inputs are found by themselves. */
export function planOf(...phases: (SymbolicTensor[] | Partial<GraphPhase>)[]): Plan {
  const graphs = phases.map((phase, i): GraphPhase => {
    const given = Array.isArray(phase) ? { outputs: phase } : phase
    return { name: `phase ${i}`, outputs: [], updates: [], ...given }
  })
  const roots = graphs.flatMap(({ outputs, updates }) => [
    ...outputs,
    ...updates.flatMap((update) => update.inputs),
  ])
  const inputs = topologicalOrder(roots).filter(({ operation }) => operation.kind === 'input')
  return lower(
    inputs.map(({ outputs }) => ({
      tensor: outputs[0] as SymbolicTensor,
      name: 'x',
      requireFinite: false,
    })),
    graphs,
  )
}

/** What the pass makes of a plan: a legal one, and the given one stays as it is. */
export function applied(pass: Pass, plan: Plan): Plan {
  const before = JSON.stringify(plan)
  const result = validatePlan(pass(plan))
  expect(JSON.stringify(plan)).toBe(before)
  return result
}

export function opsOf(plan: Plan): string[] {
  return plan.phases.flatMap(({ nodes }) => nodes.map(({ op }) => op))
}
