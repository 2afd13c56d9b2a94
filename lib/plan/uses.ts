/** Who uses which value, over all phases of a plan. */
import type { Plan, PlanNode, ValueId } from './plan'

export class Uses {
  private readonly consumers = new Map<ValueId, PlanNode[]>()
  private readonly kept: ReadonlySet<ValueId>

  constructor(plan: Plan) {
    for (const { nodes } of plan.phases) {
      for (const node of nodes) {
        for (const value of new Set(node.inputs)) {
          const others = this.consumers.get(value)
          if (others) others.push(node)
          else this.consumers.set(value, [node])
        }
      }
    }
    const updates = plan.phases.flatMap((phase) => phase.updates)
    this.kept = new Set([...plan.outputs, ...updates.flatMap(({ inputs }) => inputs)])
  }

  /** The nodes that read a value, each once. */
  nodesOf(value: ValueId): readonly PlanNode[] {
    return this.consumers.get(value) ?? []
  }

  /** Whether a value is a result of the plan, or goes into an update of weights. */
  isKept(value: ValueId): boolean {
    return this.kept.has(value)
  }
}
