/** What a single node may become: an equal one that does less, or one of its inputs. */
import type { DType, PlanValue, Shape } from '../../../binding'
import type { PlanNode, ValueId } from '../plan'

/** What rules may look at. */
export interface Simplifiable {
  readonly valueOf: (value: ValueId) => PlanValue | undefined
  /** The node that makes a value, where one may compute past it. */
  readonly producerOf: (value: ValueId) => PlanNode | undefined
  /** The node that makes a value, to see whether that is a constant. */
  readonly constantOf: (value: ValueId) => PlanNode | undefined
}

type Rule = (node: PlanNode, scope: Simplifiable) => PlanNode | ValueId | undefined

/** A simpler node with the same results, or the value that is its result already. */
export function simpler(node: PlanNode, scope: Simplifiable): PlanNode | ValueId | undefined {
  return RULES[node.op]?.(node, scope)
}

const shapeOf = (value: ValueId, { valueOf }: Simplifiable): Shape => valueOf(value)?.shape ?? []

const isSame = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis])

const unknowns = (shape: Shape): number => shape.filter((length) => length === null).length

const knownSize = (shape: Shape): number =>
  shape.reduce<number>((product, length) => product * (length ?? 1), 1)

/** `x` where the other operand is that number and broadcasts nothing. */
function neutral(number: number, places: readonly (0 | 1)[]): Rule {
  return ({ inputs, outputs }, scope) => {
    for (const place of places) {
      const constant = scope.constantOf(inputs[place] as ValueId)
      const x = inputs[1 - place] as ValueId
      if (constant?.op !== 'constant' || !Object.is(constant.attributes.value, number)) continue
      if (isSame(shapeOf(x, scope), shapeOf(outputs[0] as ValueId, scope))) return x
    }
    return undefined
  }
}

const doubleNegation: Rule = ({ inputs }, { producerOf }) => {
  const inner = producerOf(inputs[0] as ValueId)
  return inner?.op === 'neg' ? inner.inputs[0] : undefined
}

const RESHAPES: ReadonlySet<string> = new Set(['reshape', 'reshapeItems', 'expandDims', 'squeeze'])

/** A reshape that can't fail, and whose lengths don't come from other values. */
function isPlainReshape({ op, inputs, outputs }: PlanNode, scope: Simplifiable): boolean {
  if (!RESHAPES.has(op) || inputs.length !== 1) return false
  const [from, to] = [inputs[0] as ValueId, outputs[0] as ValueId].map((id) => shapeOf(id, scope))
  if (!from || !to || unknowns(from) > 1) return false
  return unknowns(from) === unknowns(to) && knownSize(from) === knownSize(to) && knownSize(to) > 0
}

const reshape: Rule = (node, scope) => {
  if (!isPlainReshape(node, scope)) return undefined
  const [x, y] = [node.inputs[0] as ValueId, node.outputs[0] as ValueId]
  const target = shapeOf(y, scope)
  if (isSame(shapeOf(x, scope), target)) return x
  const inner = scope.producerOf(x)
  if (!inner || !isPlainReshape(inner, scope)) return undefined
  const shape = target.map((length) => length ?? -1)
  return { ...node, op: 'reshape', inputs: inner.inputs, attributes: { shape } }
}

const transpose: Rule = (node, { producerOf }) => {
  const [x] = node.inputs as [ValueId]
  const order = node.attributes.order as readonly number[]
  if (order.every((axis, place) => axis === place)) return x
  const inner = producerOf(x)
  if (inner?.op !== 'transpose') return undefined
  const before = inner.attributes.order as readonly number[]
  const joined = order.map((axis) => before[axis] as number)
  return { ...node, inputs: inner.inputs, attributes: { order: joined } }
}

/** Types that hold every number of another one. */
const HOLDERS: Readonly<Partial<Record<DType, readonly DType[]>>> = {
  bool: ['uint8', 'int32', 'bfloat16', 'float16', 'float32'],
  uint8: ['int32', 'bfloat16', 'float32'],
  bfloat16: ['float32'],
  float16: ['float32'],
}

const cast: Rule = (node, scope) => {
  const [x] = node.inputs as [ValueId]
  const type = scope.valueOf(x)?.dtype
  if (type === node.attributes.dtype) return x
  const inner = scope.producerOf(x)
  if (inner?.op !== 'cast') return undefined
  const from = scope.valueOf(inner.inputs[0] as ValueId)?.dtype
  const isExact = from && type && HOLDERS[from]?.includes(type)
  return isExact ? { ...node, inputs: inner.inputs } : undefined
}

const broadcastTo: Rule = ({ inputs, outputs }, scope) => {
  const [from, to] = [inputs[0] as ValueId, outputs[0] as ValueId].map((id) => shapeOf(id, scope))
  return from && to && unknowns(to) === 0 && isSame(from, to) ? inputs[0] : undefined
}

const concatenate: Rule = ({ inputs }) => (inputs.length === 1 ? inputs[0] : undefined)

const pad: Rule = ({ inputs, attributes }) =>
  (attributes.padding as readonly number[]).every((count) => count === 0) ? inputs[0] : undefined

/** The mean of one number, or its sum, is itself: both reductions are one. */
const reduction: Rule = (node, scope) => {
  const inner = scope.producerOf(node.inputs[0] as ValueId)
  if (inner?.op !== 'mean' && inner?.op !== 'sum') return undefined
  const shape = shapeOf(inner.inputs[0] as ValueId, scope)
  const axes = inner.attributes.axes as readonly number[]
  const isKept = node.attributes.keepdims === true || inner.attributes.keepdims === true
  if (isKept || !axes.every((axis) => shape[axis] === 1)) return undefined
  const others = [...shape.keys()].filter((axis) => !axes.includes(axis))
  const outer = (node.attributes.axes as readonly number[]).map((axis) => others[axis] as number)
  const all = [...axes, ...outer].sort((a, b) => a - b)
  return { ...node, inputs: inner.inputs, attributes: { ...node.attributes, axes: all } }
}

const RULES: Readonly<Record<string, Rule>> = {
  mul: neutral(1, [0, 1]),
  div: neutral(1, [1]),
  // Not `x + 0`, which makes a zero of -0.
  sub: neutral(0, [1]),
  neg: doubleNegation,
  reshape,
  reshapeItems: reshape,
  expandDims: reshape,
  squeeze: reshape,
  transpose,
  cast,
  broadcastTo,
  concatenate,
  pad,
  mean: reduction,
  sum: reduction,
}
