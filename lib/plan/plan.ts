/** The Plan while passes work on it: the types of `binding.d.ts`, and a description to lower from. */
import type { Attributes, Plan, PlanNode, PlanPhase, ValueId } from '../../binding'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'

export type { Plan, PlanNode, PlanPhase, ValueId }

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
  readonly outputs: readonly SymbolicTensor[]
  readonly updates: readonly GraphUpdate[]
}

export interface GraphInput {
  readonly tensor: SymbolicTensor
  readonly name: string
  readonly requireFinite: boolean
}

/** A Plan -> Plan function; never changes its argument. */
export type Pass = (plan: Plan) => Plan

/** Values that are needed after a phase's nodes: by its updates, by later phases, as outputs. */
export function usedAfterNodes(plan: Plan, phase: PlanPhase): Set<ValueId> {
  const later = plan.phases.slice(plan.phases.indexOf(phase) + 1)
  return new Set([
    ...plan.outputs,
    ...[phase, ...later].flatMap(({ updates }) => updates.flatMap(({ inputs }) => inputs)),
    ...later.flatMap(({ nodes }) => nodes.flatMap(({ inputs }) => inputs)),
  ])
}
