/** What the function of a fused step is called with: Keras's calls, on tensors. */
import { checkShape, DTYPES, NDArray, type DType } from '../array'
import { describe, fail, finiteNumber, knownOptions, nonNegativeNumber, oneOf } from '../check'
import { ArgumentError, ShapeError, StateError } from '../errors'
import { INFERENCE } from '../graph/node'
import { placeholder, SymbolicTensor, type AnyTensors } from '../graph/tensor'
import type { ImageSet } from '../image/image_set'
import { pictureBatch, sampled, type SampledBatch } from '../image/sampled'
import type { ImageDataset } from '../image/dataset'
import type { SampleOptions } from '../image/sampler'
import { BaseModel } from '../models/base_model'
import { inputTensors, stepTensors, type StepData, type StepDataFor } from '../models/feed_tensors'
import { requireFinite } from '../models/feed'
import type { ResultOf } from '../models/results'
import type { Mode, Trainer } from '../models/train'
import { convertToTensor, full } from '../ops/create'
import { toArrayPrecision } from '../ops/dtypes'
import { stopGradient } from '../ops/gradients'
import { copy } from '../ops/math'
import { assignment, type GraphPhase } from '../plan/plan'
import { weightHolding, writeHeld } from '../program'
import { Draws } from './draws'
import { StepResult } from './step_result'

/** More numbers than these are kept in native memory, not in the plan. */
const LARGEST_CONSTANT = 256

/** What models give inside a step. */
export type StepPredictions<Outputs extends AnyTensors> = Outputs extends SymbolicTensor
  ? SymbolicTensor
  : { readonly [K in keyof Outputs]: SymbolicTensor }

/** A leaf that is fed anew for each run. */
export interface StepFeed {
  readonly tensor: SymbolicTensor
  readonly name: string
  readonly requireFinite: boolean
  readonly next: () => NDArray | Promise<NDArray>
}

/** @internal What the calls of a step's function came to. */
export interface StepDescription {
  readonly phases: readonly GraphPhase[]
  readonly feeds: readonly StepFeed[]
  /** Names and leaves of what each run is given. */
  readonly inputs: ReadonlyMap<string, SymbolicTensor>
  readonly draws: Draws
  /** The models that are trained, once for each call. */
  readonly trainers: readonly Trainer[]
}

/**
 * The calls of a GAN step. Each means what the model's own method means, and they happen in the order
 * in which they are written. Tensors may go through `ops` in between; no gradient flows from one call
 * into another.
 */
export class StepBuilder {
  private readonly phases: GraphPhase[] = []
  private readonly feeds: StepFeed[] = []
  private readonly inputs = new Map<string, SymbolicTensor>()
  private readonly trainers: Trainer[] = []
  private readonly draws = new Draws()
  private isDone = false

  /** @internal */
  constructor(private readonly where: string) {}

  /** @internal Ends the description. */
  finish(): StepDescription {
    this.isDone = true
    const { phases, feeds, inputs, draws, trainers } = this
    return { phases, feeds, inputs, draws, trainers }
  }

  /**
   * Pictures drawn at random, float32 (batchSize, height, width, channels) in [-1, 1]: the numbers of
   * `pictures.sample`.
   */
  sample(pictures: ImageDataset, batchSize: number, options: SampleOptions = {}): SymbolicTensor {
    const { images, feed }: SampledBatch = sampled(this.at('sample'), pictures, batchSize, options)
    if (feed) {
      const { bytes: tensor, next } = feed
      this.feeds.push({ tensor, name: 'pictures', requireFinite: false, next })
    }
    this.phases.push({ name: 'sample', outputs: [], computed: [images], updates: [] })
    return images
  }

  /** The pictures at `places`, int32 (k,): what `pictures.batch` gives for them. */
  batch(pictures: ImageSet, places: SymbolicTensor): SymbolicTensor {
    return pictureBatch(this.at('batch'), pictures, places)
  }

  /** Normal numbers, float32: those that `random.normal(mean, stddev, shape)` gives. */
  randomNormal(
    shape: readonly number[],
    options: { readonly mean?: number; readonly stddev?: number } = {},
  ): SymbolicTensor {
    const where = this.at('randomNormal')
    knownOptions(where, options, ['mean', 'stddev'])
    const mean = finiteNumber(where, 'mean', options.mean ?? 0)
    const stddev = nonNegativeNumber(where, 'stddev', options.stddev ?? 1)
    return this.draws.normal(checkShape(where, shape), mean, stddev)
  }

