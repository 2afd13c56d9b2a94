/** Notes at each node which values are used there for the last time, so that memory is freed early. */
import type { Plan, PlanNode, PlanPhase, ValueId } from '../plan'
import { usedAfterNodes } from '../plan'

export function releaseEarly(plan: Plan): Plan {
  const phases = plan.phases.map((phase) => releasePhase(phase, usedAfterNodes(plan, phase)))
  return { ...plan, phases }
}

function releasePhase(phase: PlanPhase, kept: ReadonlySet<ValueId>): PlanPhase {
  const seen = new Set(kept)
  const nodes = [...phase.nodes].reverse().map((node): PlanNode => {
    const release = [...new Set([...node.inputs, ...node.outputs])].filter(
      (value) => !seen.has(value),
    )
    release.forEach((value) => seen.add(value))
    return { ...node, release }
  })
  return { ...phase, nodes: nodes.reverse() }
}
