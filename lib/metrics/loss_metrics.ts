/** The losses as metrics, and what is close to them. Source: https://keras.io/api/metrics/ */
import * as binary from '../losses/binary'
import * as categorical from '../losses/categorical'
import * as hinge from '../losses/hinge'
import * as regression from '../losses/regression'
import * as sparse from '../losses/sparse'
import { sameRank } from '../losses/weighting'
import { cast } from '../ops/dtypes'
import { axis } from '../option_readers'
import { lossMetric, meanMetric } from './definition'

/** The mean of {@link losses.meanSquaredError} over all items. @class */
export const MeanSquaredError = lossMetric(regression.MEAN_SQUARED_ERROR)
/** The mean of {@link losses.meanAbsoluteError} over all items. @class */
export const MeanAbsoluteError = lossMetric(regression.MEAN_ABSOLUTE_ERROR)
/** The mean of {@link losses.meanAbsolutePercentageError} over all items. @class */
export const MeanAbsolutePercentageError = lossMetric(regression.MEAN_ABSOLUTE_PERCENTAGE_ERROR)
/** The mean of {@link losses.meanSquaredLogarithmicError} over all items. @class */
export const MeanSquaredLogarithmicError = lossMetric(regression.MEAN_SQUARED_LOGARITHMIC_ERROR)
/** log(cosh(error)), reported as 'logcosh'. @class */
export const LogCoshError = lossMetric(regression.LOG_COSH, {
  className: 'LogCoshError',
  name: 'logcosh',
})
/** The mean of {@link losses.poisson} over all items. @class */
export const Poisson = lossMetric(regression.POISSON)
/** The mean of {@link losses.hinge} over all items. @class */
export const Hinge = lossMetric(hinge.HINGE)
/** The mean of {@link losses.squaredHinge} over all items. @class */
export const SquaredHinge = lossMetric(hinge.SQUARED_HINGE)
/** The mean of {@link losses.categoricalHinge} over all items. @class */
export const CategoricalHinge = lossMetric(hinge.CATEGORICAL_HINGE)
/** The mean of {@link losses.klDivergence} over all items. @class */
export const KLDivergence = lossMetric(categorical.KL_DIVERGENCE)
/** The mean of {@link losses.binaryCrossentropy} over all items. @class */
export const BinaryCrossentropy = lossMetric(binary.BINARY_CROSSENTROPY)
/** The mean of {@link losses.categoricalCrossentropy} over all items. @class */
export const CategoricalCrossentropy = lossMetric(categorical.CATEGORICAL_CROSSENTROPY)
/** The mean of {@link losses.sparseCategoricalCrossentropy} over all items. @class */
export const SparseCategoricalCrossentropy = lossMetric(sparse.SPARSE_CATEGORICAL)

/**
 * Mean cos of the angle between target and prediction: 1 where they point the same way, unlike the
 * loss of this name. Source: https://keras.io/api/metrics/regression_metrics/#cosinesimilarity-class
 *
 * @class
 * @example
 * const metric = new metrics.CosineSimilarity({ axis: 1 })
 */
export const CosineSimilarity = meanMetric<regression.AxisOptions>({
  className: 'CosineSimilarity',
  options: { axis: axis(-1) },
  values(yTrue, yPred, options) {
    const [y, p] = sameRank(cast(yTrue, yPred.dtype), yPred)
    return regression.cosine(y, p, options.axis)
  },
})
