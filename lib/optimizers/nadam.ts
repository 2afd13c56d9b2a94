import type { SymbolicTensor } from '../graph/tensor'
import { callableClass } from '../layers/callable'
import { nonNegative, type Readers } from '../option_readers'
import { add, div, exp, mul, sqrt, square, sub } from '../ops/math'
import { keptShare } from './kept_share'
import { Optimizer } from './optimizer'
import { optimizerOptions, type OptimizerArguments, type OptimizerOptions } from './options'
import { oneMinusPower, towards } from './powers'
import type { SlotKind } from './slots'
import type { Moment, Step } from './step'

/** The numbers in the formula of {@link Nadam}. */
export interface NadamSettings {
  /** Kept share of the first moment; default 0.9. */
  readonly beta1: number
  /** Kept share of the second moment; default 0.999. */
  readonly beta2: number
  /** Added to the root of the second moment; default 1e-7. */
  readonly epsilon: number
}

/** Options of {@link Nadam}. */
export type NadamOptions = Partial<NadamSettings> & OptimizerOptions

const READERS: Readers<NadamSettings> = {
  beta1: keptShare(0.9),
  beta2: keptShare(0.999),
  epsilon: nonNegative(1e-7),
}

export class NadamOptimizer extends Optimizer {
  declare readonly beta1: number
  declare readonly beta2: number
  declare readonly epsilon: number

  constructor(
    ...args: OptimizerArguments<NadamSettings, [beta1?: number, beta2?: number, epsilon?: number]>
  ) {
    super(...optimizerOptions('Nadam', args, READERS))
  }

  override get slotKinds(): readonly (readonly SlotKind[])[] {
    return [[{ name: 'momentum' }, { name: 'velocity' }]]
  }

  override get scalarKinds(): readonly SlotKind[] {
    return [{ name: 'u_product', initial: 1 }]
  }

  protected override step({ rate, count, scalar }: Moment): Step {
    // Keras rounds both shares to float32 here, which 1 - 0.999 shows.
    const [beta1, beta2] = [Math.fround(this.beta1), Math.fround(this.beta2)]
    // beta1 grows towards its value: beta1 * (1 - 0.5 * 0.96^t).
    const share = (t: SymbolicTensor): SymbolicTensor =>
      mul(sub(1, mul(exp(mul(t, Math.log(0.96))), 0.5)), beta1)
    const [now, next] = [share(count), share(add(count, 1))]
    const product = mul(scalar('u_product'), now)
    const ofMomentum = div(next, sub(1, mul(product, next)))
    const ofGradient = div(sub(1, now), sub(1, product))
    const correction = oneMinusPower(beta2, count)
    return {
      each: ({ weight, gradient, slot }) => {
        const momentum = towards(slot('momentum'), gradient, 1 - beta1)
        const velocity = towards(slot('velocity'), square(gradient), 1 - beta2)
        const ahead = add(mul(momentum, ofMomentum), mul(gradient, ofGradient))
        const change = div(mul(ahead, rate), add(sqrt(div(velocity, correction)), this.epsilon))
        return { weight: sub(weight, change), slots: { momentum, velocity } }
      },
      scalars: { u_product: product },
    }
  }
}

/**
 * Adam with Nesterov momentum.
 * Source: Dozat (2015), https://keras.io/api/optimizers/Nadam/
 *
 * @class
 */
export const Nadam = callableClass('Nadam', NadamOptimizer)
export type Nadam = NadamOptimizer
