import { callableClass } from '../layers/callable'
import { flag, nonNegative, type Readers } from '../option_readers'
import { add, div, maximum, mul, sqrt, square, sub } from '../ops/math'
import { keptShare } from './kept_share'
import { Optimizer } from './optimizer'
import { optimizerOptions, type OptimizerArguments, type OptimizerOptions } from './options'
import { oneMinusPower, towards } from './powers'
import type { SlotKind } from './slots'
import type { Moment, Step } from './step'

/** The numbers in the formula of {@link Adam}. */
export interface AdamSettings {
  /** Kept share of the first moment; default 0.9. */
  readonly beta1: number
  /** Kept share of the second moment; default 0.999. */
  readonly beta2: number
  /** Added to the root of the second moment, outside its correction; default 1e-7. */
  readonly epsilon: number
  /** Divide by the largest second moment so far (Reddi et al., 2018); default false. */
  readonly amsgrad: boolean
}

/** Options of {@link Adam}. */
export type AdamOptions = Partial<AdamSettings> & OptimizerOptions

const READERS: Readers<AdamSettings> = {
  beta1: keptShare(0.9),
  beta2: keptShare(0.999),
  epsilon: nonNegative(1e-7),
  amsgrad: flag(false),
}

export abstract class AdamBase extends Optimizer {
  declare readonly beta1: number
  declare readonly beta2: number
  declare readonly epsilon: number
  declare readonly amsgrad: boolean

  override get slotKinds(): readonly (readonly SlotKind[])[] {
    const moments = [{ name: 'momentum' }, { name: 'velocity' }]
    return this.amsgrad ? [moments, [{ name: 'velocity_hat' }]] : [moments]
  }

  protected override step({ rate, count }: Moment): Step {
    const { beta1, beta2, epsilon, amsgrad } = this
    const corrected = mul(rate, sqrt(oneMinusPower(beta2, count)))
    const alpha = div(corrected, oneMinusPower(beta1, count))
    return {
      each: ({ weight, gradient, slot }) => {
        const momentum = towards(slot('momentum'), gradient, 1 - beta1)
        const velocity = towards(slot('velocity'), square(gradient), 1 - beta2)
        const largest = amsgrad ? maximum(slot('velocity_hat'), velocity) : velocity
        const change = div(mul(momentum, alpha), add(sqrt(largest), epsilon))
        const slots = { momentum, velocity, ...(amsgrad && { velocity_hat: largest }) }
        return { weight: sub(weight, change), slots }
      },
      native: {
        op: 'adam',
        slots: this.slotKinds.flat().map(({ name }) => name),
        attributes: { beta1, beta2, epsilon, amsgrad },
      },
    }
  }
}

export class AdamOptimizer extends AdamBase {
  constructor(
    ...args: OptimizerArguments<
      AdamSettings,
      [beta1?: number, beta2?: number, epsilon?: number, amsgrad?: boolean]
    >
  ) {
    super(...optimizerOptions('Adam', args, READERS))
  }
}

/**
 * Adam. `lr * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon)`, as Keras computes it.
 * Source: Kingma and Ba (2014), https://keras.io/api/optimizers/adam/
 *
 * @class
 * @example
 * const optimizer = new Adam(0.0002, 0.5)   // also new Adam({ learningRate: 0.0002, beta1: 0.5 })
 */
export const Adam = callableClass('Adam', AdamOptimizer)
export type Adam = AdamOptimizer

export class AdamWOptimizer extends AdamBase {
  constructor(
    ...args: OptimizerArguments<
      AdamSettings,
      [weightDecay?: number, beta1?: number, beta2?: number, epsilon?: number, amsgrad?: boolean]
    >
  ) {
    const order = ['weightDecay', ...Object.keys(READERS)]
    const [options, own] = optimizerOptions('AdamW', args, READERS, order)
    super({ weightDecay: 0.004, ...options }, own)
  }
}

/**
 * Adam with weight decay, 0.004 unless given.
 * Source: Loshchilov and Hutter (2019), https://keras.io/api/optimizers/adamw/
 *
 * @class
 */
export const AdamW = callableClass('AdamW', AdamWOptimizer)
export type AdamW = AdamWOptimizer
