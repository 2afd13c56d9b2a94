/** Optimizer: how gradients change weights, as an update of a Plan. */
import { fail, finiteNumber } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { Weight } from '../graph/weight'
import { fill } from '../ops/random'
import type { GraphUpdate } from '../plan/plan'

/** State that one compiled model keeps for an optimizer. */
export interface OptimizerSlots {
  readonly weights: readonly Weight[]
}

/**
 * Base of all optimizers. One object may be given to several `compile`s: the learning rate is
 * shared, while moments and step counts are each model's own. (Keras 2 shared the step count,
 * Keras 3 refuses.)
 */
export abstract class Optimizer {
  private rate: number

  constructor(learningRate: number) {
    this.rate = checkRate(new.target.name, learningRate)
  }

  /** Used from the next step on, by all models compiled with this object. */
  get learningRate(): number {
    return this.rate
  }

  set learningRate(value: number) {
    this.rate = checkRate(this.constructor.name, value)
  }

  /** New state, all zeros, for training these weights. */
  abstract createSlots(weights: readonly Weight[]): OptimizerSlots

  /** The update that trains `weights` by `gradients`. */
  abstract update(
    weights: readonly Weight[],
    gradients: readonly SymbolicTensor[],
    learningRate: SymbolicTensor,
    slots: OptimizerSlots,
  ): GraphUpdate

  /** Options that make an equal optimizer. */
  abstract getConfig(): Record<string, unknown>
}

function checkRate(where: string, value: unknown): number {
  const rate = finiteNumber(where, 'learningRate', value)
  return rate >= 0 ? rate : fail(where, 'learningRate', 'a non-negative number', value)
}

/** A slot that lies in memory as its weight does, so that updates run over both in step. */
export function slotLike(weight: Weight, name: string): Weight {
  return new Weight({
    name: `${weight.name}/${name}`,
    shape: weight.shape,
    order: weight.order,
    initialize: () => fill(weight.shape, 0),
    trainable: false,
  })
}

/** A scalar slot. */
export function scalarSlot(name: string): Weight {
  return new Weight({ name, shape: [], initialize: () => fill([], 0), trainable: false })
}
