/** How an optimizer describes one step. */
import type { SymbolicTensor } from '../graph/tensor'

/** One weight in one step. */
export interface WeightStep {
  readonly weight: SymbolicTensor
  readonly gradient: SymbolicTensor
  /** State of this weight, by the names that `slotKinds` gives. */
  readonly slot: (name: string) => SymbolicTensor
}

/** What a weight and its state become. */
export interface WeightResult {
  readonly weight: SymbolicTensor
  readonly slots?: Readonly<Record<string, SymbolicTensor>>
}

/** What is common to all weights in one step. */
export interface Moment {
  /** The learning rate, a scalar. */
  readonly rate: SymbolicTensor
  /** 1 in the first step, a scalar. */
  readonly count: SymbolicTensor
  readonly scalar: (name: string) => SymbolicTensor
}

export interface Step {
  readonly each: (step: WeightStep) => WeightResult
  /** New values of the scalars. */
  readonly scalars?: Readonly<Record<string, SymbolicTensor>>
}
