import { boolean, fail, finiteNumber, isOptionsObject, knownOptions, numberInRange } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import { callableClass } from '../layers/callable'
import type { GraphUpdate } from '../plan/plan'
import {
  Optimizer,
  OPTIMIZER_OPTIONS,
  scalarSlot,
  slotLike,
  type OptimizerOptions,
  type OptimizerSlots,
} from './optimizer'

export interface AdamOptions extends OptimizerOptions {
  /** Kept share of the first moment; default 0.9. */
  readonly beta1?: number
  /** Kept share of the second moment; default 0.999. */
  readonly beta2?: number
  /** Added to the root of the second moment, outside its correction; default 1e-7. */
  readonly epsilon?: number
  /** Learning rate divided by 1 + decay * steps done, as in Keras 2; default 0. */
  readonly decay?: number
  /** Divide by the largest second moment so far (Reddi et al., 2018); default false. */
  readonly amsgrad?: boolean
}

const OPTIONS = [...OPTIMIZER_OPTIONS, 'beta1', 'beta2', 'epsilon', 'decay', 'amsgrad']

class AdamOptimizer extends Optimizer {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly decay: number
  readonly amsgrad: boolean

  constructor(
    ...args:
      | [options?: AdamOptions]
      | [learningRate: number, beta1?: number, beta2?: number, epsilon?: number]
  ) {
    const [first = {}, ...rest] = args
    const options: AdamOptions = isOptionsObject(first)
      ? first
      : { learningRate: first, beta1: rest[0], beta2: rest[1], epsilon: rest[2] }
    knownOptions('Adam', options, OPTIONS)
    super(options)
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, decay = 0, amsgrad = false } = options
    this.beta1 = numberInRange('Adam', 'beta1', beta1, 0, 1)
    this.beta2 = numberInRange('Adam', 'beta2', beta2, 0, 1)
    this.epsilon = finiteNumber('Adam', 'epsilon', epsilon)
    this.decay = finiteNumber('Adam', 'decay', decay)
    this.amsgrad = boolean('Adam', 'amsgrad', amsgrad)
    if (epsilon < 0) fail('Adam', 'epsilon', 'a non-negative number', epsilon)
    if (decay < 0) fail('Adam', 'decay', 'a non-negative number', decay)
  }

  override createSlots(weights: readonly Weight[]): OptimizerSlots {
    const names = ['momentum', 'velocity', ...(this.amsgrad ? ['largest_velocity'] : [])]
    const moments = names.flatMap((name) => weights.map((weight) => slotLike(weight, name)))
    return { weights: [...moments, scalarSlot('adam/iteration')] }
  }

  override update(
    weights: readonly Weight[],
    gradients: readonly SymbolicTensor[],
    learningRate: SymbolicTensor,
    slots: OptimizerSlots,
  ): GraphUpdate {
    const { beta1, beta2, epsilon, decay, amsgrad } = this
    return {
      op: 'adam',
      weights,
      slots: slots.weights,
      inputs: [learningRate, ...this.clipped(gradients)],
      attributes: { beta1, beta2, epsilon, decay, amsgrad },
    }
  }

  override getConfig(): Record<string, unknown> {
    const { beta1, beta2, epsilon, decay, amsgrad } = this
    return { ...super.getConfig(), beta1, beta2, epsilon, decay, amsgrad }
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
