/** Losses by their Keras names, and what training calls. Source: https://keras.io/api/losses/ */
import { fail } from '../check'
import type { SymbolicTensor, TensorSpec } from '../graph/tensor'
import { sum } from '../ops/reduce'
import type { SerializedObject } from '../serialization'
import * as binary from './binary'
import * as categorical from './categorical'
import { definitionOf } from './definition'
import * as hinge from './hinge'
import { Loss, reducedValues, requireEqualShapes, type LossFunction } from './loss'
import * as regression from './regression'
import * as sparse from './sparse'

export { Loss, type LossFunction, type LossOptions } from './loss'
export type { Reduction } from './weighting'

/** Keras 3's names and those of Keras 2. */
const FUNCTIONS = {
  binary_crossentropy: binary.binaryCrossentropy,
  bce: binary.binaryCrossentropy,
  BCE: binary.binaryCrossentropy,
  binary_focal_crossentropy: binary.binaryFocalCrossentropy,
  categorical_crossentropy: categorical.categoricalCrossentropy,
  categorical_focal_crossentropy: categorical.categoricalFocalCrossentropy,
  sparse_categorical_crossentropy: sparse.sparseCategoricalCrossentropy,
  kl_divergence: categorical.klDivergence,
  kullback_leibler_divergence: categorical.klDivergence,
  kld: categorical.klDivergence,
  KLD: categorical.klDivergence,
  poisson: regression.poisson,
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
  huber_loss: regression.huber,
  log_cosh: regression.logCosh,
  logcosh: regression.logCosh,
  hinge: hinge.hinge,
  squared_hinge: hinge.squaredHinge,
  categorical_hinge: hinge.categoricalHinge,
} as const

const CLASSES = {
  BinaryCrossentropy: binary.BinaryCrossentropy,
  BinaryFocalCrossentropy: binary.BinaryFocalCrossentropy,
  CategoricalCrossentropy: categorical.CategoricalCrossentropy,
  CategoricalFocalCrossentropy: categorical.CategoricalFocalCrossentropy,
  SparseCategoricalCrossentropy: sparse.SparseCategoricalCrossentropy,
  KLDivergence: categorical.KLDivergence,
  Poisson: regression.Poisson,
  MeanSquaredError: regression.MeanSquaredError,
  MeanAbsoluteError: regression.MeanAbsoluteError,
  MeanAbsolutePercentageError: regression.MeanAbsolutePercentageError,
  MeanSquaredLogarithmicError: regression.MeanSquaredLogarithmicError,
  CosineSimilarity: regression.CosineSimilarity,
  Huber: regression.Huber,
  LogCosh: regression.LogCosh,
  Hinge: hinge.Hinge,
  SquaredHinge: hinge.SquaredHinge,
  CategoricalHinge: hinge.CategoricalHinge,
} as const

/** The losses that are functions, by their Keras names. */
export type LossFunctionName = keyof typeof FUNCTIONS
/** A loss by its Keras name. */
export type LossName = LossFunctionName | keyof typeof CLASSES

/**
 * What `compile({ loss })` takes: a Keras name, a function over ops, or a `Loss`, which is one. The
 * class of a loss means its default options.
 */
export type LossArgument = LossName | LossFunction | (new () => Loss) | SerializedObject

function isLossClass(value: (new () => Loss) | LossFunction): value is new () => Loss {
  return (value as { prototype?: unknown }).prototype instanceof Loss
}

/** The loss function of a Keras name; undefined where there is none. */
export function lossFunctionNamed(name: string): LossFunction | undefined {
  return Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name as LossFunctionName] : undefined
}

function lossClassNamed(name: unknown): (new (options?: object) => Loss) | undefined {
  const isKnown = typeof name === 'string' && Object.hasOwn(CLASSES, name)
  return isKnown ? CLASSES[name as keyof typeof CLASSES] : undefined
}

/** The loss of an argument, or an error that lists what is known. */
export function resolveLoss(where: string, value: LossArgument): LossFunction {
  if (typeof value === 'function') return isLossClass(value) ? new value() : value
  const isObject = typeof value === 'object' && value !== null
  const Class = lossClassNamed(isObject ? value.className : value)
  if (Class) return new Class(isObject ? value.config : {})
  const found = typeof value === 'string' ? lossFunctionNamed(value) : undefined
  if (found) return found
  const names = [...Object.keys(FUNCTIONS), ...Object.keys(CLASSES)].join(', ')
  return fail(where, 'loss', `a function, a loss object or one of ${names}`, value)
}

/** What stands for a loss in a configuration: `{ className, config }`, or a function's name. */
export function serializeLoss(loss: LossFunction): SerializedObject | string {
  if (loss instanceof Loss) return { className: loss.constructor.name, config: loss.getConfig() }
  return definitionOf(loss)?.name ?? loss.name
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
