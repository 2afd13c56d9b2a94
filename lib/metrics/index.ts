/** Metrics by their Keras names. Source: https://keras.io/api/metrics/ */
import { fail } from '../check'
import type { TensorSpec } from '../graph/tensor'
import { snakeCase } from '../layers/names'
import { lossFunctionNamed, type LossFunctionName } from '../losses'
import { definitionOf } from '../losses/definition'
import type { SerializedObject } from '../serialization'
import * as accuracy from './accuracy'
import { AUC } from './auc'
import { Precision, Recall } from './confusion'
import * as losses from './loss_metrics'
import { Mean, MeanMetricWrapper, type MetricFunction } from './mean'
import { Metric } from './metric'
import { RootMeanSquaredError } from './root_mean_squared_error'

export { Metric, MetricSums, type MetricOptions, type Sums } from './metric'
export type { MetricFunction } from './mean'

const BY_NAME = {
  binary_accuracy: accuracy.BinaryAccuracy,
  categorical_accuracy: accuracy.CategoricalAccuracy,
  sparse_categorical_accuracy: accuracy.SparseCategoricalAccuracy,
  top_k_categorical_accuracy: accuracy.TopKCategoricalAccuracy,
  sparse_top_k_categorical_accuracy: accuracy.SparseTopKCategoricalAccuracy,
  auc: AUC,
  precision: Precision,
  recall: Recall,
  mean: Mean,
  root_mean_squared_error: RootMeanSquaredError,
  cosine_similarity: losses.CosineSimilarity,
  log_cosh_error: losses.LogCoshError,
} as const

const CLASSES = {
  Accuracy: accuracy.Accuracy,
  BinaryAccuracy: accuracy.BinaryAccuracy,
  CategoricalAccuracy: accuracy.CategoricalAccuracy,
  SparseCategoricalAccuracy: accuracy.SparseCategoricalAccuracy,
  TopKCategoricalAccuracy: accuracy.TopKCategoricalAccuracy,
  SparseTopKCategoricalAccuracy: accuracy.SparseTopKCategoricalAccuracy,
  AUC,
  Precision,
  Recall,
  Mean,
  RootMeanSquaredError,
  ...losses,
} as const

/** What `compile({ metrics })` takes: a Keras name, also of a loss, a function or a metric. */
export type MetricArgument =
  | 'accuracy'
  | 'acc'
  | keyof typeof BY_NAME
  | keyof typeof CLASSES
  | LossFunctionName
  | MetricFunction
  | Metric
  | SerializedObject

/** A metric and the name under which it is reported. */
export interface NamedMetric {
  readonly name: string
  readonly metric: Metric
}

/**
 * As in Keras 3: binary where the last axis of the output has one element, sparse where the
 * targets are class numbers, categorical otherwise.
 */
function accuracyFor(target: TensorSpec, output: TensorSpec): Metric {
  if (output.shape.at(-1) === 1) return new accuracy.BinaryAccuracy()
  const isSparse = target.shape.length < output.shape.length || target.shape.at(-1) === 1
  return isSparse ? new accuracy.SparseCategoricalAccuracy() : new accuracy.CategoricalAccuracy()
}

const OWN_FUNCTIONS = new Set<unknown>(Object.values(accuracy))

/** The mean of a function's values; ours go by the names that Keras gives them. */
function wrapped(value: MetricFunction): Metric {
  const known = OWN_FUNCTIONS.has(value) ? snakeCase(value.name) : definitionOf(value)?.name
  return new MeanMetricWrapper(value, { name: known ?? (value.name || 'metric') })
}

function metricNamed(name: string): Metric | undefined {
  if (Object.hasOwn(BY_NAME, name)) return new BY_NAME[name as keyof typeof BY_NAME]()
  if (Object.hasOwn(CLASSES, name)) return new CLASSES[name as keyof typeof CLASSES]()
  const loss = lossFunctionNamed(name)
  return loss && wrapped(loss)
}

function metricFrom({ className, config }: SerializedObject): Metric | undefined {
  if (!Object.hasOwn(CLASSES, className)) return undefined
  // Keras writes the element type down; sums are float32 and results float64 here.
  const options = Object.entries(config).filter(([key]) => key !== 'dtype')
  return new CLASSES[className as keyof typeof CLASSES](Object.fromEntries(options))
}

/** A metric for an output and its targets, by name, function or object. */
export function resolveMetric(
  where: string,
  value: MetricArgument,
  output: TensorSpec,
  target: TensorSpec = output,
): NamedMetric {
  let metric: Metric | undefined
  if (value instanceof Metric) metric = value
  else if (typeof value === 'function') metric = wrapped(value)
  else if (typeof value === 'object' && value !== null) metric = metricFrom(value)
  else if (typeof value === 'string') {
    const isAccuracy = ['accuracy', 'acc'].includes(value.toLowerCase())
    metric = isAccuracy ? accuracyFor(target, output) : metricNamed(value)
    // As in Keras, what was asked for by a name is reported under that name.
    if (metric) return { name: value, metric }
  }
  if (metric) return { name: metric.name, metric }
  const names = ['accuracy', 'acc', ...Object.keys(BY_NAME)].join(', ')
  return fail(where, 'metrics', `a list of metrics, functions, losses or of ${names}`, value)
}

/** What stands for a metric in a configuration: `{ className, config }`. */
export function serializeMetric(metric: Metric): SerializedObject {
  return { className: metric.constructor.name, config: metric.getConfig() }
}
