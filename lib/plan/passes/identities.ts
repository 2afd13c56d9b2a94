/**
 * Leaves out nodes that give what they get or undo each other, and joins reshapes, transposes, casts
 * and reductions that follow one another. Every result keeps every bit.
 */
import type { Plan, PlanNode, PlanPhase, ValueId } from '../plan'
import { Uses } from '../uses'
import { gradientEnds } from './differentiable'
import { simpler, type Simplifiable } from './identity_rules'

export function removeIdentities(plan: Plan): Plan {
  const fixed = fixedValues(plan)
  return { ...plan, phases: plan.phases.map((phase) => simplified(plan, phase, fixed)) }
}

/** Values that must stay what they are: no other stands for them, and none is computed past them. */
function fixedValues(plan: Plan): ReadonlySet<ValueId> {
  const uses = new Uses(plan)
  const fixed = new Set<ValueId>()
  for (const { nodes } of plan.phases) {
    const here = new Set(nodes)
    for (const node of nodes) {
      // Results, updates and later phases may see a weight's memory when it has changed.
      const isLate = (value: ValueId): boolean =>
        uses.isKept(value) || uses.nodesOf(value).some((user) => !here.has(user))
      node.outputs.filter(isLate).forEach((value) => fixed.add(value))
      // A derivative by a value is one by what goes through it.
      if (node.op !== 'gradients') continue
      const { ys, xs } = gradientEnds(node)
      for (const value of [...ys, ...xs]) fixed.add(value)
    }
  }
  return fixed
}

function simplified(plan: Plan, phase: PlanPhase, fixed: ReadonlySet<ValueId>): PlanPhase {
  const replaced = new Map<ValueId, ValueId>()
  const producers = new Map<ValueId, PlanNode>()
  const scope: Simplifiable = {
    valueOf: (value) => plan.values[value],
    producerOf: (value) => (fixed.has(value) ? undefined : producers.get(value)),
    constantOf: (value) => producers.get(value),
  }
  const nodes = phase.nodes.flatMap((given) => {
    let node: PlanNode = {
      ...given,
      inputs: given.inputs.map((value) => replaced.get(value) ?? value),
    }
    const [output] = node.outputs as [ValueId]
    for (let next = simpler(node, scope); next !== undefined; next = simpler(node, scope)) {
      if (typeof next === 'object') node = next
      else if (fixed.has(output)) break
      else {
        replaced.set(output, next)
        return []
      }
    }
    for (const value of node.outputs) producers.set(value, node)
    return [node]
  })
  return { ...phase, nodes }
}
