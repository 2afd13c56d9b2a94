/**
 * A dense layer applies the ReLU or LeakyReLU behind it itself, while its results are in registers.
 * LeakyReLU's gradient then looks at the result, whose sign is that of what it was made of. On the
 * way back a dense layer applies the gradient of the activation that made its input.
 */
import type { Plan, PlanNode, ValueId } from '../plan'
import { Uses } from '../uses'
import { isLarge } from './dense_update'
import { slopeOf } from './norm_activation_dropout'

export function fuseDenseActivation(plan: Plan): Plan {
  // Autograd, which these are left to, would keep both the results and what they were made of.
  if (plan.phases.some(({ nodes }) => nodes.some(({ op }) => op === 'gradients'))) return plan
  const activations = findActivations(plan)
  const joined = new Set(activations.values())
  const results = new Map(
    [...activations].map(([{ outputs }, activation]) => [outputs[0], activation.outputs[0]]),
  )
  const fused = (node: PlanNode): PlanNode => {
    // A gradient may stand in a later phase.
    const inputs = node.inputs.map((id) => results.get(id) ?? id)
    const activation = activations.get(node)
    if (!activation) return { ...node, inputs }
    const attributes = { ...node.attributes, slope: slopeOf(activation) as number }
    return { ...node, inputs, outputs: activation.outputs, attributes }
  }
  const phases = plan.phases.map((phase) => {
    return { ...phase, nodes: phase.nodes.filter((node) => !joined.has(node)).map(fused) }
  })
  return { ...plan, phases }
}

/** Of each dense layer that can do it, the activation behind it. */
function findActivations(plan: Plan): ReadonlyMap<PlanNode, PlanNode> {
  const uses = new Uses(plan)
  return new Map(
    plan.phases.flatMap(({ nodes }) =>
      nodes.flatMap((node) => {
        const [, kernel] = node.inputs
        if (node.op !== 'dense' || !takesActivation(plan, node, kernel as ValueId)) return []
        const activation = activationOf(node, uses)
        return activation && nodes.includes(activation) ? [[node, activation] as const] : []
      }),
    ),
  )
}

/** Behind `fuseDenseActivation`, which makes both look at the same value. */
export function fuseDenseActivationGradient(plan: Plan): Plan {
  const uses = new Uses(plan)
  const phases = plan.phases.map((phase) => {
    const joined = new Set<PlanNode>()
    const nodes = phase.nodes.map((node) => {
      const [, , kernel] = node.inputs
      if (node.op !== 'denseGradient' || !takesActivation(plan, node, kernel as ValueId))
        return node
      const follower = activationGradientOf(node, uses)
      if (!follower || !phase.nodes.includes(follower)) return node
      joined.add(follower)
      const slope = follower.op === 'reluGradient' ? 0 : (follower.attributes.slope as number)
      const outputs = [follower.outputs[0] as ValueId, ...node.outputs.slice(1)]
      return { ...node, outputs, attributes: { ...node.attributes, slope } }
    })
    return { ...phase, nodes: nodes.filter((node) => !joined.has(node)) }
  })
  return { ...plan, phases }
}

/** The gradient of an activation that alone takes that of a dense layer's input. */
function activationGradientOf(node: PlanNode, uses: Uses): PlanNode | undefined {
  const dx = node.outputs[0] as ValueId
  const [follower, ...others] = uses.nodesOf(dx)
  if (node.attributes.input !== true || uses.isKept(dx) || !follower || others.length > 0) {
    return undefined
  }
  const { op, inputs } = follower
  const isActivation = op === 'leakyReluGradient' || op === 'reluGradient'
  // The layer's input is where it looks for the sign.
  return isActivation && inputs[0] === dx && inputs[1] === node.inputs[1] ? follower : undefined
}

/** Whether a node with such a kernel takes an activation; with a small one both are as quick apart. */
function takesActivation(plan: Plan, { attributes }: PlanNode, kernel: ValueId): boolean {
  const isFloat = plan.values[kernel]?.dtype === 'float32'
  return attributes.slope === undefined && isFloat && isLarge(plan, kernel)
}

/** The activation that alone uses a node's result, but for its own gradient. */
function activationOf(node: PlanNode, uses: Uses): PlanNode | undefined {
  const x = node.outputs[0] as ValueId
  if (uses.isKept(x)) return undefined
  const users = uses.nodesOf(x)
  const [activation, ...others] = users.filter(({ op }) => op !== 'leakyReluGradient')
  const slope = activation && others.length === 0 ? slopeOf(activation) : undefined
  // Of a negative slope the sign of the result says nothing.
  if (!activation || slope === undefined || slope < 0) return undefined
  const gradients = users.filter((user) => user !== activation)
  const areItsOwn = gradients.every(
    ({ inputs, attributes }) => inputs[0] !== x && attributes.slope === slope && slope > 0,
  )
  return areItsOwn ? activation : undefined
}
