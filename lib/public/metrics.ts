/** The public namespace `metrics`. */
export { BinaryAccuracy, binaryAccuracy, CategoricalAccuracy } from '../metrics/accuracy'
export { categoricalAccuracy, type BinaryAccuracyOptions } from '../metrics/accuracy'
export { Mean, MeanMetricWrapper } from '../metrics/mean'
export { Metric, MetricSums, type MetricFunction, type MetricOptions, type Sums } from '../metrics'
