import { callableClass } from '../layers/callable'
import { nonNegative, type Readers } from '../option_readers'
import { add, div, mul, sqrt, square, sub } from '../ops/math'
import { Optimizer } from './optimizer'
import { optimizerOptions, type OptimizerArguments, type OptimizerOptions } from './options'
import type { SlotKind } from './slots'
import type { Moment, Step } from './step'

/** The numbers in the formula of {@link Adagrad}. */
export interface AdagradSettings {
  /** What the sum of squared gradients starts with; default 0.1. */
  readonly initialAccumulatorValue: number
  /** Added to that sum, inside the root; default 1e-7. */
  readonly epsilon: number
}

/** Options of {@link Adagrad}. */
export type AdagradOptions = Partial<AdagradSettings> & OptimizerOptions

const READERS: Readers<AdagradSettings> = {
  initialAccumulatorValue: nonNegative(0.1),
  epsilon: nonNegative(1e-7),
}

export class AdagradOptimizer extends Optimizer {
  declare readonly initialAccumulatorValue: number
  declare readonly epsilon: number

  constructor(
    ...args: OptimizerArguments<
      AdagradSettings,
      [initialAccumulatorValue?: number, epsilon?: number]
    >
  ) {
    super(...optimizerOptions('Adagrad', args, READERS))
  }

  override get slotKinds(): readonly (readonly SlotKind[])[] {
    return [[{ name: 'accumulator', initial: this.initialAccumulatorValue }]]
  }

  protected override step({ rate }: Moment): Step {
    return {
      each: ({ weight, gradient, slot }) => {
        const accumulator = add(slot('accumulator'), square(gradient))
        const change = div(mul(gradient, rate), sqrt(add(accumulator, this.epsilon)))
        return { weight: sub(weight, change), slots: { accumulator } }
      },
    }
  }
}

/**
 * Gradients divided by the root of the sum of their squares so far.
 * Source: Duchi, Hazan and Singer (2011), https://keras.io/api/optimizers/adagrad/
 *
 * @class
 */
export const Adagrad = callableClass('Adagrad', AdagradOptimizer)
export type Adagrad = AdagradOptimizer
