/** Losses by their Keras names, and what training calls. Source: https://keras.io/api/losses/ */
import { entryNamed } from '../check'
import type { SymbolicTensor, TensorSpec } from '../graph/tensor'
import { sum } from '../ops/reduce'
import { BinaryCrossentropy, binaryCrossentropy } from './binary'
import { definitionOf } from './definition'
import { Loss, reducedValues, requireEqualShapes, type LossFunction } from './loss'
import * as regression from './regression'

export { Loss, type LossFunction, type LossOptions } from './loss'
export { definitionOf } from './definition'
export type { Reduction } from './weighting'

const FUNCTIONS = {
  binary_crossentropy: binaryCrossentropy,
  bce: binaryCrossentropy,
  BCE: binaryCrossentropy,
  mean_squared_error: regression.meanSquaredError,
  mse: regression.meanSquaredError,
  MSE: regression.meanSquaredError,
  mean_absolute_error: regression.meanAbsoluteError,
  mae: regression.meanAbsoluteError,
  MAE: regression.meanAbsoluteError,
  mean_absolute_percentage_error: regression.meanAbsolutePercentageError,
  mape: regression.meanAbsolutePercentageError,
  MAPE: regression.meanAbsolutePercentageError,
  mean_squared_logarithmic_error: regression.meanSquaredLogarithmicError,
  msle: regression.meanSquaredLogarithmicError,
  MSLE: regression.meanSquaredLogarithmicError,
  cosine_similarity: regression.cosineSimilarity,
  huber: regression.huber,
  log_cosh: regression.logCosh,
  logcosh: regression.logCosh,
} as const

const CLASSES = {
  BinaryCrossentropy,
  MeanSquaredError: regression.MeanSquaredError,
  MeanAbsoluteError: regression.MeanAbsoluteError,
  MeanAbsolutePercentageError: regression.MeanAbsolutePercentageError,
  MeanSquaredLogarithmicError: regression.MeanSquaredLogarithmicError,
  CosineSimilarity: regression.CosineSimilarity,
  Huber: regression.Huber,
  LogCosh: regression.LogCosh,
} as const

export type LossName = keyof typeof FUNCTIONS | keyof typeof CLASSES

/** What `compile({ loss })` takes: a Keras name, a function over ops, or a `Loss`, which is one. */
export type LossArgument = LossName | LossFunction

/** The loss function of a Keras name; undefined where there is none. */
export function lossFunctionNamed(name: string): LossFunction | undefined {
  return Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name as keyof typeof FUNCTIONS] : undefined
}

export function resolveLoss(where: string, value: LossArgument): LossFunction {
  if (typeof value === 'function') return value
  if (typeof value === 'string' && Object.hasOwn(CLASSES, value)) {
    return new CLASSES[value as keyof typeof CLASSES]()
  }
  return entryNamed<LossFunction>(where, 'loss', value, FUNCTIONS, 'a function, a loss object')
}

/**
 * What targets a loss wants for an output. Sparse losses take class numbers, one in place of the
 * last axis; all others take what has the shape of the output. Class numbers are float32 too, as
 * in Keras: whole numbers are exact up to 2^24.
 */
export function targetSpec(loss: LossFunction, output: TensorSpec): TensorSpec {
  const isSparse = definitionOf(loss)?.isSparse === true
  const shape = isSparse ? [...output.shape.slice(0, -1), 1] : output.shape
  return { shape, dtype: 'float32' }
}

/**
 * The loss of a batch as one number: a function's values by Keras's "sum over batch size", a loss
 * object's as it says. 'none' adds up the values, whose gradient is what Keras trains by.
 */
export function reducedLoss(
  where: string,
  loss: LossFunction,
  yTrue: SymbolicTensor,
  yPred: SymbolicTensor,
  sampleWeight?: SymbolicTensor,
): SymbolicTensor {
  const definition = definitionOf(loss)
  if (definition && !definition.isSparse) requireEqualShapes(where, yTrue, yPred)
  if (loss instanceof Loss) {
    const value = loss(yTrue, yPred, sampleWeight)
    return value.rank === 0 ? value : sum(value)
  }
  const reduced = reducedValues(where, loss, () => undefined, 'sum_over_batch_size')
  return reduced(yTrue, yPred, sampleWeight)
}
