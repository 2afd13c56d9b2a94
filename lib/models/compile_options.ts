/** What `compile` takes, by the outputs of the model. */
import type { AnyTensors, SymbolicTensor } from '../graph/tensor'
import type { LossArgument } from '../losses'
import type { MetricArgument } from '../metrics'
import type { Optimizer, OptimizerArgument } from '../optimizers'

/** One for all outputs, a list with one for each, or a record by the names of outputs. */
export type PerOutputOf<Outputs extends AnyTensors, T> = Outputs extends SymbolicTensor
  ? T | readonly [T] | Readonly<Record<string, T>>
  : Outputs extends readonly SymbolicTensor[]
    ? T | { readonly [K in keyof Outputs]: T } | Readonly<Record<string, T>>
    : T | { readonly [K in keyof Outputs]?: T }

/** The metrics of one output: one, a list, or none. */
export type OutputMetrics<Metric> = Metric | readonly Metric[] | null

/** For one output a list; for several a list with one entry for each, a record, or a flat list. */
export type MetricsArgument<
  Outputs extends AnyTensors = AnyTensors,
  Metric extends MetricArgument = MetricArgument,
> = Outputs extends SymbolicTensor
  ? readonly OutputMetrics<Metric>[] | Readonly<Record<string, OutputMetrics<Metric>>>
  : Outputs extends readonly SymbolicTensor[]
    ? | { readonly [K in keyof Outputs]: OutputMetrics<Metric> }
      | Readonly<Record<string, OutputMetrics<Metric>>>
      | readonly Metric[]
    : { readonly [K in keyof Outputs]?: OutputMetrics<Metric> } | readonly Metric[]

/** Metrics are type parameters so that results know their names. */
export interface CompileOptions<
  Outputs extends AnyTensors = SymbolicTensor,
  Metric extends MetricArgument = MetricArgument,
  Weighted extends MetricArgument = MetricArgument,
> {
  /**
   * A Keras name or a function over ops; for several outputs one for all, a list, or a record by
   * output name. An output whose loss is null is not trained; without any loss `addLoss` decides.
   */
  readonly loss: PerOutputOf<Outputs, LossArgument | null>
  /** An optimizer or its Keras name; may be shared, its state belongs to the compiled model. */
  readonly optimizer: OptimizerArgument
  /**
   * Reported beside the loss; sample and class weights don't count. A flat list of another length
   * than that of the outputs holds for each of them, as in Keras 2. Default none.
   */
  readonly metrics?: MetricsArgument<Outputs, Metric>
  /** Reported beside the loss, weighted by sample and class weights. Default none. */
  readonly weightedMetrics?: MetricsArgument<Outputs, Weighted>
  /** Factors of the outputs' losses in the total, as `loss` stands; default 1 each. */
  readonly lossWeights?: PerOutputOf<Outputs, number>
  /**
   * How a BatchNormalization that is not trainable now normalises while this model trains:
   * 'batch' (default; Keras 2 and the GAN papers) by the batch's own statistics, 'moving' (Keras 3)
   * by its moving averages. Its moving averages don't change either way.
   */
  readonly frozenBatchNorm?: 'batch' | 'moving'
  /** Whether programs are optimised; default true. Without it: the same up to rounding, slower. */
  readonly passes?: boolean
}

/** The same with the optimizer itself, which no name stands for any more. */
export interface CompiledWith extends CompileOptions<AnyTensors> {
  readonly optimizer: Optimizer
}
