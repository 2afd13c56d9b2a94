/** The public namespace `metrics`. */
export { binaryAccuracy, categoricalAccuracy, type MetricFunction } from '../metrics'
