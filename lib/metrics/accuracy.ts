/** Shares of right answers: keras/src/metrics/accuracy_metrics.py. */
import type { SymbolicTensor } from '../graph/tensor'
import { sameRank } from '../losses/weighting'
import { cast, equal, greater } from '../ops/math'
import { argmax } from '../ops/reduce'
import { finite } from '../option_readers'
import { meanMetric } from './definition'

export interface BinaryAccuracyOptions {
  /** Above which a prediction counts as 1; default 0.5. */
  readonly threshold: number
}

/** 1 where `y == (p > threshold)`, 0 elsewhere; the threshold is 0.5 if not given. */
export function binaryAccuracy(
  yTrue: SymbolicTensor,
  yPred: SymbolicTensor,
  { threshold = 0.5 }: Partial<BinaryAccuracyOptions> = {},
): SymbolicTensor {
  const [y, p] = sameRank(yTrue, yPred)
  return cast(equal(y, cast(greater(p, threshold), y.dtype)), 'float32')
}

/** 1 for items whose largest probability stands where the largest target stands, 0 elsewhere. */
export function categoricalAccuracy(yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor {
  return cast(equal(argmax(yTrue, -1), argmax(yPred, -1)), 'float32')
}

/**
 * Share of predictions on the right side of the threshold.
 * Source: https://keras.io/api/metrics/accuracy_metrics/#binaryaccuracy-class
 *
 * @example
 * model.compile({ loss: 'bce', optimizer: 'adam', metrics: [new metrics.BinaryAccuracy({ threshold: 0.7 })] })
 */
export const BinaryAccuracy = meanMetric<BinaryAccuracyOptions>({
  className: 'BinaryAccuracy',
  options: { threshold: finite(0.5) },
  values: binaryAccuracy,
})

/**
 * Share of items whose largest prediction stands where the largest target stands.
 * Source: https://keras.io/api/metrics/accuracy_metrics/#categoricalaccuracy-class
 *
 * @example
 * const metric = new metrics.CategoricalAccuracy()
 */
export const CategoricalAccuracy = meanMetric({
  className: 'CategoricalAccuracy',
  options: {},
  values: categoricalAccuracy,
})
