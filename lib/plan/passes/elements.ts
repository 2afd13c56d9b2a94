/**
 * Ops on the same few elements, such as those of a loss and its gradient or of a moving average, are
 * one node that runs a list of instructions: each node of its own costs more than its arithmetic.
 */
import { shapeText } from '../../array'
import type { Plan, PlanNode, PlanPhase, ValueId } from '../plan'
import { Uses } from '../uses'
import { removeDeadCode } from './dead_code'
import { ElementGroup } from './element_group'

/** Elements, of one item where the batch size is open, up to which nodes are joined. */
const MOST_KNOWN = 4096
const MOST_OF_ITEM = 16

/** Ops of `native/ops/elements.cpp` whose result looks like their larger operand. */
const ELEMENTWISE: ReadonlySet<string> = new Set(
  `add sub mul div neg square clip relu leakyRelu log sigmoid clipGradient reluGradient
  leakyReluGradient squareGradient sigmoidGradient`.split(/\s+/),
)
const COMPARISONS: ReadonlySet<string> = new Set(['equal', 'greater', 'greaterEqual', 'less'])
/** Of all elements to one number, and back. */
const REDUCTIONS: ReadonlySet<string> = new Set(['sum', 'mean'])
const SPREADS: ReadonlySet<string> = new Set(['sumGradient', 'meanGradient'])

export function joinElements(plan: Plan): Plan {
  // Autograd would not see through it.
  if (plan.phases.some(({ nodes }) => nodes.some(({ op }) => op === 'gradients'))) return plan
  const joining = new Joining(withPlainConstants(plan))
  // Constants that were used in joined nodes alone go.
  return removeDeadCode(joining.joined())
}

/** A number in the likeness of a number has no need of it. */
function withPlainConstants(plan: Plan): Plan {
  const plain = (node: PlanNode): PlanNode => {
    const shape = plan.values[node.outputs[0] as ValueId]?.shape
    return node.op === 'fullLike' && shape?.length === 0
      ? { ...node, op: 'constant', inputs: [] }
      : node
  }
  return {
    ...plan,
    phases: plan.phases.map((phase) => ({ ...phase, nodes: phase.nodes.map(plain) })),
  }
}

class Joining {
  private readonly uses: Uses
  /** Numbers that a group makes itself. */
  private readonly constants: ReadonlyMap<ValueId, number>

  constructor(private readonly plan: Plan) {
    this.uses = new Uses(plan)
    this.constants = new Map(
      plan.phases.flatMap(({ nodes }) => {
        return nodes.flatMap((node) => {
          const value = this.constantOf(node)
          return value === undefined ? [] : [[node.outputs[0] as ValueId, value] as const]
        })
      }),
    )
  }

  joined(): Plan {
    return { ...this.plan, phases: this.plan.phases.map((phase) => this.phase(phase)) }
  }

  private phase(phase: PlanPhase): PlanPhase {
    const joined = new Set<PlanNode>()
    const ends = new Map<PlanNode, PlanNode>()
    for (const group of this.groupsOf(phase.nodes)) {
      const isUsed = (value: ValueId): boolean =>
        this.uses.isKept(value) || this.uses.nodesOf(value).some((node) => !group.has(node))
      const end = group.joined(this.plan, this.constants, isUsed)
      if (!end) continue
      group.nodes.forEach((node) => joined.add(node))
      ends.set(group.nodes.at(-1) as PlanNode, end)
    }
    const nodes = phase.nodes.flatMap((node) => {
      const end = ends.get(node)
      return end ? [end] : joined.has(node) ? [] : [node]
    })
    return { ...phase, nodes }
  }

