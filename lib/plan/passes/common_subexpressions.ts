/**
 * What is computed twice is computed once, across phases too as long as no weight in it has changed
 * in between: a GAN step's `predict` and its generator's training begin with the same layers.
 */
import type { Attributes, Plan, PlanNode, PlanPhase, ValueId } from '../plan'
import { isRandom } from '../random_ops'

export function shareCommonSubexpressions(plan: Plan): Plan {
  const sharing = new Sharing()
  const phases = plan.phases.map((phase) => sharing.phase(phase))
  return { ...plan, phases, outputs: plan.outputs.map(sharing.valueOf) }
}

class Sharing {
  private readonly replaced = new Map<ValueId, ValueId>()
  /** Readings of weights that have not changed since. */
  private readonly readings = new Map<number, ValueId>()
  private readonly computed = new Map<string, PlanNode>()

  readonly valueOf = (value: ValueId): ValueId => this.replaced.get(value) ?? value

  phase(phase: PlanPhase): PlanPhase {
    const weights = phase.weights.filter(({ weight, value }) => {
      const earlier = this.readings.get(weight)
      if (earlier === undefined) this.readings.set(weight, value)
      else this.replaced.set(value, earlier)
      return earlier === undefined
    })
    const nodes = phase.nodes.flatMap((node) => this.node(node))
    const updates = phase.updates.map((update) => {
      return { ...update, inputs: update.inputs.map(this.valueOf) }
    })
    for (const { weights: changed, slots } of updates) {
      for (const weight of [...changed, ...slots]) this.readings.delete(weight)
    }
    return { ...phase, weights, nodes, updates }
  }

  /** The node, or nothing where an earlier one computes the same. */
  private node(given: PlanNode): PlanNode[] {
    const node = { ...given, inputs: given.inputs.map(this.valueOf) }
    if (isRandom(node)) return [node]
    const key = `${node.op}(${node.inputs.join()})${attributesKey(node.attributes)}`
    const earlier = this.computed.get(key)
    if (!earlier) {
      this.computed.set(key, node)
      return [node]
    }
    node.outputs.forEach((value, i) => this.replaced.set(value, earlier.outputs[i] as ValueId))
    return []
  }
}

function attributesKey(attributes: Attributes): string {
  return JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)))
}
