/**
 * What is the same number at every run is computed here, once. Only where native code gives the same
 * bits: float32 arithmetic rounds each result once, and so does `Math.fround` of a double's.
 */
import type { Attribute } from '../../../binding'
import type { Plan, PlanNode, PlanPhase, ValueId } from '../plan'
import { gradientEnds } from './differentiable'

export function foldConstants(plan: Plan): Plan {
  const folding = new Folding(plan)
  return { ...plan, phases: plan.phases.map((phase) => folding.phase(phase)) }
}

const ARITHMETIC: Readonly<Record<string, (...operands: readonly number[]) => number>> = {
  add: (a = NaN, b = NaN) => a + b,
  sub: (a = NaN, b = NaN) => a - b,
  mul: (a = NaN, b = NaN) => a * b,
  div: (a = NaN, b = NaN) => a / b,
  neg: (a = NaN) => -a,
  sqrt: (a = NaN) => Math.sqrt(a),
  square: (a = NaN) => a * a,
}

/** Whole numbers up to here are exact in float32, in whatever order they are added up. */
const LARGEST_WHOLE = 2 ** 24

class Folding {
  /** float32 values all of whose elements are one known number. */
  private readonly known = new Map<ValueId, number>()
  /** A derivative by a value needs the nodes behind it. */
  private readonly differentiated: ReadonlySet<ValueId>

  constructor(private readonly plan: Plan) {
    const gradients = plan.phases.flatMap(({ nodes }) =>
      nodes.filter(({ op }) => op === 'gradients'),
    )
    this.differentiated = new Set(gradients.flatMap((node) => gradientEnds(node).xs))
  }

  phase(phase: PlanPhase): PlanPhase {
    return { ...phase, nodes: phase.nodes.map((node) => this.node(node)) }
  }

  private node(node: PlanNode): PlanNode {
    const [output] = node.outputs as [ValueId]
    const { shape = [], dtype } = this.plan.values[output] ?? {}
    const lengths = shape.filter((length) => length !== null)
    if (dtype !== 'float32' || lengths.length < shape.length) return node
    const value = this.valueOf(node)
    if (value === undefined || !Number.isFinite(value)) return node
    if (!this.differentiated.has(output)) this.known.set(output, value)
    if (node.inputs.length === 0) return node
    const attributes = { value, dtype }
    return lengths.length === 0
      ? { ...node, op: 'constant', inputs: [], attributes }
      : { ...node, op: 'full', inputs: [], attributes: { ...attributes, shape: lengths } }
  }

  /** The number that all elements of a node's output are, where that is known. */
  private valueOf({ op, inputs, attributes }: PlanNode): number | undefined {
    if (op === 'constant' || op === 'full' || op === 'fullLike') {
      const { value } = attributes
      return typeof value === 'number' ? Math.fround(value) : undefined
    }
    const operands = inputs.map((id) => this.known.get(id))
    if (operands.some((operand) => operand === undefined)) return undefined
    const numbers = operands as number[]
    if (op === 'sum' || op === 'mean') {
      const count = this.countOf(inputs[0] as ValueId, attributes.axes)
      return reduced(op, operands[0] as number, count)
    }
    const compute = ARITHMETIC[op]
    return compute && Math.fround(compute(...numbers))
  }

  /** How many elements become one. */
  private countOf(x: ValueId, axes: Attribute | undefined): number {
    const shape = this.plan.values[x]?.shape ?? []
    if (typeof axes !== 'object') return NaN
    return axes.reduce((count, axis) => count * (shape[axis] ?? NaN), 1)
  }
}

function reduced(op: 'sum' | 'mean', value: number, count: number): number | undefined {
  const isExact = Number.isInteger(value) && Math.abs(value) * count < LARGEST_WHOLE
  if (!isExact || Object.is(value, -0)) return undefined
  return op === 'mean' ? value : value * count
}
