/** The Plan while passes work on it: the types of `binding.d.ts`, and a description to lower from. */
import type { Attributes, Plan, PlanNode, PlanPhase, PlanValue, ValueId } from '../../binding'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'

export type { Attributes, Plan, PlanNode, PlanPhase, PlanValue, ValueId }

/** A change of weights at the end of a phase, before it has value numbers. */
export interface GraphUpdate {
  readonly op: string
  readonly weights: readonly Weight[]
  readonly slots: readonly Weight[]
  readonly inputs: readonly SymbolicTensor[]
  readonly attributes: Attributes
}

/** What one phase computes and changes. Its tensors depend on op nodes and leaves alone. */
export interface GraphPhase {
  readonly name: string
  /** Results of the program. */
  readonly outputs: readonly SymbolicTensor[]
  /** What later phases use as it is now, whatever becomes of the weights that it is made of. */
  readonly computed?: readonly SymbolicTensor[]
  /** The next phase goes on with all that this one computed, though weights have changed. */
  readonly continues?: boolean
  readonly updates: readonly GraphUpdate[]
}

export interface GraphInput {
  readonly tensor: SymbolicTensor
  readonly name: string
  readonly requireFinite: boolean
}

/** A Plan -> Plan function; never changes its argument. */
export type Pass = (plan: Plan) => Plan

/** Sets a weight to a value, such as a moving average. */
export function assignment(weight: Weight, value: SymbolicTensor): GraphUpdate {
  return { op: 'assign', weights: [weight], slots: [], inputs: [value], attributes: {} }
}

/**
 * Tells for each phase which values are needed after its nodes: by its updates, by later phases, as
 * outputs. One walk over the plan, however many phases it has.
 */
export function usesAfterNodes(plan: Plan): (phase: number) => (value: ValueId) => boolean {
  const last = new Map<ValueId, number>()
  plan.phases.forEach(({ nodes, updates }, phase) => {
    for (const node of nodes) node.inputs.forEach((value) => last.set(value, phase))
    // Between this phase's nodes and the next phase's.
    for (const update of updates) update.inputs.forEach((value) => last.set(value, phase + 0.5))
  })
  for (const value of plan.outputs) last.set(value, Infinity)
  return (phase) => (value) => (last.get(value) ?? -1) > phase
}
