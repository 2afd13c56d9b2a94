import { callableClass } from '../layers/callable'
import { flag, nonNegative, type Readers } from '../option_readers'
import { add, div, mul, sqrt, square, sub } from '../ops/math'
import { keptShare } from './kept_share'
import { Optimizer } from './optimizer'
import { optimizerOptions, type OptimizerArguments, type OptimizerOptions } from './options'
import type { SlotKind } from './slots'
import type { Moment, Step } from './step'

/** The numbers in the formula of {@link RMSprop}. */
export interface RMSpropSettings {
  /** Kept share of the mean of squared gradients; default 0.9. */
  readonly rho: number
  /** Kept share of the last change; default 0. */
  readonly momentum: number
  /** Added to the mean of squares, inside the root (Keras 2 and PyTorch: outside); default 1e-7. */
  readonly epsilon: number
  /** Take the square of the mean gradient off the mean of squares; default false. */
  readonly centered: boolean
}

/** Options of {@link RMSprop}. */
export type RMSpropOptions = Partial<RMSpropSettings> & OptimizerOptions

const READERS: Readers<RMSpropSettings> = {
  rho: keptShare(0.9),
  momentum: nonNegative(0),
  epsilon: nonNegative(1e-7),
  centered: flag(false),
}

export class RMSpropOptimizer extends Optimizer {
  declare readonly rho: number
  declare readonly momentum: number
  declare readonly epsilon: number
  declare readonly centered: boolean

  constructor(
    ...args: OptimizerArguments<
      RMSpropSettings,
      [rho?: number, momentum?: number, epsilon?: number, centered?: boolean]
    >
  ) {
    super(...optimizerOptions('RMSprop', args, READERS))
  }

  override get slotKinds(): readonly (readonly SlotKind[])[] {
    const momentum = this.momentum > 0 ? [[{ name: 'momentum' }]] : []
    const average = this.centered ? [[{ name: 'average_gradient' }]] : []
    return [[{ name: 'velocity' }], ...momentum, ...average]
  }

  protected override step({ rate }: Moment): Step {
    const { rho, momentum: kept, epsilon, centered } = this
    return {
      each: ({ weight, gradient, slot }) => {
        const velocity = add(mul(slot('velocity'), rho), mul(square(gradient), 1 - rho))
        const average = centered
          ? add(mul(slot('average_gradient'), rho), mul(gradient, 1 - rho))
          : undefined
        const variance = average ? sub(velocity, square(average)) : velocity
        const change = div(mul(gradient, rate), sqrt(add(variance, epsilon)))
        const momentum = kept > 0 ? add(mul(slot('momentum'), kept), change) : undefined
        const slots = {
          velocity,
          ...(average && { average_gradient: average }),
          ...(momentum && { momentum }),
        }
        return { weight: sub(weight, momentum ?? change), slots }
      },
      native: {
        op: 'rmsprop',
        slots: this.slotKinds.flat().map(({ name }) => name),
        attributes: { rho, momentum: kept, epsilon, centered },
      },
    }
  }
}

/**
 * RMSprop: gradients divided by the root of their mean square.
 * Source: Hinton (2012), https://keras.io/api/optimizers/rmsprop/
 *
 * @class
 * @example
 * const optimizer = new RMSprop(0.00005)   // also new RMSprop({ lr: 0.00005 })
 */
export const RMSprop = callableClass('RMSprop', RMSpropOptimizer)
export type RMSprop = RMSpropOptimizer
