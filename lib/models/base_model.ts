/** What Sequential and functional models share. A model is itself a layer, so models nest. */
import type { NDArray } from '../array'
import { fail, knownOptions, positiveInteger } from '../check'
import type { History } from '../callbacks/history'
import { modelText, type ToJSONOptions } from '../config/text'
import { ArgumentError, StateError } from '../errors'
import type { AnyTensors, SymbolicTensor } from '../graph/tensor'
import type { MetricArgument } from '../metrics'
import type { NamedArray, Optimizer } from '../optimizers'
import type { PlanOptions } from '../plan/explain'
import { isDataset, type Dataset } from './batches'
import { Compiled } from './compile'
import type { CompiledWith, CompileOptions } from './compile_options'
import { isArray, type Data } from './data'
import { dataArguments } from './data_arguments'
import { evaluate, EVALUATE_OPTIONS, type EvaluateOptions } from './evaluate'
import { fit, FIT_OPTIONS, type FitOptions } from './fit'
import { memoryEstimate, type MemoryEstimate } from './memory_estimate'
import { Network } from './network'
import { Predictor, type PredictOptions } from './predict'
import { namedResult } from './reported'
import type { Reports, ResultOf } from './results'
import type { WeightOptions } from './sample_weights'
import { summaryText, type SummaryOptions } from './summary'
import { Trainer, type Mode } from './train'
import type { InputData, Predictions, TargetData } from './types'

/** A model whatever it takes and gives. */
export type AnyModel = BaseModel<never, AnyTensors>

/**
 * What all models have: training, prediction, weights, JSON. Made by {@link Sequential} and {@link Model}.
 */
export abstract class BaseModel<
  Inputs extends AnyTensors = SymbolicTensor,
  Outputs extends AnyTensors = SymbolicTensor,
