/** How an optimizer describes one step. */
import type { Attributes } from '../../binding'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'

/** A weight or slot and what it becomes. */
export type Change = readonly [Weight, SymbolicTensor]

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

/** What `each` computes, as native code has it in native/kernels. */
export interface NativeFormula {
  readonly op: string
  /** Kinds of state in native code's order. */
  readonly slots: readonly string[]
  readonly attributes: Attributes
}

/** What an optimizer does in one step. */
export interface Step {
  readonly each: (step: WeightStep) => WeightResult
  /** New values of the scalars. */
  readonly scalars?: Readonly<Record<string, SymbolicTensor>>
  /** The same in native code, where it is there. */
  readonly native?: NativeFormula
}
