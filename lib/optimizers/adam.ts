import { fail, finiteNumber, isOptionsObject, knownOptions, numberInRange } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import { callableClass } from '../layers/callable'
import type { GraphUpdate } from '../plan/plan'
import { Optimizer, scalarSlot, slotLike, type OptimizerSlots } from './optimizer'

export interface AdamOptions {
  /** Default 0.001. */
  readonly learningRate?: number
  /** Keras 2's name of `learningRate`. */
  readonly lr?: number
  /** Kept share of the first moment; default 0.9. */
  readonly beta1?: number
  /** Kept share of the second moment; default 0.999. */
  readonly beta2?: number
  /** Added to the root of the second moment, outside its correction; default 1e-7. */
  readonly epsilon?: number
  /** Learning rate divided by 1 + decay * steps done, as in Keras 2; default 0. */
  readonly decay?: number
}

const OPTIONS = ['learningRate', 'lr', 'beta1', 'beta2', 'epsilon', 'decay']

class AdamOptimizer extends Optimizer {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly decay: number

  constructor(options?: AdamOptions)
  constructor(learningRate: number, beta1?: number, beta2?: number)
  constructor(first: number | AdamOptions = {}, second?: number, third?: number) {
    const options: AdamOptions = isOptionsObject(first)
      ? first
      : { learningRate: first, beta1: second, beta2: third }
    knownOptions('Adam', options, OPTIONS)
    super(options.learningRate ?? options.lr ?? 0.001)
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, decay = 0 } = options
    this.beta1 = numberInRange('Adam', 'beta1', beta1, 0, 1)
    this.beta2 = numberInRange('Adam', 'beta2', beta2, 0, 1)
    this.epsilon = finiteNumber('Adam', 'epsilon', epsilon)
    this.decay = finiteNumber('Adam', 'decay', decay)
    if (epsilon < 0) fail('Adam', 'epsilon', 'a non-negative number', epsilon)
    if (decay < 0) fail('Adam', 'decay', 'a non-negative number', decay)
  }

  override createSlots(weights: readonly Weight[]): OptimizerSlots {
    const momentums = weights.map((weight) => slotLike(weight, 'momentum'))
    const velocities = weights.map((weight) => slotLike(weight, 'velocity'))
    return { weights: [...momentums, ...velocities, scalarSlot('adam/iteration')] }
  }

  override update(
    weights: readonly Weight[],
    gradients: readonly SymbolicTensor[],
    learningRate: SymbolicTensor,
    slots: OptimizerSlots,
  ): GraphUpdate {
    const { beta1, beta2, epsilon, decay } = this
    return {
      op: 'adam',
      weights,
      slots: slots.weights,
      inputs: [learningRate, ...gradients],
      attributes: { beta1, beta2, epsilon, decay },
    }
  }

  override getConfig(): Record<string, unknown> {
    const { learningRate, beta1, beta2, epsilon, decay } = this
    return { learningRate, beta1, beta2, epsilon, decay }
  }
}

/**
 * Adam. `lr * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon)`, as Keras computes it.
 * Source: Kingma and Ba (2014), https://keras.io/api/optimizers/adam/
 *
 * @example
 * const optimizer = new Adam(0.0002, 0.5)   // also new Adam({ learningRate: 0.0002, beta1: 0.5 })
 */
export const Adam = callableClass('Adam', AdamOptimizer)
export type Adam = AdamOptimizer
