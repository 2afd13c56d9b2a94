/** Losses over ops, with Keras 3's formulas. Source: https://keras.io/api/losses/ */
import { shapeText } from './array'
import { entryNamed, fail } from './check'
import { ShapeError } from './errors'
import { SymbolicTensor } from './graph/tensor'
import { abs, add, clip, log, mul, neg, square, sub } from './ops/math'
import { mean } from './ops/reduce'

/**
 * A loss from targets and predictions: one number for each item, or any shape, whose mean is
 * minimised.
 */
export type LossFunction = (yTrue: SymbolicTensor, yPred: SymbolicTensor) => SymbolicTensor

/** Keras's fuzz factor. */
const EPSILON = 1e-7

/** Mean over the last axis of -(y log p + (1 - y) log (1 - p)), p limited to 1e-7 .. 1 - 1e-7. */
export function binaryCrossentropy(yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor {
  const p = clip(yPred, EPSILON, 1 - EPSILON)
  const positive = mul(yTrue, log(p))
  const negative = mul(sub(1, yTrue), log(sub(1, p)))
  return mean(neg(add(positive, negative)), -1)
}

/** Mean over the last axis of (y - p)^2. */
export function meanSquaredError(yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor {
  return mean(square(sub(yPred, yTrue)), -1)
}

/** Mean over the last axis of |y - p|. */
export function meanAbsoluteError(yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor {
  return mean(abs(sub(yPred, yTrue)), -1)
}

const BY_NAME = {
  binary_crossentropy: binaryCrossentropy,
  mean_squared_error: meanSquaredError,
  mse: meanSquaredError,
  mean_absolute_error: meanAbsoluteError,
  mae: meanAbsoluteError,
} as const

export type LossName = keyof typeof BY_NAME

/** What `compile({ loss })` takes: a Keras name or a function over ops. */
export type LossArgument = LossName | LossFunction

export function resolveLoss(where: string, value: LossArgument): LossFunction {
  if (typeof value === 'function') return value
  return entryNamed<LossFunction>(where, 'loss', value, BY_NAME, 'a function')
}

/** The loss as one number: Keras's reduction "sum over batch size". */
export function reducedLoss(
  where: string,
  loss: LossFunction,
  yTrue: SymbolicTensor,
  yPred: SymbolicTensor,
): SymbolicTensor {
  if (shapeText(yTrue.shape) !== shapeText(yPred.shape)) {
    throw new ShapeError(
      where,
      `targets ${shapeText(yTrue.shape)} must have the shape of the predictions ${shapeText(yPred.shape)}`,
    )
  }
  const value: unknown = loss(yTrue, yPred)
  if (!(value instanceof SymbolicTensor)) {
    fail(where, 'what the loss returns', 'a symbolic tensor', value)
  }
  return value.rank === 0 ? value : mean(value)
}
