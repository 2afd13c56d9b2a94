import { fail } from '../check'
import { callableClass } from '../layers/callable'
import type { Readers } from '../option_readers'
import { add, mul, sign, sub } from '../ops/math'
import { keptShare } from './kept_share'
import { Optimizer } from './optimizer'
import { optimizerOptions, type OptimizerArguments, type OptimizerOptions } from './options'
import type { SlotKind } from './slots'
import type { Moment, Step } from './step'

/** The numbers in the formula of {@link Lion}. */
export interface LionSettings {
  /** Share of the momentum in what decides the direction, above 0; default 0.9. */
  readonly beta1: number
  /** Kept share of the momentum; default 0.99. */
  readonly beta2: number
}

/** Options of {@link Lion}. */
export type LionOptions = Partial<LionSettings> & OptimizerOptions

const READERS: Readers<LionSettings> = {
  beta1: (where, name, given = 0.9) =>
    typeof given === 'number' && given > 0 && given <= 1
      ? given
      : fail(where, name, 'a number above 0, at most 1', given),
  beta2: keptShare(0.99),
}

export class LionOptimizer extends Optimizer {
  declare readonly beta1: number
  declare readonly beta2: number

  constructor(...args: OptimizerArguments<LionSettings, [beta1?: number, beta2?: number]>) {
    super(...optimizerOptions('Lion', args, READERS))
  }

  override get slotKinds(): readonly (readonly SlotKind[])[] {
    return [[{ name: 'momentum' }]]
  }

  protected override step({ rate }: Moment): Step {
    // Keras rounds both shares to float32 here, which 1 - 0.99 shows.
    const [beta1, beta2] = [Math.fround(this.beta1), Math.fround(this.beta2)]
    return {
      each: ({ weight, gradient, slot }) => {
        const old = slot('momentum')
        const direction = sign(add(mul(old, beta1), mul(gradient, 1 - beta1)))
        const momentum = add(mul(old, beta2), mul(gradient, 1 - beta2))
        return { weight: sub(weight, mul(direction, rate)), slots: { momentum } }
      },
    }
  }
}

/**
 * Steps of equal size in the direction of the momentum's signs.
 * Source: Chen et al. (2023), https://keras.io/api/optimizers/lion/
 *
 * @class
 */
export const Lion = callableClass('Lion', LionOptimizer)
export type Lion = LionOptimizer