  /** Numbers minval <= x < maxval, float32: those that `random.uniform(minval, maxval, shape)` gives. */
  randomUniform(
    shape: readonly number[],
    options: { readonly minval?: number; readonly maxval?: number } = {},
  ): SymbolicTensor {
    const where = this.at('randomUniform')
    knownOptions(where, options, ['minval', 'maxval'])
    const minval = finiteNumber(where, 'minval', options.minval ?? 0)
    const maxval = finiteNumber(where, 'maxval', options.maxval ?? 1)
    if (minval > maxval) fail(where, 'minval', `at most maxval, ${maxval}`, minval)
    return this.draws.uniform(checkShape(where, shape), minval, maxval)
  }

  /** Integers low <= x < high, int32: those that `random.randint(low, high, shape)` gives. */
  randint(low: number, high: number, shape: readonly number[]): SymbolicTensor {
    const where = this.at('randint')
    const isRange = [low, high].every((end) => Number.isInteger(end) && Math.abs(end) <= 2 ** 31)
    if (!isRange || low >= high || high > 2 ** 31) {
      return fail(where, 'low and high', 'int32 integers with low < high', [low, high])
    }
    return this.draws.integers(checkShape(where, shape), low, high)
  }

  /** Ones of this shape, such as labels. */
  ones(shape: readonly number[]): SymbolicTensor {
    return this.full(shape, 1)
  }

  /** Zeros of this shape, such as labels. */
  zeros(shape: readonly number[]): SymbolicTensor {
    return this.full(shape, 0)
  }

  /** Every element the same number, float32. */
  full(shape: readonly number[], value: number): SymbolicTensor {
    const where = this.at('full')
    return full(checkShape(where, shape), finiteNumber(where, 'value', value))
  }

  /** Numbers that are the same at every run. */
  constant(value: Exclude<StepData, SymbolicTensor>): SymbolicTensor {
    return this.held('constant', NDArray.from(value))
  }

  /** What `run({ inputs: { [name]: array } })` gives. */
  input(name: string, shape: readonly number[], dtype: DType = 'float32'): SymbolicTensor {
    const where = this.at('input')
    if (typeof name !== 'string' || name === '') fail(where, 'name', 'a word', name)
    if (this.inputs.has(name)) throw new ArgumentError(where, `"${name}" is there already`)
    const lengths = checkShape(where, shape)
    if (lengths.includes(0)) throw new ShapeError(where, `"${name}" is empty`)
    oneOf(where, 'dtype', dtype, DTYPES)
    const tensor = placeholder(name, { shape: lengths, dtype })
    this.inputs.set(name, tensor)
    return tensor
  }

  /** The model's outputs in inference, of all items at once. */
  predict<Inputs extends AnyTensors, Outputs extends AnyTensors>(
    model: BaseModel<Inputs, Outputs>,
    x: StepDataFor<Inputs>,
  ): StepPredictions<Outputs> {
    const where = this.at('predict', model)
    const inputs = inputTensors(where, model, x, this.held)
    const outputs = model
      .replayed(inputs, INFERENCE)
      .outputs.map((tensor) => stopGradient(toArrayPrecision(tensor)))
    this.phases.push({ name: `predict ${model.name}`, outputs: [], computed: outputs, updates: [] })
    return model.asOutputs(outputs) as StepPredictions<Outputs>
  }

  /** One step of training on one batch; its numbers are those before the step. */
  trainOnBatch<
    M extends BaseModel<Inputs, Outputs>,
    Inputs extends AnyTensors,
    Outputs extends AnyTensors,
  >(
    model: M & BaseModel<Inputs, Outputs>,
    x: StepDataFor<Inputs>,
    y?: StepDataFor<Outputs>,
    options: { readonly sampleWeight?: StepDataFor<Outputs> } = {},
  ): StepResult<ResultOf<M>> {
    return this.onBatch('train', model, x, y, options)
  }

