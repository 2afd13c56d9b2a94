/** Drops nodes whose results nobody uses. */
import type { Plan, PlanPhase, ValueId } from '../plan'

export function removeDeadCode(plan: Plan): Plan {
  const needed = new Set<ValueId>(plan.outputs)
  // Backwards, since a phase may use what an earlier one computed.
  const phases = [...plan.phases].reverse().map((phase) => livePart(phase, needed))
  return { ...plan, phases: phases.reverse() }
}

function livePart(phase: PlanPhase, needed: Set<ValueId>): PlanPhase {
  for (const update of phase.updates) update.inputs.forEach((value) => needed.add(value))
  const nodes = [...phase.nodes].reverse().filter((node) => {
    if (!node.outputs.some((value) => needed.has(value))) return false
    node.inputs.forEach((value) => needed.add(value))
    return true
  })
  const weights = phase.weights.filter(({ value }) => needed.has(value))
  return { ...phase, nodes: nodes.reverse(), weights }
}
