/**
 * A batch normalisation, the ReLU or LeakyReLU behind it and the dropout behind that are one kernel,
 * and so are an activation and a dropout: the activations are read and written once, on the way
 * back too, and nothing between the steps is kept for it.
 */
import type { Plan, PlanNode, PlanPhase, ValueId } from '../plan'
import { isRandom } from '../random_ops'
import { Uses } from '../uses'

export function fuseNormActivationDropout(plan: Plan): Plan {
  const uses = new Uses(plan)
  return { ...plan, phases: plan.phases.map((phase) => fusePhase(phase, uses)) }
}

function fusePhase(phase: PlanPhase, uses: Uses): PlanPhase {
  const places = new Map(phase.nodes.map((node, place) => [node, place]))
  const joined = new Set<PlanNode>()
  /** The node with all that follows it and can be done by it; it stays where it was. */
  const fuse = (node: PlanNode, place: number): PlanNode => {
    const y = node.outputs[0] as ValueId
    const [follower, ...others] = uses.nodesOf(y)
    if (!follower || others.length > 0 || uses.isKept(y)) return node
    const followerPlace = places.get(follower)
    const both = join(node, follower)
    if (!both || followerPlace === undefined) return node
    // Random numbers go to the ops in their order, which stays.
    const between = phase.nodes.slice(place + 1, followerPlace)
    if (isRandom(follower) && between.some(isRandom)) return node
    joined.add(follower)
    const outputs = [follower.outputs[0] as ValueId, ...node.outputs.slice(1)]
    return fuse({ ...both, outputs }, place)
  }
  const nodes = phase.nodes.map((node, place) => (joined.has(node) ? node : fuse(node, place)))
  return { ...phase, nodes: nodes.filter((node) => !joined.has(node)) }
}

/** One node for two, of which the second one alone uses what the first one gives. */
function join(first: PlanNode, second: PlanNode): PlanNode | undefined {
  if (first.attributes.rate !== undefined) return undefined
  const isNorm = first.op === 'batchNormTraining' || first.op === 'batchNormInference'
  const slope = isNorm ? undefined : slopeOf(first)
  if (isNorm && first.attributes.slope === undefined) {
    const joining = slopeOf(second)
    if (joining !== undefined) return withAttributes(first, { slope: joining })
  }
  if (second.op !== 'dropout') return undefined
  if (isNorm) return withAttributes(first, second.attributes)
  if (slope === undefined) return undefined
  return { ...second, inputs: first.inputs, attributes: { ...second.attributes, slope } }
}

function withAttributes(node: PlanNode, more: PlanNode['attributes']): PlanNode {
  return { ...node, attributes: { ...node.attributes, ...more } }
}

/** By what an activation multiplies negative numbers; undefined for other ops. */
export function slopeOf({ op, attributes }: PlanNode): number | undefined {
  if (op === 'relu') return 0
  return op === 'leakyRelu' && typeof attributes.slope === 'number' ? attributes.slope : undefined
}
