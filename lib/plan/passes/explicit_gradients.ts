/**
 * Where every op between the ends of a `gradients` node has a rule, the gradients are computed by
 * nodes like all others. libtorch's autograd, which records and walks a graph in each run, costs
 * more than the whole arithmetic of a small model.
 */
import { nodesBetween, gradientEnds } from './differentiable'
import { gradientRule, NodeWriter } from './gradient_rules'
import type { Plan, PlanNode, ValueId } from '../plan'

const ones = { value: 1, dtype: 'float32' }
const zeros = { value: 0, dtype: 'float32' }

export function writeGradients(plan: Plan): Plan {
  const nodes = plan.phases.flatMap((phase) => phase.nodes)
  const ways = new Map(
    nodes.flatMap((node, position) => {
      if (node.op !== 'gradients') return []
      const { ys, xs } = gradientEnds(node)
      return [[node, nodesBetween(nodes.slice(0, position), xs, ys)] as const]
    }),
  )
  // What is itself differentiated needs autograd.
  const isInner = (node: PlanNode): boolean => [...ways.values()].some((way) => way.includes(node))
  let { values } = plan
  const phases = plan.phases.map((phase, index) => {
    const written = phase.nodes.flatMap((node) => {
      const way = ways.get(node)
      if (!way || isInner(node) || hasChanged(plan, index, way)) return [node]
      const writer = backwardNodes({ ...plan, values }, node, way)
      if (!writer) return [node]
      values = writer.values
      return writer.nodes
    })
    return { ...phase, nodes: written }
  })
  return { ...plan, values, phases }
}

/**
 * Whether weights have changed since an earlier phase computed a part of `way` from them: the values
 * that the way back needs may lie in their memory. That is left to autograd, which notices.
 */
function hasChanged(plan: Plan, index: number, way: readonly PlanNode[]): boolean {
  const earlier = plan.phases.slice(0, index)
  const makers = new Map<ValueId, PlanNode>()
  for (const { nodes } of earlier) {
    for (const node of nodes) node.outputs.forEach((output) => makers.set(output, node))
  }
  const needed = new Set<ValueId>()
  const need = (node: PlanNode): void => {
    for (const value of node.inputs) {
      if (needed.has(value)) continue
      needed.add(value)
      const maker = makers.get(value)
      if (maker) need(maker)
    }
  }
  way.filter((node) => node.outputs.some((output) => makers.has(output))).forEach(need)
  const used = new Set<number>()
  return earlier.some(({ weights, updates }) => {
    for (const { value, weight } of weights) if (needed.has(value)) used.add(weight)
    return updates.some((update) => [...update.weights, ...update.slots].some((id) => used.has(id)))
  })
}

/** What computes the outputs of a `gradients` node; nothing where a rule is missing. */
function backwardNodes(
  plan: Plan,
  node: PlanNode,
  way: readonly PlanNode[],
): NodeWriter | undefined {
  const { ys, xs } = gradientEnds(node)
  const [y] = ys
  if (y === undefined || ys.length > 1) return undefined
  const reached = new Set([...xs, ...way.flatMap(({ outputs }) => outputs)])
  const writer = new NodeWriter(plan)
  const gradients = new Map<ValueId, ValueId>()
  const add = (value: ValueId, part: ValueId): void => {
    const sum = gradients.get(value)
    gradients.set(
      value,
      sum === undefined ? part : writer.emit('add', [sum, part], value, node.scope),
    )
  }
  if (reached.has(y)) add(y, writer.emit('fullLike', [y], y, node.scope, ones))
  for (const step of way) {
    const wants = step.inputs.map((id) => reached.has(id))
    const rule = gradientRule(plan, step, wants)
    const [output] = step.outputs as [ValueId]
    const g = gradients.get(output)
    const others = step.outputs.slice(1)
    if (!rule || g === undefined || others.some((id) => gradients.has(id))) return undefined
    const parts = rule({ node: step, y: output, g, wants, writer })
    step.inputs.forEach((id, i) => {
      const part = parts[i]
      if (wants[i] && part !== undefined) add(id, part)
    })
  }
  return finished(writer, node, xs, gradients)
}

/** Gives the results the numbers that the `gradients` node gave them. */
function finished(
  writer: NodeWriter,
  node: PlanNode,
  xs: readonly ValueId[],
  gradients: ReadonlyMap<ValueId, ValueId>,
): NodeWriter | undefined {
  const renamed = new Map<ValueId, ValueId>()
  for (const [i, x] of xs.entries()) {
    const made = gradients.get(x) ?? writer.emit('fullLike', [x], x, node.scope, zeros)
    // The same gradient for two weights, or one that a value before it has too.
    if (renamed.has(made)) return undefined
    renamed.set(made, node.outputs[i] as ValueId)
  }
  const change = (id: ValueId): ValueId => renamed.get(id) ?? id
  writer.nodes.forEach((each, i) => {
    const inputs = each.inputs.map(change)
    writer.nodes[i] = { ...each, inputs, outputs: each.outputs.map(change) }
  })
  return writer
}
