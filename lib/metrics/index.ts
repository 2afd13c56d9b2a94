/** Metrics by their Keras names. Source: https://keras.io/api/metrics/ */
import { fail } from '../check'
import type { TensorSpec } from '../graph/tensor'
import { definitionOf, lossFunctionNamed, type LossName } from '../losses'
import { BinaryAccuracy, CategoricalAccuracy } from './accuracy'
import { Mean, MeanMetricWrapper, type MetricFunction } from './mean'
import { Metric } from './metric'

export { Metric, MetricSums, type MetricOptions, type Sums } from './metric'
export type { MetricFunction } from './mean'

const CLASSES = {
  binary_accuracy: BinaryAccuracy,
  categorical_accuracy: CategoricalAccuracy,
  mean: Mean,
} as const

/** What `compile({ metrics })` takes: a Keras name, a function over ops, or a metric object. */
export type MetricArgument =
  'accuracy' | 'acc' | keyof typeof CLASSES | LossName | MetricFunction | Metric

/** A metric and the name under which it is reported. */
export interface NamedMetric {
  readonly name: string
  readonly metric: Metric
}

/** As in Keras 3, 'accuracy' is binary where the last axis of the output has one element. */
function accuracyFor(output: TensorSpec): Metric {
  return output.shape.at(-1) === 1 ? new BinaryAccuracy() : new CategoricalAccuracy()
}

function wrapped(value: MetricFunction): Metric {
  return new MeanMetricWrapper(value, {
    name: definitionOf(value)?.name ?? (value.name || 'metric'),
  })
}

/** A metric for an output, by name, function or object. */
export function resolveMetric(
  where: string,
  value: MetricArgument,
  output: TensorSpec,
): NamedMetric {
  if (value instanceof Metric) return { name: value.name, metric: value }
  if (typeof value === 'function') {
    const metric = wrapped(value)
    return { name: metric.name, metric }
  }
  if (value === 'accuracy' || value === 'acc') return { name: value, metric: accuracyFor(output) }
  if (typeof value === 'string' && Object.hasOwn(CLASSES, value)) {
    return { name: value, metric: new CLASSES[value as keyof typeof CLASSES]() }
  }
  const loss = typeof value === 'string' ? lossFunctionNamed(value) : undefined
  if (loss) return { name: value, metric: wrapped(loss) }
  const names = ['accuracy', 'acc', ...Object.keys(CLASSES)].join(', ')
  return fail(where, 'metrics', `a list of metrics, functions, losses or of ${names}`, value)
}
