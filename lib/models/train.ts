/** Runs the programs of a compiled model: training steps and evaluation, batch by batch. */
import type { Plan } from '../../binding'
import { NDArray } from '../array'
import { fail, isList } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import {
  readOptimizerState,
  writeOptimizerState,
  type NamedArray,
  type OptimizerSlots,
} from '../optimizers'
import { planText, type PlanOptions } from '../plan/explain'
import { materialize, Program, readWeights } from '../program'
import type { Compiled } from './compile'
import type { Data } from './data'
import { arraysOf, itemsOf, keyOf, readFeed, specOf, type Feed, type FeedSpec } from './feed'
import { namedResult, Totals, type BatchResult, type Reported } from './reported'
import type { WeightOptions } from './sample_weights'
import { evaluationPart, evaluationStep, trainingPart, trainingStep } from './step'
import type { FeedTensors, Step, StepPart } from './step'

export type Mode = 'train' | 'test'

/** What a batch gave: the numbers of its program, to be added to totals. */
export interface Outcome {
  readonly reported: readonly Reported[]
  readonly results: readonly NDArray[]
  readonly items: number
}

export class Trainer {
  private readonly slots: OptimizerSlots
  private readonly trained: readonly Weight[]
  /** Programs are built for what they are fed: with sample weights, without, ... */
  private readonly steps = new Map<string, Step>()
  private readonly programs = new Map<Step, Program>()
  private hasWarned = false

  constructor(readonly compiled: Compiled) {
    this.trained = compiled.trainedWeights()
    this.slots = compiled.optimizer.createSlots(this.trained)
  }

  planText(mode: Mode, options: PlanOptions): string {
    const { model, options: compiled } = this.compiled
    return planText(`${model.label} plan`, this.usualStep(mode), options, compiled.passes ?? true)
  }

  /** The plan of a training step with targets as they should be. */
  get plan(): Plan {
    return this.usualStep('train').plan
  }

  /** All that the optimizer keeps. */
  get state(): readonly Weight[] {
    return this.slots.weights
  }

  names(): string[] {
    return this.usualStep('train').reported.map(({ name }) => name)
  }

  /** The step for targets as they should be, without sample weights. */
  private usualStep(mode: Mode): Step {
    const { outputs } = this.compiled
    const targets = outputs.map(({ target }) => target)
    return this.stepFor(mode, { targets, weights: outputs.map(() => undefined) })
  }

  /** One batch as a user gave it; the numbers that it gave. */
  async step(
    mode: Mode,
    where: string,
    x: Data,
    y: Data | undefined,
    options: WeightOptions,
  ): Promise<BatchResult> {
    const outcome = await this.run(mode, where, readFeed(where, this.compiled, x, y, options))
    const totals = new Totals(outcome.reported)
    totals.add(outcome.results, outcome.items)
    return namedResult(where, totals)
  }

  /** One batch as a part of a larger program, which feeds `learningRate` what `nextRate` gives. */
  part(mode: Mode, feed: FeedTensors, learningRate: SymbolicTensor): StepPart {
    if (mode === 'test') return evaluationPart(this.compiled, feed)
    this.warnIfFrozen()
    return trainingPart(this.compiled, this.trained, this.slots, feed, learningRate)
  }

  /** The learning rate of the step that is started now. */
  nextRate(): number {
    return this.compiled.optimizer.nextRate(this.slots)
  }

  /** After steps that may have failed: counts those that were done. */
  async recountSteps(): Promise<void> {
    const [done] = await readWeights([this.slots.iteration])
    this.slots.steps = done?.data[0] as number
  }

  /** Queues one batch; numbers are those before the step. */
  async run(mode: Mode, where: string, feed: Feed): Promise<Outcome> {
    const step = this.stepFor(mode, specOf(feed))
    const program = this.programs.get(step) ?? new Program(where, step.plan)
    this.programs.set(step, program)
    const { slots } = this
    const { optimizer } = this.compiled
    const rate = mode === 'train' ? [NDArray.full([], optimizer.nextRate(slots))] : []
    const ready = materialize(step.weights)
    const running = program.run([...arraysOf(feed), ...rate])
    const [, results] = await Promise.all([ready, running]).catch((error: unknown) => {
      // A step that failed changed nothing, so it does not count.
      if (mode === 'train') slots.steps -= 1
      throw error
    })
    return { reported: step.reported, results, items: itemsOf(feed) }
  }

  /** What an optimizer does when training ends. */
  async finish(): Promise<void> {
    await this.compiled.optimizer.finalizeVariableValues(this.slots)
  }

  /** The optimizer's state after the steps that were started. */
  async readState(): Promise<NamedArray[]> {
    return readOptimizerState(this.compiled.optimizer, this.slots)
  }

  async writeState(values: readonly (NamedArray | NDArray)[]): Promise<void> {
    const where = `${this.compiled.model.label} setOptimizerState`
    if (!isList(values)) fail(where, 'values', 'a list of arrays', values)
    const arrays = values.map((item: NamedArray | NDArray | undefined, i) => {
      const value = item instanceof NDArray ? item : item?.value
      if (value instanceof NDArray) return value
      return fail(where, `values[${i}]`, 'an NDArray or { name, value }', item)
    })
    await writeOptimizerState(this.compiled.optimizer, this.slots, arrays)
  }

  /** Once: a network that is compiled only to be predicted with needs no warning. */
  private warnIfFrozen(): void {
    if (this.trained.length > 0 || this.hasWarned) return
    this.hasWarned = true
    process.emitWarning(
      `[${this.compiled.model.label} compile] nothing is trainable: trainOnBatch will change no weight`,
      'GantorchWarning',
    )
  }

  private stepFor(mode: Mode, spec: FeedSpec): Step {
    const key = `${mode} ${keyOf(spec)}`
    const known = this.steps.get(key)
    if (known) return known
    if (mode === 'train') this.warnIfFrozen()
    const step =
      mode === 'train'
        ? trainingStep(this.compiled, this.trained, this.slots, spec)
        : evaluationStep(this.compiled, spec)
    this.steps.set(key, step)
    return step
  }
}
