/** What Sequential and functional models share. A model is itself a layer, so models nest. */
import type { NDArray } from '../array'
import { describe, fail, knownOptions, nonNegativeInteger } from '../check'
import { ArgumentError, StateError } from '../errors'
import type { CallContext } from '../graph/node'
import type { SymbolicTensor, Tensors } from '../graph/tensor'
import { Layer, type AnyLayer } from '../layers/layer'
import { modelText, type ToJSONOptions } from '../config/text'
import { printPlan } from '../plan/print'
import { Compiled, type CompiledWith, type CompileOptions } from './compile'
import type { Data } from './data'
import { layerOf, requireSameItems, type Graph } from './graph'
import { withScope } from '../graph/scope'
import type { Replay } from './replay'
import { Predictor, type PredictOptions } from './predict'
import { summaryText } from './summary'
import type { History } from '../callbacks/history'
import type { NamedArray, Optimizer } from '../optimizers'
import { isDataset, type Dataset } from './batches'
import { evaluate, type EvaluateOptions } from './evaluate'
import { fit, type FitOptions } from './fit'
import { namedResult, type BatchResult } from './reported'
import type { WeightOptions } from './sample_weights'
import { Structure, uniqueNames } from './structure'
import { Trainer, type Mode } from './train'

/** One array for a model with one output, a list for several. */
export type Predictions<Outputs extends Tensors> = Outputs extends readonly SymbolicTensor[]
  ? NDArray[]
  : NDArray

/** A model whatever it takes and gives. */
export type AnyModel = BaseModel<never, Tensors>

export abstract class BaseModel<
  Inputs extends Tensors = SymbolicTensor,
  Outputs extends Tensors = SymbolicTensor,