> extends Network<Inputs, Outputs> {
  /** A callback sets it to end `fit` after the batch under way. */
  declare stopTraining: boolean
  private compiled: Compiled | undefined
  private trainer: Trainer | undefined
  private predictor: Predictor | undefined

  /** Called with data before it is used: a chance to be built by its shape. */
  protected meet(_data: Data): void {}

  /**
   * Fixes how `trainOnBatch` works: loss, optimizer, metrics, and which weights it changes, which
   * are those that are trainable now. Gives the model, whose type knows what its steps report.
   * Source: https://keras.io/api/models/model_training_apis/
   *
   * @example
   * const optimizer = new Adam(0.0002, 0.5)
   * discriminator.compile({ loss: 'binary_crossentropy', optimizer, metrics: ['accuracy'] })
   */
  compile<Metric extends MetricArgument, Weighted extends MetricArgument>(
    options: CompileOptions<Outputs, Metric, Weighted>,
  ): this & Reports<Outputs, Metric, Weighted> {
    this.compiled = new Compiled(this, options)
    this.predictor = undefined
    this.trainer = this.built ? new Trainer(this.compiled) : undefined
    return this
  }

  /**
   * One step of training on one batch. Resolves to total loss, each output's loss (of several) and
   * metrics as they were before the step: a list that also has names, `r[0]`, `r.loss`, `r.accuracy`.
   * Rejects with a StateError, ShapeError, DTypeError or NotFiniteError before anything changes.
   *
   * @example
   * const { loss } = await model.trainOnBatch(x, [valid, labels], { classWeight: [half, rare] })
   */
  async trainOnBatch(
    x: InputData<Inputs>,
    y?: TargetData<Outputs>,
    options: WeightOptions = {},
  ): Promise<ResultOf<this>> {
    return this.onBatch('train', x, y, options, ['sampleWeight', 'classWeight'])
  }

  /** The numbers of `trainOnBatch` in inference; changes nothing. */
  async testOnBatch(
    x: InputData<Inputs>,
    y?: TargetData<Outputs>,
    options: Pick<WeightOptions, 'sampleWeight'> = {},
  ): Promise<ResultOf<this>> {
    return this.onBatch('test', x, y, options, ['sampleWeight'])
  }

  /**
   * Trains for epochs, on arrays or on the batches of a dataset, [x, y] or [x, y, sampleWeight].
   * Resolves to the history: what each epoch reported, validation's numbers under `val_...`.
   * Source: https://keras.io/api/models/model_training_apis/#fit-method
   *
   * @example
   * const { history } = await model.fit(x, y, { epochs: 10, validationSplit: 0.1 })
   * await model.fit(dataset, { epochs: 10 })
   */
  fit(x: Dataset, options?: FitOptions): Promise<History>
  fit(
    x: InputData<Inputs> | Dataset,
    y?: TargetData<Outputs>,
    options?: FitOptions,
  ): Promise<History>
  async fit(...args: readonly [x: unknown, y?: unknown, options?: FitOptions]): Promise<History> {
    const { x, y, options } = dataArguments(
      `${this.label} fit`,
      FIT_OPTIONS,
      args,
      this.outputNames,
    )
    if (!isDataset(x)) this.meet(x)
    return fit(this, this.requireTrainer(), x, y, options)
  }

  /** The numbers of `trainOnBatch` over all items, in inference; changes nothing. */
  evaluate(x: Dataset, options?: EvaluateOptions): Promise<ResultOf<this>>
  evaluate(
    x: InputData<Inputs> | Dataset,
    y?: TargetData<Outputs>,
    options?: EvaluateOptions,
  ): Promise<ResultOf<this>>
  async evaluate(
    ...args: readonly [x: unknown, y?: unknown, options?: EvaluateOptions]
  ): Promise<ResultOf<this>> {
    const where = `${this.label} evaluate`
    const { x, y, options } = dataArguments(where, EVALUATE_OPTIONS, args, this.outputNames)
    if (!isDataset(x)) this.meet(x)
    const totals = await evaluate(this, this.requireTrainer(), x, y, options)
    return namedResult(where, totals) as ResultOf<this>
  }

  /** Names of what `trainOnBatch` reports, in its order. */
  get metricsNames(): readonly string[] {
    return this.requireTrainer().names()
  }

  /** The optimizer that `compile` was given or made. */
  get optimizer(): Optimizer {
    return this.requireCompiled().optimizer
  }

  /** The loss as it was given to `compile`. */
  get loss(): CompiledWith['loss'] {
    return this.requireCompiled().options.loss
  }

  /** Copies of the optimizer's state for this model, in Keras's order: steps, rate, moments. */
  async getOptimizerState(): Promise<NamedArray[]> {
    return this.requireTrainer().readState()
  }

  /**
   * Replaces that state by arrays in the same order; names may differ. Rejects with a ShapeError,
   * before anything changes, where they don't fit. A learning rate among them is the optimizer's.
   */
  async setOptimizerState(values: readonly (NamedArray | NDArray)[]): Promise<void> {
    await this.requireTrainer().writeState(values)
  }

  /** Outputs for the items of one batch, all computed at once. */
  async predictOnBatch(x: InputData<Inputs>): Promise<Predictions<Outputs>> {
    const data = x
    this.meet(data)
    const outputs = await this.requirePredictor().run('predictOnBatch', data, {}, Infinity)
    return this.asOutputs(outputs) as Predictions<Outputs>
  }

  /** Outputs for any number of items, computed `batchSize` (default 32) at a time. */
  async predict(
    x: InputData<Inputs> | Dataset<InputData<Inputs>>,
    options: PredictOptions = {},
  ): Promise<Predictions<Outputs>> {
    const data = x as Data | Dataset<Data>
    if (!isDataset(data)) this.meet(data)
    const predictor = this.requirePredictor()
    const { steps, callbacks, signal, verbose } = options
    const isPlain = [steps, callbacks, signal, verbose].every((value) => value === undefined)
    const outputs =
      isPlain && !isDataset(data)
        ? await predictor.run('predict', data, options)
        : await predictor.stream(this, data, options)
    return this.asOutputs(outputs) as Predictions<Outputs>
  }

  /**
   * The program that native code runs, as text.
   *
   * @example
   * console.log(model.plan('train', { passes: true })) // before and after, and what each pass did
   */
  plan(kind: 'train' | 'test' | 'predict', options: PlanOptions = {}): string {
    if (kind === 'train' || kind === 'test') return this.requireTrainer().planText(kind, options)
    if (kind === 'predict') return this.requirePredictor().planText(options)
    return fail(this.label, 'kind', "'train', 'test' or 'predict'", kind)
  }

  /**
   * Bytes that the model needs for batches of `batchSize` items: weights, the optimizer's state, and
   * the most that a step of predicting or training takes beside them, by its plan.
   *
   * @example
   * const { total } = combined.memoryEstimate(64)
   */
  memoryEstimate(batchSize: number): MemoryEstimate {
    positiveInteger(`${this.label} memoryEstimate`, 'batchSize', batchSize)
    const trainer = this.compiled && this.requireTrainer()
    return memoryEstimate(batchSize, this.weights, this.requirePredictor().plan, trainer)
  }

  /**
   * Prints Keras's table of all layers, their output shapes and their numbers of weights, and gives
   * it as text. Source: https://keras.io/api/models/model/#summary-method
   *
   * @example
   * const text = model.summary({ print: false, expandNested: true, showTrainable: true })
   */
  summary(options: SummaryOptions | ((text: string) => void) = {}): string {
    return summaryText(this, this.requireGraph(), options, this.compiled)
  }

  /**
   * The model as JSON that Keras reads: `format` 'keras3' (default) or 'keras2'. Weights are not in
   * it. Source: https://keras.io/api/models/model_saving_apis/model_config_serialization/
   */
  toJSON(options: ToJSONOptions | string = {}): string {
    return modelText(this, this.label, options)
  }

  /** What the model was last compiled with. */
  get compileOptions(): CompiledWith | undefined {
    return this.compiled?.options
  }

  /** Forgets what was made from a graph that has changed. */
  protected graphChanged(): void {
    // Compiled before the first input shape was known: that stands.
    if (this.trainer) this.compiled = undefined
    this.trainer = undefined
    this.predictor = undefined
  }

  private async onBatch(
    mode: Mode,
    x: InputData<Inputs>,
    y: TargetData<Outputs> | undefined,
    options: WeightOptions,
    known: readonly string[],
  ): Promise<ResultOf<this>> {
    const where = `${this.label} ${mode}OnBatch`
    if (isArray(options)) {
      throw new ArgumentError(
        where,
        'takes weights of items as an option: { sampleWeight: weights }',
      )
    }
    knownOptions(where, options, known)
    const [data, targets] = [x, y] as [Data, Data?]
    this.meet(data)
    const result = await this.requireTrainer().step(mode, where, data, targets, options)
    return result as ResultOf<this>
  }

  private requireCompiled(): Compiled {
    if (this.compiled) return this.compiled
    throw new StateError(
      this.label,
      'must be compiled before it can train: call compile({ loss, optimizer }) first',
    )
  }

  /** @internal For programs that this model's steps are a part of. */
  requireTrainer(): Trainer {
    const compiled = this.requireCompiled()
    this.requireGraph()
    this.trainer ??= new Trainer(compiled)
    return this.trainer
  }

  private requirePredictor(): Predictor {
    this.predictor ??= new Predictor(
      this.label,
      this.requireGraph(),
      this.inputNames,
      this.compiled?.options.passes ?? true,
    )
    return this.predictor
  }
}
