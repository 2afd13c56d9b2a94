/** Shares of right answers: keras/src/metrics/accuracy_metrics.py. */
import type { SymbolicTensor } from '../graph/tensor'
import { atClass, classNumbers } from '../losses/sparse'
import { sameRank } from '../losses/weighting'
import { equal, greater, less, lessEqual, logicalNot } from '../ops/compare'
import { cast } from '../ops/dtypes'
import { argmax, sum } from '../ops/reduce'
import { expandDims } from '../ops/shape'
import { count, finite } from '../option_readers'
import { meanMetric, metricFunction } from './definition'

/** Options of {@link metrics.BinaryAccuracy}. */
export interface BinaryAccuracyOptions {
  /** Above which a prediction counts as 1; default 0.5. */
  readonly threshold: number
}

/** Options of the metrics of the best k classes. */
export interface TopKOptions {
  /** How many of the largest predictions count; default 5. */
  readonly k: number
}

/** 1 where `y == (p > threshold)`, 0 elsewhere; the threshold is 0.5 if not given. @function */
export const binaryAccuracy = metricFunction<BinaryAccuracyOptions>(
  'binaryAccuracy',
  { threshold: finite(0.5) },
  (yTrue, yPred, { threshold }) => {
    const [y, p] = sameRank(yTrue, yPred)
    return cast(equal(y, cast(greater(p, threshold), y.dtype)), 'float32')
  },
)

/** 1 for items whose largest probability stands where the largest target stands, 0 elsewhere. @function */
export const categoricalAccuracy = metricFunction('categoricalAccuracy', {}, (yTrue, yPred) =>
  cast(equal(argmax(yTrue, -1), argmax(yPred, -1)), 'float32'),
)

/** 1 for items whose largest probability stands where the class number says, 0 elsewhere. @function */
export const sparseCategoricalAccuracy = metricFunction(
  'sparseCategoricalAccuracy',
  {},
  (yTrue, yPred) => cast(equal(classNumbers(yTrue, yPred), argmax(yPred, -1)), 'float32'),
)

/** 1 where fewer than k predictions are larger than that of the class; equal ones all count. */
function amongBest(labels: SymbolicTensor, yPred: SymbolicTensor, k: number): SymbolicTensor {
  const own = expandDims(atClass(yPred, labels), -1)
  const larger = cast(logicalNot(lessEqual(yPred, own)), 'float32')
  return cast(less(sum(larger, -1), k), 'float32')
}

/** 1 for items whose target is among the k largest predictions; k is 5 if not given. @function */
export const topKCategoricalAccuracy = metricFunction<TopKOptions>(
  'topKCategoricalAccuracy',
  { k: count(5) },
  (yTrue, yPred, { k }) => amongBest(argmax(yTrue, -1), yPred, k),
)

/** 1 for items whose class number is among the k largest predictions; k is 5 if not given. @function */
export const sparseTopKCategoricalAccuracy = metricFunction<TopKOptions>(
  'sparseTopKCategoricalAccuracy',
  { k: count(5) },
  (yTrue, yPred, { k }) => amongBest(classNumbers(yTrue, yPred), yPred, k),
)

/**
 * Share of predictions that equal their targets.
 * Source: https://keras.io/api/metrics/accuracy_metrics/#accuracy-class
 *
 * @class
 * @example
 * const metric = new metrics.Accuracy()
 */
export const Accuracy = meanMetric({
  className: 'Accuracy',
  options: {},
  values(yTrue, yPred) {
    const [y, p] = sameRank(cast(yTrue, yPred.dtype), yPred)
    return cast(equal(y, p), 'float32')
  },
})

/**
 * Share of predictions on the right side of the threshold.
 * Source: https://keras.io/api/metrics/accuracy_metrics/#binaryaccuracy-class
 *
 * @class
 * @example
 * const metric = new metrics.BinaryAccuracy({ threshold: 0.7 })
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
 * @class
 * @example
 * const metric = new metrics.CategoricalAccuracy()
 */
export const CategoricalAccuracy = meanMetric({
  className: 'CategoricalAccuracy',
  options: {},
  values: categoricalAccuracy,
})

/**
 * Share of items whose largest prediction is that of the class which the target numbers.
 * Source: https://keras.io/api/metrics/accuracy_metrics/#sparsecategoricalaccuracy-class
 *
 * @class
 * @example
 * const metric = new metrics.SparseCategoricalAccuracy()
 */
export const SparseCategoricalAccuracy = meanMetric({
  className: 'SparseCategoricalAccuracy',
  options: {},
  values: sparseCategoricalAccuracy,
})

/**
 * Share of items whose target is among the k largest predictions.
 * Source: https://keras.io/api/metrics/accuracy_metrics/#topkcategoricalaccuracy-class
 *
 * @class
 * @example
 * const metric = new metrics.TopKCategoricalAccuracy({ k: 3 })
 */
export const TopKCategoricalAccuracy = meanMetric<TopKOptions>({
  className: 'TopKCategoricalAccuracy',
  options: { k: count(5) },
  values: topKCategoricalAccuracy,
})

/**
 * Share of items whose class number is among the k largest predictions.
 * Source: https://keras.io/api/metrics/accuracy_metrics/#sparsetopkcategoricalaccuracy-class
 *
 * @class
 * @example
 * const metric = new metrics.SparseTopKCategoricalAccuracy({ k: 3 })
 */
export const SparseTopKCategoricalAccuracy = meanMetric<TopKOptions>({
  className: 'SparseTopKCategoricalAccuracy',
  options: { k: count(5) },
  values: sparseTopKCategoricalAccuracy,
})
