/**
 * Marks the nodes that autograd must record: those on a way from an x to a y of a later `gradients`
 * node. A marked `gradients` node is itself differentiated later (a gradient penalty).
 */
import { PlanError } from '../../errors'
import type { Plan, PlanNode, PlanPhase, ValueId } from '../plan'

export function markDifferentiable(plan: Plan): Plan {
  return { ...plan, phases: plan.phases.map(markPhase) }
}

/** The ys and xs of a `gradients` node. */
export function gradientEnds(node: PlanNode): { ys: readonly ValueId[]; xs: readonly ValueId[] } {
  const count = node.attributes.ys
  if (typeof count !== 'number')
    throw new PlanError('plan', 'a gradients node lacks its count of ys')
  return { ys: node.inputs.slice(0, count), xs: node.inputs.slice(count) }
}

function markPhase(phase: PlanPhase): PlanPhase {
  const marked = new Set<PlanNode>()
  phase.nodes.forEach((node, position) => {
    if (node.op !== 'gradients') return
    const { ys, xs } = gradientEnds(node)
    const earlier = phase.nodes.slice(0, position)
    for (const between of nodesBetween(earlier, xs, ys)) marked.add(between)
  })
  const nodes = phase.nodes.map((node) => ({ ...node, differentiable: marked.has(node) }))
  return { ...phase, nodes }
}

/** Nodes that depend on one of `from` and that one of `to` depends on. */
function nodesBetween(
  nodes: readonly PlanNode[],
  from: readonly ValueId[],
  to: readonly ValueId[],
): PlanNode[] {
  const dependent = new Set(from)
  const downstream = nodes.filter((node) => {
    if (node.op === 'stopGradient') return false
    if (!node.inputs.some((value) => dependent.has(value))) return false
    node.outputs.forEach((value) => dependent.add(value))
    return true
  })
  const needed = new Set(to)
  return downstream.reverse().filter((node) => {
    if (!node.outputs.some((value) => needed.has(value))) return false
    node.inputs.forEach((value) => needed.add(value))
    return true
  })
}
