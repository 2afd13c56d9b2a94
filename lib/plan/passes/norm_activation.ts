/**
 * A ReLU or LeakyReLU behind a training batch normalisation is done by the same kernel: it reads
 * and writes the activations once less on the way there, and three times less on the way back.
 */
import type { Plan, PlanNode, PlanPhase, ValueId } from '../plan'
import { usesAfterNodes } from '../plan'

export function fuseNormActivation(plan: Plan): Plan {
  const usedAfter = usesAfterNodes(plan)
  return { ...plan, phases: plan.phases.map((phase, i) => fusePhase(phase, usedAfter(i))) }
}

function fusePhase(phase: PlanPhase, isNeeded: (value: ValueId) => boolean): PlanPhase {
  const consumers = new Map<ValueId, PlanNode[]>()
  for (const node of phase.nodes) {
    for (const id of node.inputs) consumers.set(id, [...(consumers.get(id) ?? []), node])
  }
  const joined = new Set<PlanNode>()
  const nodes = phase.nodes.map((node): PlanNode => {
    const [y, ...statistics] = node.outputs as [ValueId]
    const [activation, ...others] = consumers.get(y) ?? []
    const slope = activation && slopeOf(activation)
    if (node.op !== 'batchNormTraining' || slope === undefined) return node
    if (others.length > 0 || isNeeded(y)) return node
    joined.add(activation as PlanNode)
    const outputs = [(activation as PlanNode).outputs[0] as ValueId, ...statistics]
    return { ...node, outputs, attributes: { ...node.attributes, slope } }
  })
  return { ...phase, nodes: nodes.filter((node) => !joined.has(node)) }
}

/** By what an activation multiplies negative numbers; undefined for other ops. */
function slopeOf({ op, attributes }: PlanNode): number | undefined {
  if (op === 'relu') return 0
  return op === 'leakyRelu' && typeof attributes.slope === 'number' ? attributes.slope : undefined
}
