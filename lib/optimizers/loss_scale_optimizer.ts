import { positiveInteger, positiveNumber } from '../check'
import { ArgumentError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import { callableClass } from '../layers/callable'
import { equal, isfinite, logicalAnd, where } from '../ops/compare'
import { add, div, mul } from '../ops/math'
import { all } from '../ops/reduce'
import { assignment, type GraphUpdate } from '../plan/plan'
import { optionsOf } from '../option_readers'
import { serialize, type SerializedObject } from '../serialization'
// Used when an optimizer is made, not while modules load: the two know each other.
import { resolveOptimizer } from './index'
import { Optimizer } from './optimizer'
import type { LearningRate } from './options'
import type { OptimizerSlots, SlotPlan } from './slots'
import type { Change, Step } from './step'

/** Options of {@link LossScaleOptimizer}. */
export interface LossScaleOptions {
  /** The optimizer that trains. */
  readonly innerOptimizer: Optimizer | SerializedObject
  /** What the loss is multiplied by at first; default 32768. */
  readonly initialScale?: number
  /** Steps in a row with finite gradients after which the scale doubles; default 2000. */
  readonly dynamicGrowthSteps?: number
  readonly name?: string
}

const NAMES = ['innerOptimizer', 'initialScale', 'dynamicGrowthSteps', 'name'] as const

export class LossScaledOptimizer extends Optimizer {
  readonly innerOptimizer: Optimizer
  readonly initialScale: number
  readonly dynamicGrowthSteps: number

  constructor(
    ...args:
      | [options: LossScaleOptions]
      | [innerOptimizer: Optimizer, initialScale?: number, dynamicGrowthSteps?: number]
  ) {
    const where = 'LossScaleOptimizer'
    const options = optionsOf<LossScaleOptions>(where, args, NAMES)
    const { initialScale = 2 ** 15, dynamicGrowthSteps = 2000, name } = options
    super({ name: name ?? 'loss_scale_optimizer' })
    this.innerOptimizer = resolveOptimizer(`${where} innerOptimizer`, options.innerOptimizer)
    if (this.innerOptimizer.lossScaleFactor !== undefined) {
      throw new ArgumentError(where, 'scales the loss by itself: leave lossScaleFactor out')
    }
    this.initialScale = positiveNumber(where, 'initialScale', initialScale)
    this.dynamicGrowthSteps = positiveInteger(where, 'dynamicGrowthSteps', dynamicGrowthSteps)
  }

  /** @internal */
  override get slotPlan(): SlotPlan {
    const { scalars = [], ...inner } = this.innerOptimizer.slotPlan
    const scale = { name: 'dynamic_scale', initial: this.initialScale }
    return { ...inner, scalars: [...scalars, { name: 'step_counter' }, scale] }
  }

  // The base's constructor sets a rate of its own, which nobody sees.
  override get learningRate(): number {
    return this.innerOptimizer.learningRate
  }

  override set learningRate(value: LearningRate) {
    this.innerOptimizer.learningRate = value
  }

  override get hasSchedule(): boolean {
    return this.innerOptimizer.hasSchedule
  }

  override nextRate(slots: OptimizerSlots): number {
    return this.innerOptimizer.nextRate(slots)
  }

  override scaleLoss(loss: SymbolicTensor, slots: OptimizerSlots): SymbolicTensor {
    return mul(loss, slots.scalar('dynamic_scale').leaf)
  }

  override update(
    gradients: readonly SymbolicTensor[],
    rate: SymbolicTensor,
    slots: OptimizerSlots,
  ): GraphUpdate[] {
    const finite = allFinite(gradients)
    const unscaled = this.divided(gradients, slots)
    const native = this.innerOptimizer.native(unscaled, rate, slots, finite)
    if (!native) return super.update(gradients, rate, slots)
    const changes = this.scaleChanges(finite, slots)
    return [native, ...changes.map(([weight, value]) => assignment(weight, value))]
  }

  /** @internal Nothing but the scale changes in a step with a gradient that is not finite. */
  override changes(
    gradients: readonly SymbolicTensor[],
    rate: SymbolicTensor,
    slots: OptimizerSlots,
  ): Change[] {
    const finite = allFinite(gradients)
    const kept = this.innerOptimizer
      .changes(this.divided(gradients, slots), rate, slots)
      .map(([weight, value]): Change => [weight, where(finite, value, weight.leaf)])
    return [...kept, ...this.scaleChanges(finite, slots)]
  }

  /** Gradients of the loss itself. */
  private divided(gradients: readonly SymbolicTensor[], slots: OptimizerSlots): SymbolicTensor[] {
    return gradients.map((gradient) => div(gradient, slots.scalar('dynamic_scale').leaf))
  }

  private scaleChanges(finite: SymbolicTensor, slots: OptimizerSlots): Change[] {
    const scale = slots.scalar('dynamic_scale')
    const counter = slots.scalar('step_counter')
    const grows = equal(counter.leaf, this.dynamicGrowthSteps - 1)
    const counted = where(grows, mul(counter.leaf, 0), add(counter.leaf, 1))
    const grown = where(grows, mul(scale.leaf, 2), scale.leaf)
    return [
      [counter, where(finite, counted, mul(counted, 0))],
      [scale, where(finite, grown, mul(scale.leaf, 0.5))],
    ]
  }

  // `update` gives the inner optimizer's, with more around it.
  override native(): undefined {
    return undefined
  }

  protected override step(): Step {
    throw new ArgumentError('LossScaleOptimizer', 'leaves the step to its inner optimizer')
  }

  override async finalizeVariableValues(slots: OptimizerSlots): Promise<void> {
    await this.innerOptimizer.finalizeVariableValues(slots)
  }

  override copy(): Optimizer {
    return new LossScaledOptimizer({
      ...(this.getConfig() as unknown as LossScaleOptions),
      innerOptimizer: this.innerOptimizer.copy(),
    })
  }

  override getConfig(): Record<string, unknown> {
    const { name, initialScale, dynamicGrowthSteps } = this
    return {
      name,
      innerOptimizer: serialize(this.innerOptimizer),
      initialScale,
      dynamicGrowthSteps,
    }
  }
}

function allFinite(gradients: readonly SymbolicTensor[]): SymbolicTensor {
  return gradients.map((gradient) => all(isfinite(gradient))).reduce(logicalAnd)
}

/**
 * Trains in float16 without underflow: the loss is multiplied by a scale before gradients are
 * taken. A step whose gradients are not finite changes no weight and halves the scale; after
 * `dynamicGrowthSteps` steps in a row without one it doubles. `compile` puts it around the
 * optimizer of a model whose policy is mixed_float16, as Keras does. A skipped step counts for a
 * learning-rate schedule (in Keras it does not).
 * Source: https://keras.io/api/optimizers/loss_scale_optimizer/
 *
 * @class
 * @example
 * const optimizer = new LossScaleOptimizer(new Adam(0.0002, 0.5), 1024)
 */
export const LossScaleOptimizer = callableClass('LossScaleOptimizer', LossScaledOptimizer)
export type LossScaleOptimizer = LossScaledOptimizer
