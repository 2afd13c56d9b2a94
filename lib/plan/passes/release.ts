/** Notes at each node which values are used there for the last time, so that memory is freed early. */
import type { Plan, PlanNode, PlanPhase, ValueId } from '../plan'
import { usesAfterNodes } from '../plan'

export function releaseEarly(plan: Plan): Plan {
  const usedAfter = usesAfterNodes(plan)
  const phases = plan.phases.map((phase, i) => releasePhase(phase, usedAfter(i)))
  return { ...plan, phases }
}

function releasePhase(phase: PlanPhase, isKept: (value: ValueId) => boolean): PlanPhase {
  const seen = new Set<ValueId>()
  const nodes = [...phase.nodes].reverse().map((node): PlanNode => {
    const release = [...new Set([...node.inputs, ...node.outputs])].filter(
      (value) => !seen.has(value) && !isKept(value),
    )
    release.forEach((value) => seen.add(value))
    return { ...node, release }
  })
  return { ...phase, nodes: nodes.reverse() }
}
