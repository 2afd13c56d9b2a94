import type { SymbolicTensor } from '../graph/tensor'
import { callableClass } from '../layers/callable'
import { nonNegative, type Readers } from '../option_readers'
import { add, div, mul, sqrt, square, sub } from '../ops/math'
import { keptShare } from './kept_share'
import { Optimizer } from './optimizer'
import { optimizerOptions, type OptimizerArguments, type OptimizerOptions } from './options'
import type { SlotKind } from './slots'
import type { Moment, Step } from './step'

/** The numbers in the formula of {@link Adadelta}. */
export interface AdadeltaSettings {
  /** Kept share of both means of squares; default 0.95. */
  readonly rho: number
  /** Added to both, inside the roots; default 1e-7. */
  readonly epsilon: number
}

/** Options of {@link Adadelta}. */
export type AdadeltaOptions = Partial<AdadeltaSettings> & OptimizerOptions

const READERS: Readers<AdadeltaSettings> = { rho: keptShare(0.95), epsilon: nonNegative(1e-7) }

export class AdadeltaOptimizer extends Optimizer {
  declare readonly rho: number
  declare readonly epsilon: number

  constructor(...args: OptimizerArguments<AdadeltaSettings, [rho?: number, epsilon?: number]>) {
    super(...optimizerOptions('Adadelta', args, READERS))
  }

  override get slotKinds(): readonly (readonly SlotKind[])[] {
    return [[{ name: 'accumulated_grad' }, { name: 'accumulated_delta_var' }]]
  }

  protected override step({ rate }: Moment): Step {
    const { rho, epsilon } = this
    const moved = (mean: SymbolicTensor, value: SymbolicTensor): SymbolicTensor =>
      add(mul(mean, rho), mul(square(value), 1 - rho))
    const root = (mean: SymbolicTensor): SymbolicTensor => sqrt(add(mean, epsilon))
    return {
      each: ({ weight, gradient, slot }) => {
        const gradients = moved(slot('accumulated_grad'), gradient)
        const changes = slot('accumulated_delta_var')
        const change = div(mul(root(changes), gradient), root(gradients))
        const slots = {
          accumulated_grad: gradients,
          accumulated_delta_var: moved(changes, change),
        }
        return { weight: sub(weight, mul(change, rate)), slots }
      },
    }
  }
}

/**
 * Gradients scaled by the ratio of the root mean squares of changes and gradients.
 * Source: Zeiler (2012), https://keras.io/api/optimizers/adadelta/
 *
 * @class
 */
export const Adadelta = callableClass('Adadelta', AdadeltaOptimizer)
export type Adadelta = AdadeltaOptimizer
