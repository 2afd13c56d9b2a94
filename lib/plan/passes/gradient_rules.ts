/** How single ops pass gradients back, written as nodes of a Plan. */
import { shapeText } from '../../array'
import type { Attributes, Plan, PlanNode, PlanValue, ValueId } from '../plan'

/** Adds nodes to a plan. */
export class NodeWriter {
  readonly values: PlanValue[]
  readonly nodes: PlanNode[] = []

  constructor(plan: Plan) {
    this.values = [...plan.values]
  }

  /** A node whose only output is like another value. */
  emit(
    op: string,
    inputs: readonly ValueId[],
    like: ValueId,
    scope: string,
    attributes: Attributes = {},
  ): ValueId {
    const [output] = this.emitAll(op, inputs, [like], scope, attributes) as [ValueId]
    return output
  }

  emitAll(
    op: string,
    inputs: readonly ValueId[],
    like: readonly ValueId[],
    scope: string,
    attributes: Attributes = {},
  ): ValueId[] {
    const outputs = like.map((id) => this.values.push(this.values[id] as PlanValue) - 1)
    const rest = { attributes, scope, differentiable: false, release: [] }
    this.nodes.push({ op, inputs, outputs, ...rest })
    return outputs
  }
}

/** A node whose output has the gradient `g`, and which of its inputs' gradients are wanted. */
export interface Backward {
  readonly node: PlanNode
  readonly y: ValueId
  readonly g: ValueId
  readonly wants: readonly boolean[]
  readonly writer: NodeWriter
}

/** The gradients of the inputs, those that are wanted. */
export type GradientRule = (backward: Backward) => (ValueId | undefined)[]

type Unary = (x: ValueId, backward: Backward) => ValueId

function unary(gradient: Unary): GradientRule {
  return (backward) => [gradient(backward.node.inputs[0] as ValueId, backward)]
}

/** An op of its own for x's gradient, from g and x or y. */
function fromX(op: string): GradientRule {
  return unary((x, { node, g, writer }) => writer.emit(op, [g, x], x, node.scope, node.attributes))
}

function fromY(op: string): GradientRule {
  return unary((x, { node, y, g, writer }) =>
    writer.emit(op, [g, y], x, node.scope, node.attributes),
  )
}

type Side = (backward: Backward, other: ValueId) => ValueId

function binary(left: Side, right: Side): GradientRule {
  return (backward) => {
    const [a, b] = backward.node.inputs as readonly [ValueId, ValueId]
    const [wantsA, wantsB] = backward.wants
    return [wantsA ? left(backward, b) : undefined, wantsB ? right(backward, a) : undefined]
  }
}

const same: Side = ({ g }) => g
const negated: Side = ({ node, g, writer }) => writer.emit('neg', [g], g, node.scope)
const times: Side = ({ node, g, writer }, other) => writer.emit('mul', [g, other], g, node.scope)

const dense: GradientRule = ({ node, g, wants, writer }) => {
  const [x, kernel] = node.inputs as readonly [ValueId, ValueId]
  const wanted = node.inputs.filter((_, i) => wants[i])
  const [input = false, weights = false, bias = false] = wants
  const attributes = { input, kernel: weights, bias }
  const inputs = [g, x, kernel]
  const results = writer.emitAll('denseGradient', inputs, wanted, node.scope, attributes).values()
  return wants.map((isWanted) => (isWanted ? results.next().value : undefined))
}

const batchNorm: GradientRule = ({ node, g, wants, writer }) => {
  const [x, ...affine] = node.inputs as readonly [ValueId, ...ValueId[]]
  const [, mean, variance] = node.outputs as readonly [ValueId, ValueId, ValueId]
  const inputs = [g, x, mean, variance, ...affine]
  // Those of gamma and beta are found on the way to x.
  const { scope, attributes } = node
  const results = writer.emitAll('batchNormGradient', inputs, node.inputs, scope, attributes)
  return results.map((gradient, i) => (wants[i] ? gradient : undefined))
}

const RULES: Readonly<Record<string, GradientRule>> = {
  add: binary(same, same),
  sub: binary(same, negated),
  mul: binary(times, times),
  neg: unary((_, backward) => negated(backward, backward.g)),
  log: unary((x, { node, g, writer }) => writer.emit('div', [g, x], x, node.scope)),
  square: fromX('squareGradient'),
  clip: fromX('clipGradient'),
  relu: fromY('reluGradient'),
  leakyRelu: fromX('leakyReluGradient'),
  sigmoid: fromY('sigmoidGradient'),
  tanh: fromY('tanhGradient'),
  softplus: fromX('softplusGradient'),
  sum: fromX('sumGradient'),
  mean: fromX('meanGradient'),
  reshape: fromX('reshapeGradient'),
  reshapeItems: fromX('reshapeGradient'),
  dense,
  batchNormTraining: batchNorm,
}

/** The rule for a node, where there is one. */
export function gradientRule(
  plan: Plan,
  node: PlanNode,
  wants: readonly boolean[],
): GradientRule | undefined {
  const rule = Object.hasOwn(RULES, node.op) ? RULES[node.op] : undefined
  const shapeOf = (id: ValueId | undefined): string => shapeText(plan.values[id ?? -1]?.shape ?? [])
  const isFloat = [...node.inputs, ...node.outputs].every(
    (id) => plan.values[id]?.dtype === 'float32',
  )
  const [x, kernel] = node.inputs
  if (node.op === 'dense') {
    const isMatrix = [x, kernel].every((id) => plan.values[id ?? -1]?.shape.length === 2)
    return isMatrix && isFloat ? rule : undefined
  }
  // A dropout that was joined to it has no mask that could be read.
  if (node.op === 'batchNormTraining') {
    return isFloat && node.attributes.rate === undefined ? rule : undefined
  }
  // What was repeated to the shape of the result would have to be added up.
  const isWhole = node.inputs.every((id, i) => {
    return !wants[i] || shapeOf(id) === shapeOf(node.outputs[0]) || node.inputs.length === 1
  })
  return isFloat && isWhole ? rule : undefined
}
