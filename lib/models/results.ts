/** The names of a compiled model's results, where types can tell. */
import type { AnyTensors, SymbolicTensor } from '../graph/tensor'
import type { MetricArgument } from '../metrics'
import type { BatchResult } from './reported'

declare const METRICS: unique symbol

/** What `compile` adds to the type of a model: what its results are made of. */
export interface Reports<Outputs, Metric, Weighted> {
  // A method, so that a model with it is still any model.
  [METRICS]?(outputs: Outputs, metric: Metric, weighted: Weighted): void
}

/** What a model's steps report: as `compile` gave it, or numbers of any names. */
export type ResultOf<M> = M extends {
  [METRICS]?(
    outputs: infer Outputs extends AnyTensors,
    metric: infer Metric extends MetricArgument,
    weighted: infer Weighted extends MetricArgument,
  ): void
}
  ? ResultFor<Outputs, Metric, Weighted>
  : BatchResult

/** Where there are no metrics of one kind their type is that of all metrics. */
type Given<Metric extends MetricArgument> = MetricArgument extends Metric ? never : Metric

/** Names of metrics; a weighted one whose name is taken is called weighted_... */
type NamesOf<Metric, Weighted> = [Metric | Weighted] extends [never]
  ? string
  : [Metric | Weighted] extends [string]
    ? Metric | Exclude<Weighted, Metric> | `weighted_${Extract<Weighted & string, Metric>}`
    : string

type MetricNames<Metric extends MetricArgument, Weighted extends MetricArgument> = NamesOf<
  Given<Metric>,
  Given<Weighted>
>

type IsUnion<T, All = T> = T extends unknown ? ([All] extends [T] ? false : true) : never

/** Of one output the metrics' names, of a record all that its names and metrics can give. */
export type ResultFor<
  Outputs extends AnyTensors,
  Metric extends MetricArgument,
  Weighted extends MetricArgument,
> = [Outputs] extends [SymbolicTensor]
  ? BatchResult<MetricNames<Metric, Weighted> & string>
  : [Outputs] extends [AnyTensors & readonly unknown[]]
    ? BatchResult
    : IsUnion<keyof Outputs> extends true
      ? NamedResult<keyof Outputs & string, MetricNames<Metric, Weighted> & string>
      : BatchResult

type NamedResult<Output extends string, Metric extends string> = string extends Output | Metric
  ? BatchResult
  : BatchResult<never, `${Output}_loss` | `${Output}_${Metric}`>