  /** A group stands where its last node stood: nobody else uses its results before. */
  private groupsOf(nodes: readonly PlanNode[]): ElementGroup[] {
    const groups: ElementGroup[] = []
    const open = new Map<string, ElementGroup>()
    const makers = new Map<ValueId, ElementGroup>()
    nodes.forEach((node, i) => {
      const given = node.inputs.flatMap((value) => makers.get(value) ?? [])
      const shape = this.shapeOf(node, nodes[i - 1], nodes[i + 1])
      let group = shape === undefined ? undefined : open.get(shape)
      for (const [key, other] of open) {
        if (other !== group && given.includes(other)) open.delete(key)
      }
      if (shape === undefined) return
      if (!group) {
        group = new ElementGroup()
        groups.push(group)
        open.set(shape, group)
      }
      group.add(node)
      for (const value of node.outputs) makers.set(value, group)
    })
    return groups
  }

  /** The shape of the elements that a node is about, where it can be joined with others. */
  private shapeOf(
    node: PlanNode,
    before: PlanNode | undefined,
    behind: PlanNode | undefined,
  ): string | undefined {
    const [result] = node.outputs as [ValueId]
    if (this.constants.has(result)) return undefined
    const { op } = node
    if (COMPARISONS.has(op)) {
      const isCast = behind && this.isOfComparison(behind, node)
      return isCast ? this.elements(node.inputs, result) : undefined
    }
    if (op === 'cast') {
      const isOf = before && this.isOfComparison(node, before)
      return isOf ? this.shapeOf(before, undefined, node) : undefined
    }
    const [first, second] = node.inputs
    if (REDUCTIONS.has(op)) return this.reduced(node, result, first)
    if (SPREADS.has(op)) return this.reduced(node, first, second)
    if (!ELEMENTWISE.has(op) || !this.isFloat(result)) return undefined
    return this.elements(node.inputs, result)
  }

  /** Whether a node makes numbers of a comparison right before it, which nobody else looks at. */
  private isOfComparison(cast: PlanNode, { op, outputs }: PlanNode): boolean {
    const [result] = outputs as [ValueId]
    return (
      COMPARISONS.has(op) &&
      cast.op === 'cast' &&
      cast.attributes.dtype === 'float32' &&
      cast.inputs[0] === result &&
      this.uses.nodesOf(result).length === 1 &&
      !this.uses.isKept(result)
    )
  }

  /** Each operand has all elements or is a number. */
  private elements(inputs: readonly ValueId[], result: ValueId): string | undefined {
    const text = shapeText(this.shape(result))
    const fits = inputs.every((value) => {
      const shape = this.shape(value)
      return this.isFloat(value) && (shape.length === 0 || shapeText(shape) === text)
    })
    return fits ? this.few(result) : undefined
  }

  private reduced(
    { attributes: { axes, keepdims } }: PlanNode,
    one: ValueId | undefined,
    all: ValueId | undefined,
  ): string | undefined {
    if (one === undefined || all === undefined) return undefined
    const isWhole = Array.isArray(axes) && axes.length === this.shape(all).length
    return isWhole && keepdims === false && this.isFloat(one) && this.isFloat(all)
      ? this.few(all)
      : undefined
  }

  private few(value: ValueId): string | undefined {
    const shape = this.shape(value)
    const size = shape.reduce<number>((product, length) => product * (length ?? 1), 1)
    const isOpen = shape.includes(null)
    const isFew = shape.length > 0 && size > 0 && size <= (isOpen ? MOST_OF_ITEM : MOST_KNOWN)
    return isFew ? shapeText(shape) : undefined
  }

  /** What all elements of a node's result are, where that is one number. */
  private constantOf({ op, attributes, outputs }: PlanNode): number | undefined {
    const { value, dtype } = attributes
    if (typeof value !== 'number' || dtype !== 'float32') return undefined
    const shape = this.shape(outputs[0] as ValueId)
    return op === 'constant' || (op === 'full' && !shape.includes(null)) ? value : undefined
  }

  private shape(value: ValueId): readonly (number | null)[] {
    return this.plan.values[value]?.shape ?? []
  }

  private isFloat(value: ValueId): boolean {
    return this.plan.values[value]?.dtype === 'float32'
  }
}