> extends Layer<Inputs, Outputs> {
  /** A callback sets it to end `fit` after the batch under way. */
  declare stopTraining: boolean
  private compiled: Compiled | undefined
  private trainer: Trainer | undefined
  private predictor: Predictor | undefined

  /** The model's graph, or undefined while no input shape is known. */
  protected abstract graph(): Graph | undefined

  /** Every layer once, in the order in which data passes them. */
  get layers(): readonly AnyLayer[] {
    return this.requireGraph().layers
  }

  /** Of a model that is no graph of layers but holds them. */
  protected get layersInProperties(): readonly AnyLayer[] {
    return super.innerLayers
  }

  /** Called with data before it is used: a chance to be built by its shape. */
  protected meet(_data: Data): void {}

  override get innerLayers(): readonly AnyLayer[] {
    return this.graph()?.layers ?? []
  }

  get inputs(): readonly SymbolicTensor[] {
    return this.requireGraph().inputs
  }

  get outputs(): readonly SymbolicTensor[] {
    return this.requireGraph().outputs
  }

  /** The names by which data may be given. */
  get inputNames(): readonly string[] {
    return this.structure('input').names
  }

  /** The names of outputs in `compile`, data and results: keys, or layers' names as in Keras. */
  get outputNames(): readonly string[] {
    return this.structure('output').names
  }

  override call(inputs: Inputs, context: CallContext): Outputs {
    const graph = this.requireGraph()
    const list = (Array.isArray(inputs) ? inputs : [inputs]) as readonly SymbolicTensor[]
    list.forEach((tensor, i) => requireSameItems(this.label, graph.inputs[i], tensor))
    return this.packedOutputs(graph.replay(list, context)) as Outputs
  }

  /** For programs of this model: its graph on their placeholders. */
  replayed(inputs: readonly SymbolicTensor[], context: CallContext): Replay {
    return withScope('', () => this.requireGraph().replayed(inputs, context), context)
  }

  /**
   * Fixes how `trainOnBatch` works: loss, optimizer, metrics, and which weights it changes, which
   * are those that are trainable now. Source: https://keras.io/api/models/model_training_apis/
   *
   * @example
   * const optimizer = new Adam(0.0002, 0.5)
   * discriminator.compile({ loss: 'binary_crossentropy', optimizer, metrics: ['accuracy'] })
   */
  compile(options: CompileOptions): void {
    this.compiled = new Compiled(this, options)
    this.trainer = this.built ? new Trainer(this.compiled) : undefined
  }

  /**
   * One step of training on one batch. Resolves to total loss, each output's loss (of several) and
   * metrics as they were before the step: a list that also has names, `r[0]`, `r.loss`, `r.accuracy`.
   * Rejects with a StateError, ShapeError, DTypeError or NotFiniteError before anything changes.
   *
   * @example
   * const { loss } = await model.trainOnBatch(x, [valid, labels], { classWeight: [half, rare] })
   */
  async trainOnBatch(x: Data, y?: Data, options: WeightOptions = {}): Promise<BatchResult> {
    return this.onBatch('train', x, y, options, ['sampleWeight', 'classWeight'])
  }

  /** The numbers of `trainOnBatch` in inference; changes nothing. */
  async testOnBatch(
    x: Data,
    y?: Data,
    options: Pick<WeightOptions, 'sampleWeight'> = {},
  ): Promise<BatchResult> {
    return this.onBatch('test', x, y, options, ['sampleWeight'])
  }

  /**
   * Trains for epochs, on arrays or on the batches of a dataset, [x, y] or [x, y, sampleWeight].
   * Resolves to the history: what each epoch reported, validation's numbers under `val_...`.
   * Source: https://keras.io/api/models/model_training_apis/#fit-method
   *
   * @example
   * const { history } = await model.fit(x, y, { epochs: 10, validationSplit: 0.1 })
   */
  async fit(x: Data | Dataset, y?: Data, options: FitOptions = {}): Promise<History> {
    if (!isDataset(x)) this.meet(x)
    return fit(this, this.requireTrainer(), x, y, options)
  }

  /** The numbers of `trainOnBatch` over all items, in inference; changes nothing. */
  async evaluate(x: Data | Dataset, y?: Data, options: EvaluateOptions = {}): Promise<BatchResult> {
    if (!isDataset(x)) this.meet(x)
    const totals = await evaluate(this, this.requireTrainer(), x, y, options)
    return namedResult(`${this.label} evaluate`, totals)
  }

  /** Names of what `trainOnBatch` reports, in its order. */
  get metricsNames(): readonly string[] {
    return this.requireTrainer().names()
  }

  /** The optimizer given to `compile`. */
  get optimizer(): Optimizer {
    return this.requireTrainer().compiled.optimizer
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
  async predictOnBatch(x: Data): Promise<Predictions<Outputs>> {
    this.meet(x)
    const outputs = await this.requirePredictor().run('predictOnBatch', x, {}, Infinity)
    return this.packedOutputs(outputs) as Predictions<Outputs>
  }

  /** Outputs for any number of items, computed `batchSize` (default 32) at a time. */
  async predict(
    x: Data | Dataset<Data>,
    options: PredictOptions = {},
  ): Promise<Predictions<Outputs>> {
    if (!isDataset(x)) this.meet(x)
    const predictor = this.requirePredictor()
    const { steps, callbacks, signal, verbose } = options
    const isPlain = [steps, callbacks, signal, verbose].every((value) => value === undefined)
    const outputs =
      isPlain && !isDataset(x)
        ? await predictor.run('predict', x, options)
        : await predictor.stream(this, x, options)
    return this.packedOutputs(outputs) as Predictions<Outputs>
  }

  /** The program that native code runs, as text. */
  plan(kind: 'train' | 'test' | 'predict'): string {
    if (kind === 'train' || kind === 'test') return printPlan(this.requireTrainer().plan(kind))
    if (kind === 'predict') return printPlan(this.requirePredictor().plan())
    return fail(this.label, 'kind', "'train', 'test' or 'predict'", kind)
  }

  /** Prints a table of all layers, their output shapes and their numbers of weights. */
  summary(print: (text: string) => void = console.log): void {
    print(summaryText(this, this.requireGraph()))
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

  /** The layer with this name, or at this place in `layers`. */
  getLayer(which: string | number): AnyLayer {
    const { layers } = this
    const found =
      typeof which === 'string'
        ? layers.find((layer) => layer.name === which)
        : layers[nonNegativeInteger(this.label, 'index', which)]
    if (found) return found
    throw new ArgumentError(
      this.label,
      `has no layer ${describe(which)}; its layers are ${layers.map((layer) => layer.name).join(', ')}`,
    )
  }

  /** How inputs or outputs stand together. */
  protected structure(side: 'input' | 'output'): Structure {
    const tensors = side === 'input' ? this.inputs : this.outputs
    return new Structure('one', uniqueNames(tensors.map(tensorName)))
  }

  private packedOutputs<T>(outputs: readonly T[]): T | readonly T[] {
    return this.structure('output').pack(outputs) as T | readonly T[]
  }

  /** Forgets what was made from a graph that has changed. */
  protected graphChanged(): void {
    // Compiled before the first input shape was known: that stands.
    if (this.trainer) this.compiled = undefined
    this.trainer = undefined
    this.predictor = undefined
  }

  protected requireGraph(): Graph {
    const graph = this.graph()
    if (graph) return graph
    throw new StateError(
      this.label,
      'is not built yet: give its first layer inputShape, or call the model on a tensor',
    )
  }

  private async onBatch(
    mode: Mode,
    x: Data,
    y: Data | undefined,
    options: WeightOptions,
    known: readonly string[],
  ): Promise<BatchResult> {
    const where = `${this.label} ${mode}OnBatch`
    knownOptions(where, options, known)
    this.meet(x)
    return this.requireTrainer().step(mode, where, x, y, options)
  }

  private requireTrainer(): Trainer {
    if (this.compiled) {
      this.requireGraph()
      this.trainer ??= new Trainer(this.compiled)
      return this.trainer
    }
    throw new StateError(
      this.label,
      'must be compiled before it can train: call compile({ loss, optimizer }) first',
    )
  }

  private requirePredictor(): Predictor {
    this.predictor ??= new Predictor(this.label, this.requireGraph(), this.inputNames)
    return this.predictor
  }
}

/** Keras's name: an input's own, or that of the layer that computes the tensor. */
export function tensorName(tensor: SymbolicTensor): string {
  const { operation } = tensor.node
  if (operation.kind === 'input') return operation.name
  return layerOf(tensor.node)?.name ?? `output_${tensor.index}`
}
