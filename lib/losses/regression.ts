/** Losses of numbers: how far predictions lie from targets. */
import type { SymbolicTensor } from '../graph/tensor'
import { abs, add, div, log, maximum, minimum, mul, neg, sqrt, square, sub } from '../ops/math'
import { softplus } from '../ops/nn'
import { mean, sum } from '../ops/reduce'
import { axis, finite } from '../option_readers'
import { lossClass, lossFunction, type LossDefinition } from './definition'
import { EPSILON } from './epsilon'

/** A loss without options that is the mean over the last axis of a number for each element. */
function elementwise(
  className: string,
  name: string,
  each: (yTrue: SymbolicTensor, yPred: SymbolicTensor) => SymbolicTensor,
): LossDefinition<object> {
  return { className, name, options: {}, compute: (y, p) => mean(each(y, p), -1) }
}

export const MEAN_SQUARED_ERROR = elementwise('MeanSquaredError', 'mean_squared_error', (y, p) =>
  square(sub(y, p)),
)

/**
 * Mean over the last axis of (y - p)^2.
 * Source: https://keras.io/api/losses/regression_losses/#meansquarederror-class
 *
 * @function
 * @example
 * const values = losses.meanSquaredError(yTrue, yPred) // (batch, n) gives (batch,)
 */
export const meanSquaredError = lossFunction(MEAN_SQUARED_ERROR)
/** `meanSquaredError` with a reduction: `new MeanSquaredError({ reduction: 'sum' })`. @class */
export const MeanSquaredError = lossClass(MEAN_SQUARED_ERROR)

export const MEAN_ABSOLUTE_ERROR = elementwise('MeanAbsoluteError', 'mean_absolute_error', (y, p) =>
  abs(sub(y, p)),
)

/**
 * Mean over the last axis of |y - p|.
 * Source: https://keras.io/api/losses/regression_losses/#meanabsoluteerror-class
 *
 * @function
 * @example
 * const values = losses.meanAbsoluteError(yTrue, yPred)
 */
export const meanAbsoluteError = lossFunction(MEAN_ABSOLUTE_ERROR)
/** `meanAbsoluteError` with a reduction: `new MeanAbsoluteError({ reduction: 'sum' })`. @class */
export const MeanAbsoluteError = lossClass(MEAN_ABSOLUTE_ERROR)

export const MEAN_ABSOLUTE_PERCENTAGE_ERROR: LossDefinition<object> = {
  className: 'MeanAbsolutePercentageError',
  name: 'mean_absolute_percentage_error',
  options: {},
  compute: (y, p) => mul(mean(abs(div(sub(y, p), maximum(abs(y), EPSILON))), -1), 100),
}

/**
 * 100 times the mean over the last axis of |(y - p) / max(|y|, 1e-7)|.
 * Source: https://keras.io/api/losses/regression_losses/#meanabsolutepercentageerror-class
 *
 * @function
 * @example
 * const values = losses.meanAbsolutePercentageError(yTrue, yPred)
 */
export const meanAbsolutePercentageError = lossFunction(MEAN_ABSOLUTE_PERCENTAGE_ERROR)
/** `meanAbsolutePercentageError` with a reduction. @class */
export const MeanAbsolutePercentageError = lossClass(MEAN_ABSOLUTE_PERCENTAGE_ERROR)

const logarithm = (x: SymbolicTensor): SymbolicTensor => log(add(maximum(x, EPSILON), 1))

export const MEAN_SQUARED_LOGARITHMIC_ERROR = elementwise(
  'MeanSquaredLogarithmicError',
  'mean_squared_logarithmic_error',
  (y, p) => square(sub(logarithm(p), logarithm(y))),
)

/**
 * Mean over the last axis of (log(y + 1) - log(p + 1))^2, both at least 1e-7.
 * Source: https://keras.io/api/losses/regression_losses/#meansquaredlogarithmicerror-class
 *
 * @function
 * @example
 * const values = losses.meanSquaredLogarithmicError(yTrue, yPred)
 */
