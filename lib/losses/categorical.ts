/** Crossentropies of classes: the elements along one axis are the probabilities of one choice. */
import type { SymbolicTensor } from '../graph/tensor'
import { convertToTensor } from '../ops/create'
import { add, clip, div, log, mul, neg, power, sub } from '../ops/math'
import { logSoftmax, softmax } from '../ops/nn'
import { sum } from '../ops/reduce'
import { axis, finite, flag, numberOrNumbers, share } from '../option_readers'
import { lossClass, lossFunction, type LossDefinition } from './definition'
import { EPSILON } from './epsilon'

/** Options of {@link losses.CategoricalCrossentropy}. */
export interface CategoricalCrossentropyOptions {
  /** Predictions are logits and not probabilities; default false. */
  readonly fromLogits: boolean
  /** The share of each target that is spread over all classes; default 0. */
  readonly labelSmoothing: number
  /** The axis of the classes; default -1. */
  readonly axis: number
}

const READERS = { fromLogits: flag(false), labelSmoothing: share(0), axis: axis(-1) }

function smoothed(yTrue: SymbolicTensor, labelSmoothing: number): SymbolicTensor {
  if (labelSmoothing === 0) return yTrue
  const classes = yTrue.shape.at(-1) as number
  return add(mul(yTrue, 1 - labelSmoothing), labelSmoothing / classes)
}

/** Probabilities that add up to 1, limited to 1e-7 .. 1 - 1e-7. */
function limited(p: SymbolicTensor, along: number): SymbolicTensor {
  return clip(div(p, sum(p, along, true)), EPSILON, 1 - EPSILON)
}

export const CATEGORICAL_CROSSENTROPY: LossDefinition<CategoricalCrossentropyOptions> = {
  className: 'CategoricalCrossentropy',
  name: 'categorical_crossentropy',
  options: READERS,
  compute(yTrue, yPred, { fromLogits, labelSmoothing, axis: along }) {
    const y = smoothed(yTrue, labelSmoothing)
    if (!fromLogits) return neg(sum(mul(y, log(limited(yPred, along))), along))
    return neg(sum(mul(y, logSoftmax(yPred, along)), along))
  },
}

/**
 * -sum of y log p over the axis of the classes, where p is scaled to add up to 1 and limited to
 * 1e-7 .. 1 - 1e-7. Targets are one-hot or probabilities.
 * Source: https://keras.io/api/losses/probabilistic_losses/#categoricalcrossentropy-class
 *
 * @function
 * @example
 * const values = losses.categoricalCrossentropy(yTrue, yPred, { fromLogits: true })
 */
export const categoricalCrossentropy = lossFunction(CATEGORICAL_CROSSENTROPY)
/** `categoricalCrossentropy` with a reduction. @class */
export const CategoricalCrossentropy = lossClass(CATEGORICAL_CROSSENTROPY)

/** Options of {@link losses.CategoricalFocalCrossentropy}. */
export interface CategoricalFocalCrossentropyOptions extends CategoricalCrossentropyOptions {
  /** Weight of all classes, or one for each; default 0.25. */
  readonly alpha: number | readonly number[]
  /** How strongly easy examples count less; default 2. */
  readonly gamma: number
}

export const CATEGORICAL_FOCAL: LossDefinition<CategoricalFocalCrossentropyOptions> = {
  className: 'CategoricalFocalCrossentropy',
  name: 'categorical_focal_crossentropy',
  options: { alpha: numberOrNumbers(0.25), gamma: finite(2), ...READERS },
  compute(yTrue, yPred, { alpha, gamma, fromLogits, labelSmoothing, axis: along }) {
    const y = smoothed(yTrue, labelSmoothing)
    const p = limited(fromLogits ? softmax(yPred, along) : yPred, along)
    const weight = typeof alpha === 'number' ? alpha : convertToTensor(alpha, yPred.dtype)
    return sum(mul(mul(power(sub(1, p), gamma), weight), neg(mul(y, log(p)))), along)
  },
}

/**
 * Crossentropy of classes in which each class counts alpha (1 - p)^gamma.
 * Source: https://keras.io/api/losses/probabilistic_losses/#categoricalfocalcrossentropy-class
 *
 * @function
 * @example
 * const values = losses.categoricalFocalCrossentropy(yTrue, yPred, { gamma: 3 })
 */
export const categoricalFocalCrossentropy = lossFunction(CATEGORICAL_FOCAL)
/** `categoricalFocalCrossentropy` with a reduction. @class */
export const CategoricalFocalCrossentropy = lossClass(CATEGORICAL_FOCAL)

export const KL_DIVERGENCE: LossDefinition<object> = {
  className: 'KLDivergence',
  name: 'kl_divergence',
  options: {},
  compute(yTrue, yPred) {
    const [y, p] = [clip(yTrue, EPSILON, 1), clip(yPred, EPSILON, 1)]
    return sum(mul(y, log(div(y, p))), -1)
  },
}

/**
 * Sum over the last axis of y log(y / p), both limited to 1e-7 .. 1.
 * Source: https://keras.io/api/losses/probabilistic_losses/#kldivergence-class
 *
 * @function
 * @example
 * const values = losses.klDivergence(yTrue, yPred)
 */
export const klDivergence = lossFunction(KL_DIVERGENCE)
/** `klDivergence` with a reduction. @class */
export const KLDivergence = lossClass(KL_DIVERGENCE)
