/** Loss: from targets and predictions to the number that training makes small. */
import { shapeText } from '../array'
import { fail, knownOptions, nonEmptyString, oneOf } from '../check'
import { ShapeError } from '../errors'
import { currentScope } from '../graph/scope'
import { SymbolicTensor } from '../graph/tensor'
import { callableInstance } from '../layers/callable'
import { snakeCase } from '../layers/names'
import { cast } from '../ops/dtypes'
import { reduceWeighted, REDUCTIONS, sameRank, type Reduction } from './weighting'

/**
 * A loss from targets and predictions: one number for each item, or any shape, whose mean is
 * minimised.
 */
export type LossFunction = (yTrue: SymbolicTensor, yPred: SymbolicTensor) => SymbolicTensor

/** Options of every loss class. */
export interface LossOptions {
  /** Default 'sum_over_batch_size': the mean. */
  readonly reduction?: Reduction | null
  /** Default: Keras's name of the class, such as 'mean_squared_error'. */
  readonly name?: string
}

export const LOSS_OPTIONS = ['reduction', 'name'] as const

/** How a loss answers when it is called: the reduced, weighted loss of a batch. */
export interface Loss {
  (yTrue: SymbolicTensor, yPred: SymbolicTensor, sampleWeight?: SymbolicTensor): SymbolicTensor
}

/**
 * Base of the loss classes. A loss of your own extends it and composes ops in `call`. Targets and
 * predictions come as float32. Source: https://keras.io/api/losses/
 *
 * @example
 * class Quartic extends Loss {
 *   override call(yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor {
 *     return ops.mean(ops.square(ops.square(ops.sub(yTrue, yPred))), -1)
 *   }
 * }
 * model.compile({ loss: new Quartic({ reduction: 'sum' }), optimizer: 'adam' })
 */
export abstract class Loss {
  declare readonly name: string
  declare readonly reduction: Reduction

  constructor(options: LossOptions = {}) {
    const self = callableInstance(new.target.prototype as this, (loss, args) =>
      loss.compute(...(args as [SymbolicTensor, SymbolicTensor, SymbolicTensor?])),
    )
    const where = new.target.name
    knownOptions(where, options, LOSS_OPTIONS)
    const { reduction, name = snakeCase(where) } = options
    nonEmptyString(where, 'name', name)
    Object.assign(self, {
      name,
      reduction:
        reduction === null
          ? 'none'
          : oneOf(where, 'reduction', reduction ?? 'sum_over_batch_size', REDUCTIONS),
    })
    return self
  }

  /** The loss of each item, or of any shape, before weights and reduction. */
  abstract call(yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor

  /** 1 where a value counts, 0 where not; undefined where all do. */
  protected mask(_yTrue: SymbolicTensor, _yPred: SymbolicTensor): SymbolicTensor | undefined {
    return undefined
  }

  /** The options that make an equal loss. */
  getConfig(): Record<string, unknown> {
    return { name: this.name, reduction: this.reduction }
  }

  private compute(
    yTrue: SymbolicTensor,
    yPred: SymbolicTensor,
    sampleWeight?: SymbolicTensor,
  ): SymbolicTensor {
    const where = this.constructor.name
    return reducedValues(
      where,
      (targets, predictions) => this.call(targets, predictions),
      (targets, predictions) => this.mask(targets, predictions),
      this.reduction,
    )(yTrue, yPred, sampleWeight)
  }
}

type Masking = (yTrue: SymbolicTensor, yPred: SymbolicTensor) => SymbolicTensor | undefined

/** A loss function as a whole: float32, equal ranks, weights, reduction. */
export function reducedValues(
  where: string,
  call: LossFunction,
  mask: Masking,
  reduction: Reduction,
) {
  return (
    yTrue: SymbolicTensor,
    yPred: SymbolicTensor,
    sampleWeight?: SymbolicTensor,
  ): SymbolicTensor => {
    requireTensors(where, { yTrue, yPred, ...(sampleWeight !== undefined && { sampleWeight }) })
    const [targets, predictions] = sameRank(cast(yTrue, 'float32'), cast(yPred, 'float32'))
    const values: unknown = call(targets, predictions)
    if (!(values instanceof SymbolicTensor)) {
      fail(where, 'what the loss returns', 'a symbolic tensor', values)
    }
    const weight = sampleWeight && cast(sampleWeight, 'float32')
    return reduceWeighted(cast(values, 'float32'), weight, mask(targets, predictions), reduction)
  }
}

/** How errors name a loss function: by the scope it is called in, if there is one. */
export function lossLocation(name: string, family: 'losses' | 'metrics' = 'losses'): string {
  const scope = currentScope()
  return scope === '' ? `${family}.${name}` : `${scope} ${name}`
}

/** Refuses targets, predictions or weights that are no tensors. */
export function requireTensors(where: string, given: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(given)) {
    if (!(value instanceof SymbolicTensor)) fail(where, name, 'a symbolic tensor', value)
  }
}

export function requireEqualShapes(
  where: string,
  yTrue: SymbolicTensor,
  yPred: SymbolicTensor,
): void {
  if (shapeText(yTrue.shape) === shapeText(yPred.shape)) return
  throw new ShapeError(
    where,
    `targets ${shapeText(yTrue.shape)} must have the shape of the predictions ${shapeText(yPred.shape)}`,
  )
}
