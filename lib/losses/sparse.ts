/** Crossentropy of classes whose targets are class numbers. */
import { shapeText } from '../array'
import { ArgumentError, ShapeError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import { less, notEqual, where } from '../ops/compare'
import { cast } from '../ops/dtypes'
import { takeAlongAxis } from '../ops/gather'
import { clip, log, neg } from '../ops/math'
import { logSoftmax } from '../ops/nn'
import { expandDims, squeeze } from '../ops/shape'
import { axis, flag, integerOrNull } from '../option_readers'
import { lossClass, lossFunction, type LossDefinition } from './definition'
import { EPSILON } from './epsilon'
import { lossLocation } from './loss'

/** Options of {@link losses.SparseCategoricalCrossentropy}. */
export interface SparseCategoricalCrossentropyOptions {
  /** Predictions are logits and not probabilities; default false. */
  readonly fromLogits: boolean
  /** A class number that doesn't count; the mean is taken over the others. Default null: none. */
  readonly ignoreClass: number | null
  /** The axis of the classes, which must be the last; default -1. */
  readonly axis: number
}

/** Class numbers (int32) of the shape of the predictions without their last axis. */
export function classNumbers(yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor {
  const hasLast = yTrue.rank === yPred.rank && yTrue.shape.at(-1) === 1
  const labels = hasLast ? squeeze(yTrue, -1) : yTrue
  if (shapeText(labels.shape) !== shapeText(yPred.shape.slice(0, -1))) {
    throw new ShapeError(
      lossLocation('classNumbers'),
      `targets ${shapeText(yTrue.shape)} must have the shape of the predictions ${shapeText(yPred.shape)} without the last axis`,
    )
  }
  return cast(labels, 'int32')
}

/** The element of x at each class number; numbers below 0 are refused when it runs. */
export function atClass(x: SymbolicTensor, labels: SymbolicTensor): SymbolicTensor {
  const places = where(less(labels, 0), x.shape.at(-1) as number, labels)
  return squeeze(takeAlongAxis(x, expandDims(places, -1), -1), -1)
}

/** 1 where the class counts. */
function counts(labels: SymbolicTensor, ignoreClass: number): SymbolicTensor {
  return notEqual(labels, ignoreClass)
}

export const SPARSE_CATEGORICAL: LossDefinition<SparseCategoricalCrossentropyOptions> = {
  className: 'SparseCategoricalCrossentropy',
  name: 'sparse_categorical_crossentropy',
  isSparse: true,
  options: { fromLogits: flag(false), ignoreClass: integerOrNull(), axis: axis(-1) },
  compute(yTrue, yPred, { fromLogits, ignoreClass, axis: along }) {
    if (along !== -1 && along !== yPred.rank - 1) {
      throw new ArgumentError(
        lossLocation('sparseCategoricalCrossentropy'),
        `axis must be the last one of ${shapeText(yPred.shape)}, received ${along}`,
      )
    }
    const labels = classNumbers(yTrue, yPred)
    const x = logSoftmax(fromLogits ? yPred : log(clip(yPred, EPSILON, 1 - EPSILON)))
    const valid = ignoreClass === null ? undefined : counts(labels, ignoreClass)
    const known = valid ? where(valid, labels, 0) : labels
    const values = neg(atClass(x, known))
    return valid ? where(valid, values, 0) : values
  },
  mask(yTrue, yPred, { ignoreClass }) {
    if (ignoreClass === null) return undefined
    return cast(counts(classNumbers(yTrue, yPred), ignoreClass), 'float32')
  },
}

/**
 * -log of the probability of the class that each target names. Targets are whole numbers of the
 * shape of the predictions (..., classes) without the last axis, or with 1 there.
 * Source: https://keras.io/api/losses/probabilistic_losses/#sparsecategoricalcrossentropy-class
 *
 * @function
 * @example
 * const values = losses.sparseCategoricalCrossentropy(yTrue, yPred, { ignoreClass: -1 })
 */
export const sparseCategoricalCrossentropy = lossFunction(SPARSE_CATEGORICAL)
/** `sparseCategoricalCrossentropy` with a reduction. @class */
export const SparseCategoricalCrossentropy = lossClass(SPARSE_CATEGORICAL)
