/** Crossentropies of yes and no: each element is a probability of its own. */
import type { SymbolicTensor } from '../graph/tensor'
import type { Operand } from '../ops/dtypes'
import { add, clip, log, mul, neg, power, sub } from '../ops/math'
import { sigmoid, softplus } from '../ops/nn'
import { mean } from '../ops/reduce'
import { axis, finite, flag, share } from '../option_readers'
import { lossClass, lossFunction, type LossDefinition } from './definition'
import { EPSILON } from './epsilon'

/** Options of {@link losses.BinaryCrossentropy}. */
export interface BinaryCrossentropyOptions {
  /** Predictions are logits and not probabilities; default false. */
  readonly fromLogits: boolean
  /** Draws targets this far to 0.5; default 0. One-sided smoothing: give targets of 0.9. */
  readonly labelSmoothing: number
  /** Over which the mean is taken; default -1. */
  readonly axis: number
}

const BINARY_READERS = { fromLogits: flag(false), labelSmoothing: share(0), axis: axis(-1) }

/** Targets drawn to one half. */
function smoothed(yTrue: SymbolicTensor, labelSmoothing: number): SymbolicTensor {
  if (labelSmoothing === 0) return yTrue
  return add(mul(yTrue, 1 - labelSmoothing), 0.5 * labelSmoothing)
}

/** -(y log p + (1 - y) log (1 - p)), p limited to 1e-7 .. 1 - 1e-7. */
function fromProbabilities(y: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor {
  const p = clip(yPred, EPSILON, 1 - EPSILON)
  return neg(add(mul(y, log(p)), mul(sub(1, y), log(sub(1, p)))))
}

/** The same of p = sigmoid(x), exact for every x; its gradient is sigmoid(x) - y. */
function fromLogitsOf(y: SymbolicTensor, x: SymbolicTensor): SymbolicTensor {
  return add(mul(y, softplus(neg(x))), mul(sub(1, y), softplus(x)))
}

export const BINARY_CROSSENTROPY: LossDefinition<BinaryCrossentropyOptions> = {
  className: 'BinaryCrossentropy',
  name: 'binary_crossentropy',
  options: BINARY_READERS,
  compute(yTrue, yPred, { fromLogits, labelSmoothing, axis: along }) {
    const y = smoothed(yTrue, labelSmoothing)
    return mean(fromLogits ? fromLogitsOf(y, yPred) : fromProbabilities(y, yPred), along)
  },
}

/**
 * Mean over the last axis of -(y log p + (1 - y) log (1 - p)), p limited to 1e-7 .. 1 - 1e-7.
 * Source: https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class
 *
 * @function
 * @example
 * const values = losses.binaryCrossentropy(yTrue, yPred, { fromLogits: true })
 */
export const binaryCrossentropy = lossFunction(BINARY_CROSSENTROPY)
/**
 * `binaryCrossentropy` with a reduction.
 *
 * @class
 * @example
 * model.compile({ loss: new losses.BinaryCrossentropy({ labelSmoothing: 0.1 }), optimizer: 'adam' })
 */
export const BinaryCrossentropy = lossClass(BINARY_CROSSENTROPY)

/** Options of {@link losses.BinaryFocalCrossentropy}. */
export interface BinaryFocalCrossentropyOptions extends BinaryCrossentropyOptions {
  /** Weights targets of 1 by alpha and of 0 by 1 - alpha; default false. */
  readonly applyClassBalancing: boolean
  /** Default 0.25. */
  readonly alpha: number
  /** How strongly easy examples count less; default 2. */
  readonly gamma: number
}

/** y a + (1 - y) b: a where the target is 1, b where it is 0. */
function choose(y: SymbolicTensor, a: Operand, b: Operand): SymbolicTensor {
  return add(mul(y, a), mul(sub(1, y), b))
}

export const BINARY_FOCAL: LossDefinition<BinaryFocalCrossentropyOptions> = {
  className: 'BinaryFocalCrossentropy',
  name: 'binary_focal_crossentropy',
  options: {
    applyClassBalancing: flag(false),
    alpha: finite(0.25),
    gamma: finite(2),
    ...BINARY_READERS,
  },
  compute(yTrue, yPred, options) {
    const { applyClassBalancing, alpha, gamma } = options
    const y = smoothed(yTrue, options.labelSmoothing)
    const p = options.fromLogits ? sigmoid(yPred) : yPred
    const hardness = power(sub(1, choose(y, p, sub(1, p))), gamma)
    const focal = mul(hardness, fromProbabilities(y, p))
    return mean(applyClassBalancing ? mul(choose(y, alpha, 1 - alpha), focal) : focal, options.axis)
  },
}

/**
 * Binary crossentropy in which each element counts (1 - p)^gamma, p being the probability of the
 * right answer. Source: https://keras.io/api/losses/probabilistic_losses/#binaryfocalcrossentropy-class
 *
 * @function
 * @example
 * const values = losses.binaryFocalCrossentropy(yTrue, yPred, { gamma: 3 })
 */
export const binaryFocalCrossentropy = lossFunction(BINARY_FOCAL)
/** `binaryFocalCrossentropy` with a reduction. @class */
export const BinaryFocalCrossentropy = lossClass(BINARY_FOCAL)
