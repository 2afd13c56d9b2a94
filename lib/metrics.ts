/** Metrics over ops, with Keras 3's formulas. Source: https://keras.io/api/metrics/ */
import { fail } from './check'
import { SymbolicTensor } from './graph/tensor'
import { cast, equal, greater } from './ops/math'
import { argmax, mean } from './ops/reduce'

/** A metric from targets and predictions; the mean of its result is reported. */
export type MetricFunction = (yTrue: SymbolicTensor, yPred: SymbolicTensor) => SymbolicTensor

/** Share of predictions on the right side of 0.5: `y == (p > 0.5)`. */
export function binaryAccuracy(yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor {
  const predicted = cast(greater(yPred, 0.5), yTrue.dtype)
  return cast(equal(yTrue, predicted), 'float32')
}

/** Share of items whose largest probability stands where the largest target stands. */
export function categoricalAccuracy(yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor {
  return cast(equal(argmax(yTrue), argmax(yPred)), 'float32')
}

export interface Metric {
  readonly name: string
  readonly compute: MetricFunction
}

/** What `compile({ metrics })` takes: a Keras name or a function over ops. */
export type MetricArgument = (typeof NAMES)[number] | MetricFunction

const NAMES = ['accuracy', 'acc', 'binary_accuracy', 'categorical_accuracy'] as const

/**
 * A metric by name. As in Keras 3, 'accuracy' is binary where the last axis of the output has one
 * element, categorical otherwise.
 */
export function resolveMetric(
  where: string,
  value: MetricArgument,
  output: SymbolicTensor,
): Metric {
  if (typeof value === 'function') return { name: value.name || 'metric', compute: value }
  if (value === 'binary_accuracy') return { name: value, compute: binaryAccuracy }
  if (value === 'accuracy' || value === 'acc') {
    const isBinary = output.shape.at(-1) === 1
    return { name: value, compute: isBinary ? binaryAccuracy : categoricalAccuracy }
  }
  if (value === 'categorical_accuracy') return { name: value, compute: categoricalAccuracy }
  return fail(where, 'metrics', `a list of functions or of ${NAMES.join(', ')}`, value)
}

/** The metric as one number for a batch. */
export function reducedMetric(
  metric: Metric,
  yTrue: SymbolicTensor,
  yPred: SymbolicTensor,
): SymbolicTensor {
  const value: unknown = metric.compute(yTrue, yPred)
  if (!(value instanceof SymbolicTensor)) {
    fail(metric.name, 'what the metric returns', 'a symbolic tensor', value)
  }
  return value.rank === 0 ? value : mean(value)
}
