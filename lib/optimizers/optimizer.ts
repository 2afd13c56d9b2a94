/** Optimizer: how gradients change weights, as updates of a Plan. */
import { ArgumentError, StateError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import { add, copy, div, mul, sub } from '../ops/math'
import { assignment, type GraphUpdate } from '../plan/plan'
import { readWeights, writeWeights } from '../program'
import { serialize } from '../serialization'
import { finalChanges } from './final_changes'
import { clipGradients, clipScales } from './gradients'
import { nativeUpdate } from './native_update'
import { sharedSettings, type LearningRate, type OptimizerOptions } from './options'
import type { LearningRateSchedule } from './schedule'
import { resolveLearningRate } from './schedules'
import { OptimizerSlots, type SlotKind, type SlotPlan } from './slots'
import type { StateEntry } from './state'
import type { Change, Moment, Step } from './step'

/**
 * Base of all optimizers. One object may be given to several `compile`s: the learning rate is
 * shared, while moments and step counts are each model's own. (Keras 2 shared the step count,
 * Keras 3 refuses.) Clipping, weight decay, averages and constraints are done here.
 *
 * @example
 * class Momentum extends Optimizer {
 *   override get slotKinds() {
 *     return [[{ name: 'momentum' }]]
 *   }
 *   override step({ rate }: Moment) {
 *     const each = ({ weight, gradient, slot }: WeightStep) => {
 *       const momentum = ops.sub(ops.mul(slot('momentum'), 0.9), ops.mul(gradient, rate))
 *       return { weight: ops.add(weight, momentum), slots: { momentum } }
 *     }
 *     return { each }
 *   }
 * }
 */
export abstract class Optimizer {
  readonly name: string
  readonly weightDecay: number | undefined
  readonly clipnorm: number | undefined
  readonly clipvalue: number | undefined
  readonly globalClipnorm: number | undefined
  readonly useEma: boolean
  readonly emaMomentum: number
  readonly emaOverwriteFrequency: number | undefined
  readonly lossScaleFactor: number | undefined
  readonly decay: number
  private rate: number | LearningRateSchedule
  /** Steps of the model that was trained last. */
  private latest = 0
  private undecayed: readonly string[] = []

  /** `own`: options of the subclass, checked; they become its properties and part of getConfig. */
  constructor(
    options: OptimizerOptions = {},
    private readonly own: object = {},
  ) {
    const where = new.target.name
    if (options.learningRate !== undefined && options.lr !== undefined) {
      throw new ArgumentError(where, 'takes learningRate or lr, received both')
    }
    const settings = sharedSettings(where, options)
    this.name = settings.name
    this.weightDecay = settings.weightDecay
    this.clipnorm = settings.clipnorm
    this.clipvalue = settings.clipvalue
    this.globalClipnorm = settings.globalClipnorm
    this.useEma = settings.useEma
    this.emaMomentum = settings.emaMomentum
    this.emaOverwriteFrequency = settings.emaOverwriteFrequency
    this.lossScaleFactor = settings.lossScaleFactor
    this.decay = settings.decay
    this.rate = resolveLearningRate(where, options.learningRate ?? options.lr ?? 0.001)
    Object.assign(this, own)
  }

  /** Kinds of state for each weight; those of one list lie together, as Keras saves them. */
  get slotKinds(): readonly (readonly SlotKind[])[] {
    return []
  }

  /** Kinds of state that are one number for all weights. */
  get scalarKinds(): readonly SlotKind[] {
    return []
  }

  /** How one step changes a weight: scalars are computed in `step`, once, the rest in `each`. */
  protected abstract step(moment: Moment): Step

  /**
   * Used from the next step on, by all models compiled with this object. With a schedule: its value
   * for the model that was trained last. Setting a number in place of a schedule is a StateError,
   * as in Keras.
   */
  get learningRate(): number {
    return typeof this.rate === 'number' ? this.rate : this.rate.at(this.latest)
  }

  set learningRate(value: LearningRate) {
    const rate = resolveLearningRate(this.constructor.name, value)
    if (typeof rate === 'number' && typeof this.rate !== 'number') {
      throw new StateError(
        this.constructor.name,
        'has a schedule as its learning rate, which a number can not replace',
      )
    }
    this.rate = rate
  }

  /** Whether the learning rate follows from the steps done, and so is no state. */
  get hasSchedule(): boolean {
    return typeof this.rate !== 'number'
  }

  /** The rate of the step that is started now, and one more step for the schedule. */
  nextRate(slots: OptimizerSlots): number {
    const { steps } = slots
    const rate = typeof this.rate === 'number' ? this.rate : this.rate.at(steps)
    slots.steps = steps + 1
    this.latest = slots.steps
    return rate / (1 + this.decay * steps)
  }

  /** Weights whose own name holds one of these words are spared by `weightDecay`. */
  excludeFromWeightDecay(words: readonly string[]): void {
    this.undecayed = words
  }

  /** @internal What `createSlots` makes. */
  get slotPlan(): SlotPlan {
    return { perWeight: this.slotKinds, scalars: this.scalarKinds, averages: this.useEma }
  }

  /** New state for training these weights. */
  createSlots(weights: readonly Weight[]): OptimizerSlots {
    return new OptimizerSlots(this.name, weights, this.slotPlan)
  }

  /** The loss whose gradients `update` takes. */
  scaleLoss(loss: SymbolicTensor, _slots: OptimizerSlots): SymbolicTensor {
    return this.lossScaleFactor === undefined ? loss : mul(loss, this.lossScaleFactor)
  }

  /** The updates that train the weights of `slots` by gradients of the scaled loss. */
  update(
    gradients: readonly SymbolicTensor[],
    rate: SymbolicTensor,
    slots: OptimizerSlots,
  ): GraphUpdate[] {
    const native = this.native(gradients, rate, slots)
    if (native) return [native]
    return this.changes(gradients, rate, slots).map(([weight, value]) => assignment(weight, value))
  }

  /**
   * The same as one native update, where `step` and the constraints allow it. Where `condition` is
   * given and false when it runs, nothing changes.
   */
  native(
    gradients: readonly SymbolicTensor[],
    rate: SymbolicTensor,
    slots: OptimizerSlots,
    condition?: SymbolicTensor,
  ): GraphUpdate | undefined {
    const { native: formula } = this.step(this.moment(rate, slots))
    if (!formula) return undefined
    const { clipvalue, weightDecay, emaMomentum: momentum, emaOverwriteFrequency: frequency } = this
    const unscaled = this.unscaled(gradients)
    const step = {
      ...{ formula, rate, gradients: unscaled, condition, clipvalue },
      scales: clipScales(unscaled, this),
      decays:
        weightDecay === undefined ? undefined : slots.trained.map((each) => this.decayOf(each)),
      average: this.useEma ? { momentum, frequency } : undefined,
    }
    return nativeUpdate(step, slots)
  }

  /** @internal The same as new values: every weight and slot that changes. */
  changes(
    gradients: readonly SymbolicTensor[],
    rate: SymbolicTensor,
    slots: OptimizerSlots,
  ): Change[] {
    const { trained, iteration } = slots
    const moment = this.moment(rate, slots)
    const { each, scalars = {} } = this.step(moment)
    const { count } = moment
    const perWeight = clipGradients(this.unscaled(gradients), this).flatMap((gradient, i) => {
      const weight = trained[i] as Weight
      const slotOf = (name: string): Weight => slots.ofKind(name)[i] as Weight
      const slot = (name: string): SymbolicTensor => slotOf(name).leaf
      const result = each({ weight: this.decayed(weight, rate), gradient, slot })
      const changed = Object.entries(result.slots ?? {}).map(([name, value]): Change => [
        slotOf(name),
        value,
      ])
      return [
        ...changed,
        ...finalChanges(weight, result.weight, count, slots.ofKind('average')[i], this),
      ]
    })
    const common = Object.entries(scalars).map(([name, value]): Change => [
      slots.scalar(name),
      value,
    ])
    const all: Change[] = [...perWeight, ...common, [iteration, count]]
    // Values of weights share their memory, so one that is passed on is copied first.
    return all.map(([weight, value]) => [
      weight,
      value.node.operation.kind === 'weight' ? copy(value) : value,
    ])
  }

  private moment(rate: SymbolicTensor, slots: OptimizerSlots): Moment {
    const scalar = (name: string): SymbolicTensor => slots.scalar(name).leaf
    return { rate, count: add(slots.iteration.leaf, 1), scalar }
  }

  /** Gradients of the loss itself. */
  private unscaled(gradients: readonly SymbolicTensor[]): readonly SymbolicTensor[] {
    const { lossScaleFactor: factor } = this
    return factor === undefined ? gradients : gradients.map((gradient) => div(gradient, factor))
  }

  /** The share of a weight that decays, before the learning rate. */
  private decayOf(weight: Weight): number {
    const name = weight.name.split('/').at(-1) as string
    return this.undecayed.some((word) => name.includes(word)) ? 0 : (this.weightDecay ?? 0)
  }

  private decayed(weight: Weight, rate: SymbolicTensor): SymbolicTensor {
    const decay = this.decayOf(weight)
    return decay === 0 ? weight.leaf : sub(weight.leaf, mul(mul(weight.leaf, decay), rate))
  }

  /**
   * With `useEma`: the trained weights become their averages, as Keras does at the end of `fit`.
   * Without it, or before the first step, nothing changes.
   */
  async finalizeVariableValues(slots: OptimizerSlots): Promise<void> {
    if (!this.useEma) return
    const [steps, ...averages] = await readWeights([slots.iteration, ...slots.ofKind('average')])
    if (steps?.data[0] === 0) return
    await writeWeights(this.constructor.name, slots.trained, averages)
  }

  /** @internal The whole state in Keras's order: step count, learning rate if a number, all slots. */
  stateEntries(slots: OptimizerSlots): readonly StateEntry[] {
    const [iteration, ...others] = slots.weights.map((weight) => ({ name: weight.name, weight }))
    const rate: StateEntry = {
      name: `${this.name}/learning_rate`,
      read: () => this.learningRate,
      write: (value) => (this.learningRate = value),
    }
    return [iteration as StateEntry, ...(this.hasSchedule ? [] : [rate]), ...others]
  }

  /** An equal optimizer, with the learning rate as it is now. */
  copy(): Optimizer {
    const Class = this.constructor as new (options: unknown) => Optimizer
    const copy = new Class({ ...this.getConfig(), learningRate: this.rate })
    copy.excludeFromWeightDecay(this.undecayed)
    return copy
  }

  /** Options that make an equal optimizer. */
  getConfig(): Record<string, unknown> {
    const { name, weightDecay, clipnorm, clipvalue, globalClipnorm, decay } = this
    const { useEma, emaMomentum, emaOverwriteFrequency, lossScaleFactor } = this
    const learningRate = typeof this.rate === 'number' ? this.rate : serialize(this.rate)
    const clips = { clipnorm, clipvalue, globalClipnorm }
    const ema = { useEma, emaMomentum, emaOverwriteFrequency }
    const shared = { name, learningRate, weightDecay, ...clips, ...ema, lossScaleFactor, decay }
    const entries = Object.entries({ ...shared, ...this.own })
    return Object.fromEntries(entries.map(([key, value]) => [key, value ?? null]))
  }
}
