/** Metrics over ops, with Keras 3's formulas. Source: https://keras.io/api/metrics/ */
import { fail } from './check'
import type { SymbolicTensor } from './graph/tensor'
import { cast, equal, greater } from './ops/math'
import { mean } from './ops/reduce'

/** A metric from targets and predictions; the mean of its result is reported. */
export type MetricFunction = (yTrue: SymbolicTensor, yPred: SymbolicTensor) => SymbolicTensor

/** Share of predictions on the right side of 0.5: `y == (p > 0.5)`. */
export function binaryAccuracy(yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor {
  const predicted = cast(greater(yPred, 0.5), yTrue.dtype)
  return cast(equal(yTrue, predicted), 'float32')
}

export interface Metric {
  readonly name: string
  readonly compute: MetricFunction
}

/** What `compile({ metrics })` takes: a Keras name or a function over ops. */
export type MetricArgument = 'accuracy' | 'acc' | 'binary_accuracy' | MetricFunction

/** A metric by name. 'accuracy' of one probability for each item is binary accuracy. */
export function resolveMetric(
  where: string,
  value: MetricArgument,
  output: SymbolicTensor,
): Metric {
  if (typeof value === 'function') return { name: value.name || 'metric', compute: value }
  if (value === 'binary_accuracy') return { name: value, compute: binaryAccuracy }
  if (value === 'accuracy' || value === 'acc') {
    if (output.shape.at(-1) !== 1) {
      fail(where, 'metrics', `a function where the last axis of the output is not 1`, value)
    }
    return { name: value, compute: binaryAccuracy }
  }
  return fail(where, 'metrics', "a list of functions, 'accuracy' or 'binary_accuracy'", value)
}

/** The metric as one number for a batch. */
export function reducedMetric(
  metric: Metric,
  yTrue: SymbolicTensor,
  yPred: SymbolicTensor,
): SymbolicTensor {
  const value = metric.compute(yTrue, yPred)
  return value.rank === 0 ? value : mean(value)
}
