/** Losses that ask for a margin: an answer must be right by 1 to cost nothing. */
import type { SymbolicTensor } from '../graph/tensor'
import { equal, logicalOr, where } from '../ops/compare'
import { add, clip, mul, square, sub } from '../ops/math'
import { all, max, mean, sum } from '../ops/reduce'
import { lossClass, lossFunction, type LossDefinition } from './definition'

/** The largest float32. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127

/** max(x, 0) with the gradient 1 at 0, as Keras's maximum has it. */
function positivePart(x: SymbolicTensor): SymbolicTensor {
  return clip(x, 0, LARGEST)
}

/** Labels of 0 and 1 become -1 and 1, if the batch holds no others. */
function signs(y: SymbolicTensor): SymbolicTensor {
  const isBinary = all(logicalOr(equal(y, 0), equal(y, 1)))
  return where(isBinary, sub(mul(y, 2), 1), y)
}

function margin(y: SymbolicTensor, p: SymbolicTensor): SymbolicTensor {
  return positivePart(sub(1, mul(signs(y), p)))
}

export const HINGE: LossDefinition<object> = {
  className: 'Hinge',
  name: 'hinge',
  options: {},
  compute: (y, p) => mean(margin(y, p), -1),
}

/**
 * Mean over the last axis of max(1 - y p, 0). Labels are -1 and 1; where a batch holds only 0 and
 * 1, they are taken as -1 and 1.
 * Source: https://keras.io/api/losses/hinge_losses/#hinge-class
 *
 * @function
 * @example
 * const values = losses.hinge(yTrue, yPred)
 */
export const hinge = lossFunction(HINGE)
/** `hinge` with a reduction. @class */
export const Hinge = lossClass(HINGE)

export const SQUARED_HINGE: LossDefinition<object> = {
  className: 'SquaredHinge',
  name: 'squared_hinge',
  options: {},
  compute: (y, p) => mean(square(margin(y, p)), -1),
}

/**
 * Mean over the last axis of max(1 - y p, 0)^2, with labels as `hinge` takes them.
 * Source: https://keras.io/api/losses/hinge_losses/#squaredhinge-class
 *
 * @function
 * @example
 * const values = losses.squaredHinge(yTrue, yPred)
 */
export const squaredHinge = lossFunction(SQUARED_HINGE)
/** `squaredHinge` with a reduction. @class */
export const SquaredHinge = lossClass(SQUARED_HINGE)

export const CATEGORICAL_HINGE: LossDefinition<object> = {
  className: 'CategoricalHinge',
  name: 'categorical_hinge',
  options: {},
  compute(y, p) {
    const right = sum(mul(y, p), -1)
    const wrong = max(mul(sub(1, y), p), -1)
    return positivePart(add(sub(wrong, right), 1))
  },
}

/**
 * max(largest of (1 - y) p - sum of y p + 1, 0) over the last axis; targets are one-hot.
 * Source: https://keras.io/api/losses/hinge_losses/#categoricalhinge-class
 *
 * @function
 * @example
 * const values = losses.categoricalHinge(yTrue, yPred)
 */
export const categoricalHinge = lossFunction(CATEGORICAL_HINGE)
/** `categoricalHinge` with a reduction. @class */
export const CategoricalHinge = lossClass(CATEGORICAL_HINGE)
