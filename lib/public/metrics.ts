/** The public namespace `metrics`. */
export * from '../metrics/accuracy'
export { AUC, type AUCOptions } from '../metrics/auc'
export { Precision, Recall, type ThresholdOptions } from '../metrics/confusion'
export * from '../metrics/loss_metrics'
export { Mean, MeanMetricWrapper } from '../metrics/mean'
export { RootMeanSquaredError } from '../metrics/root_mean_squared_error'
export { Metric, MetricSums, type MetricFunction, type MetricOptions, type Sums } from '../metrics'
