/**
 * Where every op between the ends of a `gradients` node has a rule, the gradients are computed by
 * nodes like all others. libtorch's autograd, which records and walks a graph in each run, costs
 * more than the whole arithmetic of a small model.
 */
import { nodesBetween, gradientEnds } from './differentiable'
import { gradientRule, NodeWriter } from './gradient_rules'
import type { Plan, PlanNode, PlanPhase, ValueId } from '../plan'

const ones = { value: 1, dtype: 'float32' }
const zeros = { value: 0, dtype: 'float32' }

export function writeGradients(plan: Plan): Plan {
  return plan.phases.reduce((current, _, i) => {
    const phase = current.phases[i] as PlanPhase
    const [node, ...others] = phase.nodes.filter(({ op }) => op === 'gradients')
    // Several of them: one may be differentiated by another.
    if (!node || others.length > 0) return current
    const written = backwardNodes(current, phase, node)
    if (!written) return current
    const nodes = phase.nodes.flatMap((each) => (each === node ? written.nodes : [each]))
    const phases = current.phases.map((each) => (each === phase ? { ...phase, nodes } : each))
    return { ...current, values: written.values, phases }
  }, plan)
}

/** What computes the outputs of a `gradients` node; nothing where a rule is missing. */
function backwardNodes(plan: Plan, phase: PlanPhase, node: PlanNode): NodeWriter | undefined {
  const { ys, xs } = gradientEnds(node)
  const [y] = ys
  if (y === undefined || ys.length > 1) return undefined
  const earlier = phase.nodes.slice(0, phase.nodes.indexOf(node))
  const path = nodesBetween(earlier, xs, [y])
  const reached = new Set([...xs, ...path.flatMap(({ outputs }) => outputs)])
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
  for (const step of path) {
    const wants = step.inputs.map((id) => reached.has(id))
    const rule = gradientRule(plan, step, wants)
    const [output] = step.outputs as [ValueId]
    const g = gradients.get(output)
    if (!rule || g === undefined || step.outputs.length > 1) return undefined
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
