/**
 * On the way back a batch normalisation applies the gradient of the LeakyReLU that made its input:
 * it looks at that input anyway, whose sign is that of what LeakyReLU made it of.
 */
import type { Plan, PlanNode, PlanPhase, ValueId } from '../plan'
import { Uses } from '../uses'

export function fuseNormGradients(plan: Plan): Plan {
  const uses = new Uses(plan)
  const nodes = plan.phases.flatMap((phase) => phase.nodes)
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((value) => [value, node])))
  return { ...plan, phases: plan.phases.map((phase) => fusePhase(phase, uses, makers)) }
}

function fusePhase(
  phase: PlanPhase,
  uses: Uses,
  makers: ReadonlyMap<ValueId, PlanNode>,
): PlanPhase {
  const joined = new Set<PlanNode>()
  const nodes = phase.nodes.map((node) => {
    const follower = activationGradientOf(node, uses, makers)
    if (!follower || !phase.nodes.includes(follower)) return node
    joined.add(follower)
    const attributes = { ...node.attributes, inputSlope: follower.attributes.slope as number }
    return { ...node, outputs: [...follower.outputs, ...node.outputs.slice(1)], attributes }
  })
  return { ...phase, nodes: nodes.filter((node) => !joined.has(node)) }
}

/** The gradient of a LeakyReLU that alone takes that of a batch normalisation's input. */
function activationGradientOf(
  node: PlanNode,
  uses: Uses,
  makers: ReadonlyMap<ValueId, PlanNode>,
): PlanNode | undefined {
  const [dx] = node.outputs as [ValueId]
  const [, x] = node.inputs as [ValueId, ValueId]
  const [follower, ...others] = uses.nodesOf(dx)
  const isAlone = follower && others.length === 0 && !uses.isKept(dx)
  if (node.op !== 'batchNormGradient' || node.attributes.inputSlope !== undefined) return undefined
  if (!isAlone || follower.op !== 'leakyReluGradient' || follower.inputs[0] !== dx) return undefined
  const slope = follower.attributes.slope as number
  if (follower.inputs[1] === x) return follower
  const maker = makers.get(x)
  const isOfIt =
    maker?.op === 'leakyRelu' &&
    maker.inputs[0] === follower.inputs[1] &&
    maker.attributes.slope === slope &&
    slope > 0
  return isOfIt ? follower : undefined
}