  /** The numbers of `trainOnBatch` in inference; changes nothing. */
  testOnBatch<
    M extends BaseModel<Inputs, Outputs>,
    Inputs extends AnyTensors,
    Outputs extends AnyTensors,
  >(
    model: M & BaseModel<Inputs, Outputs>,
    x: StepDataFor<Inputs>,
    y?: StepDataFor<Outputs>,
    options: { readonly sampleWeight?: StepDataFor<Outputs> } = {},
  ): StepResult<ResultOf<M>> {
    return this.onBatch('test', model, x, y, options)
  }

  /** Copies of all weights of a model as they are at this place of the step. */
  getWeights(model: BaseModel<never, AnyTensors>): SymbolicTensor[] {
    this.at('getWeights', model)
    const copies = model.weights.map(({ leaf }) => copy(leaf))
    this.phases.push({ name: `read ${model.name}`, outputs: [], computed: copies, updates: [] })
    return copies
  }

  /**
   * Replaces all weights of a model by functions of what they are, such as clipped ones:
   * `s.setWeights(critic, (weights) => weights.map((w) => ops.clip(w, -0.01, 0.01)))`.
   */
  setWeights(
    model: BaseModel<never, AnyTensors>,
    change: (weights: readonly SymbolicTensor[]) => readonly SymbolicTensor[],
  ): void {
    const where = this.at('setWeights', model)
    const { weights } = model
    if (typeof change !== 'function') fail(where, 'change', 'a function', change)
    const values = change(weights.map(({ leaf }) => leaf))
    if (!Array.isArray(values) || values.length !== weights.length) {
      throw new ArgumentError(where, `takes a function that gives ${weights.length} tensors`)
    }
    const updates = weights.map((weight, i) => {
      const value = values[i] as SymbolicTensor
      const isTensor = value instanceof SymbolicTensor
      if (!isTensor || value.toString() !== weight.leaf.toString()) {
        throw new ShapeError(
          where,
          `weight ${weight.name} is ${weight.leaf.toString()}, received ${isTensor ? value.toString() : describe(value)}`,
        )
      }
      // Weights share their memory with their leaves, so one that is passed on is copied first.
      return assignment(weight, value.node.operation.kind === 'weight' ? copy(value) : value)
    })
    this.phases.push({ name: `write ${model.name}`, outputs: [], updates })
  }

  private onBatch<Result>(
    mode: Mode,
    model: BaseModel<never, AnyTensors>,
    x: unknown,
    y: unknown,
    options: { readonly sampleWeight?: unknown },
  ): StepResult<Result> {
    const where = this.at(`${mode}OnBatch`, model)
    knownOptions(where, options, ['sampleWeight'])
    const trainer = model.requireTrainer()
    const feed = stepTensors(where, trainer.compiled, { x, y, ...options }, this.held)
    const batchSize = feed.inputs[0]?.shape[0] as number
    if (batchSize === 0) throw new ShapeError(where, 'the batch is empty')
    const learningRate = placeholder('learningRate', { shape: [], dtype: 'float32' })
    const { phases, reported } = trainer.part(mode, feed, learningRate)
    for (const { outputs, ...phase } of phases) {
      const name = `${phase.name} ${model.name}`
      this.phases.push({ ...phase, name, outputs: [], computed: outputs })
    }
    if (mode === 'train') {
      const next = (): NDArray => NDArray.full([], trainer.nextRate())
      this.feeds.push({ tensor: learningRate, name: 'learningRate', requireFinite: false, next })
      this.trainers.push(trainer)
    }
    return new StepResult(where, reported, batchSize)
  }

  /** Numbers as a tensor: in the plan, or in native memory where they are many. */
  private readonly held = (name: string, array: NDArray): SymbolicTensor => {
    requireFinite(this.where, { inputs: [array], targets: [], weights: [] })
    if (array.size <= LARGEST_CONSTANT) return convertToTensor(array)
    const weight = weightHolding(this.where, name, array)
    // Now: the caller may change the array after this.
    writeHeld([weight])
    return weight.leaf
  }

  /** Where a message comes from; refuses calls that come too late to count. */
  private at(method: string, ...models: readonly [model?: unknown]): string {
    if (this.isDone) {
      throw new StateError(this.where, `s.${method} was called after the step was described`)
    }
    if (models.length === 0) return `${this.where} ${method}`
    const [model] = models
    if (model instanceof BaseModel) return `${this.where} ${model.label} ${method}`
    return fail(`${this.where} ${method}`, 'model', 'a model', model)
  }
}
