/**
 * A bias directly before a batch normalisation is subtracted again with the batch's mean. It is left
 * out, which saves a pass over the activations and, on the way back, a sum over their gradients; the
 * mean that goes into the moving average gets it added.
 *
 * The gradient of such a bias is 0. Computed with it, rounding leaves noise there, which Adam and its
 * like blow up to steps of full size (in Keras too); without, the bias stays as it is. What the
 * network computes is the same.
 */
import type { PlanValue } from '../../../binding'
import type { Plan, PlanNode, ValueId } from '../plan'
import { Uses } from '../uses'
import { markDifferentiable } from './differentiable'

const BIASED: ReadonlySet<string> = new Set([
  'conv',
  'convTranspose',
  'dense',
  'depthwiseConv',
  'upSampleConv2d',
])

export function dropDeadBias(plan: Plan): Plan {
  const biases = deadBiases(plan)
  const values = [...plan.values]
  const phases = plan.phases.map((phase) => ({
    ...phase,
    nodes: phase.nodes.flatMap((node) => {
      const bias = biases.get(node)
      if (bias === undefined) return [node]
      if (node.op === 'batchNormTraining') return withMeanOfBiased(node, bias, values)
      if (node.op === 'batchNormInference') return withMeanOfBare(node, bias, values)
      return [{ ...node, inputs: node.inputs.slice(0, 2) }]
    }),
  }))
  return { ...plan, values, phases }
}

/** The bias to leave out, by the node that adds it and by the normalisations behind. */
function deadBiases(plan: Plan): Map<PlanNode, ValueId> {
  const uses = new Uses(plan)
  const differentiated = differentiatedValues(plan)
  const biases = new Map<PlanNode, ValueId>()
  plan.phases.forEach(({ nodes }, phase) => {
    for (const node of nodes) {
      const [, , bias] = node.inputs
      if (!BIASED.has(node.op) || bias === undefined) continue
      const norms = normsBehind(plan, uses, node.outputs[0] as ValueId, channelAxis(plan, node))
      if (!norms?.some(({ op }) => op === 'batchNormTraining')) continue
      const isDead = norms.every(
        (norm) =>
          // Behind moving averages it has a gradient.
          (norm.op === 'batchNormTraining' || !differentiated.has(norm.outputs[0] as ValueId)) &&
          isUnchanged(plan, bias, phase, norm),
      )
      if (isDead) for (const each of [node, ...norms]) biases.set(each, bias)
    }
  })
  return biases
}

/** Whether a bias that is added in phase `first` has the same value yet where `norm` is computed. */
function isUnchanged(plan: Plan, bias: ValueId, first: number, norm: PlanNode): boolean {
  const last = plan.phases.findIndex(({ nodes }) => nodes.includes(norm))
  if (first === last || isCopy(plan, bias)) return true
  const reading = plan.phases.flatMap(({ weights }) => weights).find(({ value }) => value === bias)
  const between = plan.phases.slice(first, last).flatMap(({ updates }) => updates)
  return (
    reading !== undefined &&
    !between.some(({ weights, slots }) => [...weights, ...slots].includes(reading.weight))
  )
}

/** Under a policy of half precision a bias is rounded: no update of its weight reaches that. */
function isCopy(plan: Plan, bias: ValueId): boolean {
  const dtypeOf = (value: ValueId): string | undefined => plan.values[value]?.dtype
  return plan.phases
    .flatMap(({ nodes }) => nodes)
    .some(
      ({ op, inputs, outputs }) =>
        op === 'cast' && outputs[0] === bias && dtypeOf(inputs[0] as ValueId) !== dtypeOf(bias),
    )
}

function differentiatedValues(plan: Plan): ReadonlySet<ValueId> {
  const nodes = markDifferentiable(plan).phases.flatMap((phase) => phase.nodes)
  return new Set(nodes.flatMap(({ differentiable, outputs }) => (differentiable ? outputs : [])))
}

function channelAxis(plan: Plan, { outputs, attributes }: PlanNode): number {
  const rank = plan.values[outputs[0] as ValueId]?.shape.length ?? 0
  return attributes.dataFormat === 'channels_first' ? 1 : rank - 1
}

/** The normalisations over `axis` that a value goes to; undefined where it goes elsewhere too. */
function normsBehind(
  plan: Plan,
  uses: Uses,
  value: ValueId,
  axis: number,
): readonly PlanNode[] | undefined {
  if (uses.isKept(value)) return undefined
  const isLast = axis === (plan.values[value] as PlanValue).shape.length - 1
  const norms: PlanNode[] = []
  for (const node of uses.nodesOf(value)) {
    const { op, inputs, outputs, attributes } = node
    if (inputs.lastIndexOf(value) !== 0) return undefined
    if (op === 'batchNormTraining' || op === 'batchNormInference') {
      if (!isLast) return undefined
      norms.push(node)
      continue
    }
    const next = op === 'cast' ? axis : op === 'transpose' ? placeOf(axis, attributes.order) : -1
    const behind = next < 0 ? undefined : normsBehind(plan, uses, outputs[0] as ValueId, next)
    if (!behind) return undefined
    norms.push(...behind)
  }
  return norms
}

function placeOf(axis: number, order: unknown): number {
  return Array.isArray(order) ? order.indexOf(axis) : -1
}

/** Statistics as if the bias were there: the variance is the same. */
function withMeanOfBiased(norm: PlanNode, bias: ValueId, values: PlanValue[]): PlanNode[] {
  const [y, mean, variance] = norm.outputs as [ValueId, ValueId, ValueId]
  const bare = declare(values, mean)
  const { nodes, value } = inFloat32(norm, bias, values)
  return [
    { ...norm, outputs: [y, bare, variance] },
    ...nodes,
    { ...plainNode(norm, 'add', [bare, value]), outputs: [mean] },
  ]
}

/** Moving averages of values with the bias, to be subtracted from values without it. */
function withMeanOfBare(norm: PlanNode, bias: ValueId, values: PlanValue[]): PlanNode[] {
  const [x, mean, ...others] = norm.inputs as [ValueId, ValueId]
  const bare = declare(values, mean)
  const { nodes, value } = inFloat32(norm, bias, values)
  return [
    ...nodes,
    { ...plainNode(norm, 'sub', [mean, value]), outputs: [bare] },
    { ...norm, inputs: [x, bare, ...others] },
  ]
}

/** A value of the same shape and type as another one. */
function declare(values: PlanValue[], like: ValueId): ValueId {
  return values.push(values[like] as PlanValue) - 1
}

/** The bias as statistics are: under a policy of half precision it was rounded. */
function inFloat32(
  norm: PlanNode,
  bias: ValueId,
  values: PlanValue[],
): { nodes: PlanNode[]; value: ValueId } {
  const { shape, dtype } = values[bias] as PlanValue
  if (dtype === 'float32') return { nodes: [], value: bias }
  const value = values.push({ shape, dtype: 'float32' }) - 1
  const cast = plainNode(norm, 'cast', [bias])
  return { nodes: [{ ...cast, outputs: [value], attributes: { dtype: 'float32' } }], value }
}

function plainNode({ scope }: PlanNode, op: string, inputs: readonly ValueId[]): PlanNode {
  return { op, inputs, outputs: [], attributes: {}, scope, differentiable: false, release: [] }
}
