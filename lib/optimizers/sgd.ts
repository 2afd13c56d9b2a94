import { callableClass } from '../layers/callable'
import { flag, share, type Readers } from '../option_readers'
import { add, mul, sub } from '../ops/math'
import { Optimizer } from './optimizer'
import { optimizerOptions, type OptimizerArguments, type OptimizerOptions } from './options'
import type { SlotKind } from './slots'
import type { Moment, Step } from './step'

/** The numbers in the formula of {@link SGD}. */
export interface SGDSettings {
  /** Kept share of the last change, from 0 to 1; default 0. */
  readonly momentum: number
  /** Look one change ahead; default false. */
  readonly nesterov: boolean
}

/** Options of {@link SGD}. */
export type SGDOptions = Partial<SGDSettings> & OptimizerOptions

const READERS: Readers<SGDSettings> = { momentum: share(0), nesterov: flag(false) }

export class SGDOptimizer extends Optimizer {
  declare readonly momentum: number
  declare readonly nesterov: boolean

  constructor(...args: OptimizerArguments<SGDSettings, [momentum?: number, nesterov?: boolean]>) {
    const [options, own] = optimizerOptions('SGD', args, READERS)
    super(options.lr === undefined ? { learningRate: 0.01, ...options } : options, own)
  }

  override get slotKinds(): readonly (readonly SlotKind[])[] {
    return this.momentum > 0 ? [[{ name: 'momentum' }]] : []
  }

  protected override step({ rate }: Moment): Step {
    const { momentum: kept, nesterov } = this
    return {
      each: ({ weight, gradient, slot }) => {
        const change = mul(gradient, rate)
        if (kept === 0) return { weight: sub(weight, change) }
        const momentum = sub(mul(slot('momentum'), kept), change)
        const ahead = nesterov ? sub(mul(momentum, kept), change) : momentum
        return { weight: add(weight, ahead), slots: { momentum } }
      },
      native: {
        op: 'sgd',
        slots: this.slotKinds.flat().map(({ name }) => name),
        attributes: { momentum: kept, nesterov },
      },
    }
  }
}

/**
 * Gradient descent, with momentum if wanted. Default learning rate 0.01.
 * Source: https://keras.io/api/optimizers/sgd/
 *
 * @class
 * @example
 * const optimizer = new SGD(0.01, 0.9)   // also new SGD({ learningRate: 0.01, momentum: 0.9 })
 */
export const SGD = callableClass('SGD', SGDOptimizer)
export type SGD = SGDOptimizer
