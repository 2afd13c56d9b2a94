/** One step of an optimizer as one native update of all weights: what `Optimizer.changes` describes. */
import type { Attribute, Attributes } from '../../binding'
import { boundsOf } from '../constraints'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import type { GraphUpdate } from '../plan/plan'
import type { OptimizerSlots } from './slots'
import type { NativeFormula } from './step'

export interface NativeStep {
  readonly formula: NativeFormula
  readonly rate: SymbolicTensor
  readonly gradients: readonly SymbolicTensor[]
  /** What each gradient is multiplied by. */
  readonly scales: readonly SymbolicTensor[] | undefined
  readonly clipvalue: number | undefined
  /** Share of each trained weight that decays. */
  readonly decays: readonly number[] | undefined
  readonly average:
    { readonly momentum: number; readonly frequency: number | undefined } | undefined
  /** Nothing changes in a step where it is false. */
  readonly condition: SymbolicTensor | undefined
}

/** Nothing where a weight has a constraint that looks at more than one element. */
export function nativeUpdate(step: NativeStep, slots: OptimizerSlots): GraphUpdate | undefined {
  const { formula, rate, gradients, scales = [], condition } = step
  const limits = limitsOf(slots.trained)
  if (!limits) return undefined
  const kinds = step.average ? [...formula.slots, 'average'] : formula.slots
  return {
    op: formula.op,
    weights: slots.trained,
    slots: [...kinds.flatMap((kind) => slots.ofKind(kind)), slots.iteration],
    inputs: [rate, ...(condition ? [condition] : []), ...gradients, ...scales],
    attributes: {
      ...formula.attributes,
      ...given('clipvalue', step.clipvalue),
      ...given('weightDecay', step.decays),
      ...given('emaMomentum', step.average?.momentum),
      ...given('emaOverwriteFrequency', step.average?.frequency),
      ...limits,
      ...given('scaled', step.scales && true),
      ...given('conditional', condition && true),
    },
  }
}

function given(name: string, value: Attribute | undefined): Attributes {
  return value === undefined ? {} : { [name]: value }
}

/** Bounds of each weight after a step. */
function limitsOf(weights: readonly Weight[]): Attributes | undefined {
  if (weights.every(({ constraint }) => constraint === undefined)) return {}
  const bounds = weights.map(({ constraint }) => boundsOf(constraint))
  const known = bounds.filter((each) => each !== undefined)
  if (known.length < bounds.length) return undefined
  return { low: known.map(([low]) => low), high: known.map(([, high]) => high) }
}
