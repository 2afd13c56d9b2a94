/** Crossentropies of yes and no: each element is a probability of its own. */
import type { SymbolicTensor } from '../graph/tensor'
import { add, clip, log, mul, neg, sub } from '../ops/math'
import { softplus } from '../ops/nn'
import { mean } from '../ops/reduce'
import { axis, flag, share } from '../option_readers'
import { lossClass, lossFunction, type LossDefinition } from './definition'
import { EPSILON } from './epsilon'

export interface BinaryCrossentropyOptions {
  /** Predictions are logits and not probabilities; default false. */
  readonly fromLogits: boolean
  /** Draws targets this far to 0.5; default 0. One-sided smoothing: give targets of 0.9. */
  readonly labelSmoothing: number
  /** Over which the mean is taken; default -1. */
  readonly axis: number
}

export const BINARY_READERS = { fromLogits: flag(false), labelSmoothing: share(0), axis: axis(-1) }

/** Targets drawn to one half. */
export function smoothed(yTrue: SymbolicTensor, labelSmoothing: number): SymbolicTensor {
  if (labelSmoothing === 0) return yTrue
  return add(mul(yTrue, 1 - labelSmoothing), 0.5 * labelSmoothing)
}

/** -(y log p + (1 - y) log (1 - p)), p limited to 1e-7 .. 1 - 1e-7. */
export function fromProbabilities(y: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor {
  const p = clip(yPred, EPSILON, 1 - EPSILON)
  return neg(add(mul(y, log(p)), mul(sub(1, y), log(sub(1, p)))))
}

/** The same of p = sigmoid(x), exact for every x; its gradient is sigmoid(x) - y. */
function fromLogitsOf(y: SymbolicTensor, x: SymbolicTensor): SymbolicTensor {
  return add(mul(y, softplus(neg(x))), mul(sub(1, y), softplus(x)))
}

const BINARY_CROSSENTROPY: LossDefinition<BinaryCrossentropyOptions> = {
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
 * @example
 * const values = losses.binaryCrossentropy(yTrue, yPred, { fromLogits: true })
 */
export const binaryCrossentropy = lossFunction(BINARY_CROSSENTROPY)
/**
 * `binaryCrossentropy` with a reduction.
 *
 * @example
 * model.compile({ loss: new losses.BinaryCrossentropy({ labelSmoothing: 0.1 }), optimizer: 'adam' })
 */
export const BinaryCrossentropy = lossClass(BINARY_CROSSENTROPY)
