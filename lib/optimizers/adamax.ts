import { callableClass } from '../layers/callable'
import { nonNegative, type Readers } from '../option_readers'
import { abs, add, div, maximum, mul, sub } from '../ops/math'
import { keptShare } from './kept_share'
import { Optimizer } from './optimizer'
import { optimizerOptions, type OptimizerArguments, type OptimizerOptions } from './options'
import { oneMinusPower, towards } from './powers'
import type { SlotKind } from './slots'
import type { Moment, Step } from './step'

/** The numbers in the formula of {@link Adamax}. */
export interface AdamaxSettings {
  /** Kept share of the first moment; default 0.9. */
  readonly beta1: number
  /** Kept share of the largest gradient; default 0.999. */
  readonly beta2: number
  /** Added to the largest gradient; default 1e-7. */
  readonly epsilon: number
}

/** Options of {@link Adamax}. */
export type AdamaxOptions = Partial<AdamaxSettings> & OptimizerOptions

const READERS: Readers<AdamaxSettings> = {
  beta1: keptShare(0.9),
  beta2: keptShare(0.999),
  epsilon: nonNegative(1e-7),
}

export class AdamaxOptimizer extends Optimizer {
  declare readonly beta1: number
  declare readonly beta2: number
  declare readonly epsilon: number

  constructor(
    ...args: OptimizerArguments<AdamaxSettings, [beta1?: number, beta2?: number, epsilon?: number]>
  ) {
    super(...optimizerOptions('Adamax', args, READERS))
  }

  override get slotKinds(): readonly (readonly SlotKind[])[] {
    return [[{ name: 'momentum' }, { name: 'norm' }]]
  }

  protected override step({ rate, count }: Moment): Step {
    const { beta1, beta2, epsilon } = this
    const correction = oneMinusPower(beta1, count)
    return {
      each: ({ weight, gradient, slot }) => {
        const momentum = towards(slot('momentum'), gradient, 1 - beta1)
        const norm = maximum(mul(slot('norm'), beta2), abs(gradient))
        const change = div(mul(momentum, rate), mul(add(norm, epsilon), correction))
        return { weight: sub(weight, change), slots: { momentum, norm } }
      },
    }
  }
}

/**
 * Adam with the largest gradient in place of the second moment.
 * Source: Kingma and Ba (2014), https://keras.io/api/optimizers/adamax/
 *
 * @class
 */
export const Adamax = callableClass('Adamax', AdamaxOptimizer)
export type Adamax = AdamaxOptimizer