export const meanSquaredLogarithmicError = lossFunction(MEAN_SQUARED_LOGARITHMIC_ERROR)
/** `meanSquaredLogarithmicError` with a reduction. @class */
export const MeanSquaredLogarithmicError = lossClass(MEAN_SQUARED_LOGARITHMIC_ERROR)

/** Options of {@link losses.Huber}. */
export interface HuberOptions {
  /** Where the square ends and the straight line begins; default 1. */
  readonly delta: number
}

export const HUBER: LossDefinition<HuberOptions> = {
  className: 'Huber',
  name: 'huber',
  instanceName: 'huber_loss',
  options: { delta: finite(1) },
  // With m = min(|e|, delta), the square and the line are both m * (|e| - m / 2).
  compute(y, p, { delta }) {
    const error = abs(sub(p, y))
    const inner = minimum(error, delta)
    return mean(mul(inner, sub(error, mul(inner, 0.5))), -1)
  },
}

/**
 * Mean over the last axis of e^2 / 2 where |e| <= delta, and delta |e| - delta^2 / 2 elsewhere.
 * Source: https://keras.io/api/losses/regression_losses/#huber-class
 *
 * @function
 * @example
 * const values = losses.huber(yTrue, yPred, { delta: 2 })
 */
export const huber = lossFunction(HUBER)
/** `huber` with a reduction: `new Huber({ delta: 2 })`. @class */
export const Huber = lossClass(HUBER)

export const LOG_COSH = elementwise('LogCosh', 'log_cosh', (y, p) => {
  const error = sub(p, y)
  return sub(add(error, softplus(mul(error, -2))), Math.LN2)
})

/**
 * Mean over the last axis of log(cosh(p - y)).
 * Source: https://keras.io/api/losses/regression_losses/#logcosh-class
 *
 * @function
 * @example
 * const values = losses.logCosh(yTrue, yPred)
 */
export const logCosh = lossFunction(LOG_COSH)
/** `logCosh` with a reduction. @class */
export const LogCosh = lossClass(LOG_COSH)

/** The axis that a loss is computed over. */
export interface AxisOptions {
  /** Default -1. */
  readonly axis: number
}

/** x as a vector of length 1 along an axis; at most 1e7 times as long, as in Keras. */
function unit(x: SymbolicTensor, along: number): SymbolicTensor {
  const length = sqrt(maximum(sum(square(x), along, true), EPSILON ** 2))
  return div(x, length)
}

/** Of the angle between two vectors. */
export function cosine(y: SymbolicTensor, p: SymbolicTensor, along: number): SymbolicTensor {
  return sum(mul(unit(y, along), unit(p, along)), along)
}

export const COSINE_SIMILARITY: LossDefinition<AxisOptions> = {
  className: 'CosineSimilarity',
  name: 'cosine_similarity',
  options: { axis: axis(-1) },
  compute: (y, p, options) => neg(cosine(y, p, options.axis)),
}

/**
 * -cos of the angle between target and prediction: -1 where they point the same way.
 * Source: https://keras.io/api/losses/regression_losses/#cosinesimilarity-class
 *
 * @function
 * @example
 * const values = losses.cosineSimilarity(yTrue, yPred, { axis: 1 })
 */
export const cosineSimilarity = lossFunction(COSINE_SIMILARITY)
/** `cosineSimilarity` with a reduction: `new CosineSimilarity({ axis: 1 })`. @class */
export const CosineSimilarity = lossClass(COSINE_SIMILARITY)

export const POISSON: LossDefinition<object> = {
  className: 'Poisson',
  name: 'poisson',
  options: {},
  compute: (y, p) => mean(sub(p, mul(y, log(add(p, EPSILON)))), -1),
}

/**
 * Mean over the last axis of p - y log(p + 1e-7).
 * Source: https://keras.io/api/losses/probabilistic_losses/#poisson-class
 *
 * @function
 * @example
 * const values = losses.poisson(yTrue, yPred)
 */
export const poisson = lossFunction(POISSON)
/** `poisson` with a reduction. @class */
export const Poisson = lossClass(POISSON)
