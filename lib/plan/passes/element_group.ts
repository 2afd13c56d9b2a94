/** Nodes on the same elements, and the node that does the work of all of them. */
import type { Plan, PlanNode, ValueId } from '../plan'

export class ElementGroup {
  readonly nodes: PlanNode[] = []
  private readonly members = new Set<PlanNode>()

  add(node: PlanNode): void {
    this.nodes.push(node)
    this.members.add(node)
  }

  has(node: PlanNode): boolean {
    return this.members.has(node)
  }

  /**
   * Nothing where no operand has the elements, or where there is little to join.
   *
   * @param constants values that it fills in itself
   * @param isUsed whether others use a value
   */
  joined(
    plan: Plan,
    constants: ReadonlyMap<ValueId, number>,
    isUsed: (value: ValueId) => boolean,
  ): PlanNode | undefined {
    const made = this.nodes.flatMap(({ outputs }) => outputs)
    const others = new Set(this.nodes.flatMap((node) => node.inputs))
    made.forEach((value) => others.delete(value))
    const inputs = [...others].filter((value) => !constants.has(value))
    const rankOf = (value: ValueId): number => plan.values[value]?.shape.length ?? 0
    const elements = inputs.findIndex((value) => rankOf(value) > 0)
    if (elements < 0 || this.nodes.length < 2) return undefined
    const list = new InstructionList(inputs)
    for (const value of others) {
      const number = constants.get(value)
      if (number === undefined) continue
      if (rankOf(value) === 0) list.add('constant', [], [number, 0], value)
      else list.add('fullLike', [elements], [number, 0], value)
    }
    for (const node of this.nodes) {
      const operands = node.inputs.map((value) => list.registerOf(value))
      list.add(node.op, operands, numbersOf(node), node.outputs[0] as ValueId)
    }
    const outputs = made.filter(isUsed)
    const axes = Array.from({ length: rankOf(inputs[elements] as ValueId) }, (_, axis) => axis)
    const results = outputs.map((value) => list.registerOf(value))
    const attributes = { ...list.attributes(), results, axes }
    const { scope } = this.nodes[0] as PlanNode
    return {
      op: 'elements',
      inputs,
      outputs,
      attributes,
      scope,
      differentiable: false,
      release: [],
    }
  }
}

/** What `native/ops/elements.cpp` runs. Registers are the inputs, then each instruction's result. */
class InstructionList {
  private readonly ops: string[] = []
  private readonly operands: number[] = []
  private readonly numbers: number[] = []
  private readonly registers: Map<ValueId, number>

  constructor(inputs: readonly ValueId[]) {
    this.registers = new Map(inputs.map((value, i) => [value, i]))
  }

  registerOf(value: ValueId): number {
    return this.registers.get(value) as number
  }

  add(
    op: string,
    [left = -1, right = -1]: readonly number[],
    numbers: readonly number[],
    result: ValueId,
  ): void {
    this.ops.push(op)
    this.operands.push(left, right)
    this.numbers.push(...numbers)
    this.registers.set(result, this.registers.size)
  }

  attributes(): { ops: string; operands: number[]; numbers: number[] } {
    return { ops: this.ops.join(' '), operands: this.operands, numbers: this.numbers }
  }
}

/** The settings of an op, two at most. */
function numbersOf({ attributes: { slope, low, high } }: PlanNode): [number, number] {
  return [Number(slope ?? low ?? 0), Number(high ?? 0)]
}
