/**
 * Marks the nodes that autograd must record: those on a way from an x to a y of a later `gradients`
 * node. A marked `gradients` node is itself differentiated later (a gradient penalty).
 */
import { PlanError } from '../../errors'
import type { Plan, PlanNode, ValueId } from '../plan'

export function markDifferentiable(plan: Plan): Plan {
  const nodes = plan.phases.flatMap((phase) => phase.nodes)
  const marked = new Set<PlanNode>()
  const retaining = new Set<PlanNode>()
  const ways: { end: PlanNode; way: ReadonlySet<PlanNode> }[] = []
  nodes.forEach((node, position) => {
    if (node.op !== 'gradients') return
    const { ys, xs } = gradientEnds(node)
    const way = new Set(nodesBetween(nodes.slice(0, position), xs, ys))
    way.forEach((between) => marked.add(between))
    // What autograd saved is freed by the last that goes there.
    for (const earlier of ways) {
      if ([...way].some((between) => earlier.way.has(between))) retaining.add(earlier.end)
    }
    ways.push({ end: node, way })
  })
  const mark = (node: PlanNode): PlanNode => {
    const { attributes } = node
    return {
      ...node,
      differentiable: marked.has(node),
      attributes: retaining.has(node) ? { ...attributes, retain: true } : attributes,
    }
  }
  const phases = plan.phases.map((phase) => ({ ...phase, nodes: phase.nodes.map(mark) }))
  return { ...plan, phases }
}

/** The ys and xs of a `gradients` node. */
export function gradientEnds(node: PlanNode): { ys: readonly ValueId[]; xs: readonly ValueId[] } {
  const count = node.attributes.ys
  if (typeof count !== 'number')
    throw new PlanError('plan', 'a gradients node lacks its count of ys')
  return { ys: node.inputs.slice(0, count), xs: node.inputs.slice(count) }
}

/** Nodes that depend on one of `from` and that one of `to` depends on; the last one first. */
export function nodesBetween(
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
