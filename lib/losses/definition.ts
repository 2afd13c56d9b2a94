/** A loss is written once, as a definition; its function and its class are made from that. */
import type { SymbolicTensor } from '../graph/tensor'
import { callableClass, type CallableClass } from '../layers/callable'
import { cast } from '../ops/dtypes'
import { readOptions, type Readers } from '../option_readers'
import { Loss, LOSS_OPTIONS, lossLocation, requireTensors } from './loss'
import type { LossFunction, LossOptions } from './loss'
import { sameRank } from './weighting'

export interface LossDefinition<O extends object> {
  readonly className: string
  /** Keras's name of the function, such as 'huber'. */
  readonly name: string
  /** Keras's default name of an instance where it is another one, such as 'huber_loss'. */
  readonly instanceName?: string
  readonly options: Readers<O>
  /** Targets are class numbers: their shape is that of the predictions without the classes. */
  readonly isSparse?: boolean
  /** Both have the element type of the predictions and, unless sparse, equally many axes. */
  compute(yTrue: SymbolicTensor, yPred: SymbolicTensor, options: O): SymbolicTensor
  /** 1 where a value counts, 0 where not. */
  mask?(yTrue: SymbolicTensor, yPred: SymbolicTensor, options: O): SymbolicTensor | undefined
}

/** A loss function with options, such as `losses.huber`. */
export type LossFunctionOf<O extends object> = (
  yTrue: SymbolicTensor,
  yPred: SymbolicTensor,
  options?: Partial<O>,
) => SymbolicTensor

export type LossClassOf<O extends object> = CallableClass<
  new (options?: Partial<O> & LossOptions) => Loss
>

type AnyDefinition = Pick<LossDefinition<never>, 'name' | 'isSparse' | 'className'>

const definitions = new WeakMap<object, AnyDefinition>()

/** What a loss function or class of ours was made from; undefined for a user's own. */
export function definitionOf(loss: LossFunction): AnyDefinition | undefined {
  return definitions.get(loss instanceof Loss ? loss.constructor : loss)
}

export function lossFunction<O extends object>(definition: LossDefinition<O>): LossFunctionOf<O> {
  const { name, options: readers, isSparse = false } = definition
  const ownName = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  const compute: LossFunctionOf<O> = (yTrue, yPred, given = {}) => {
    const where = lossLocation(ownName)
    requireTensors(where, { yTrue, yPred })
    const options = readOptions(where, readers, given)
    const targets = cast(yTrue, yPred.dtype)
    const [left, right] = isSparse ? [targets, yPred] : sameRank(targets, yPred)
    return definition.compute(left, right, options)
  }
  Object.defineProperty(compute, 'name', { value: ownName })
  definitions.set(compute, definition)
  return compute
}

export function lossClass<O extends object>(definition: LossDefinition<O>): LossClassOf<O> {
  const { className, name, instanceName = name, options: readers } = definition

  class Defined extends Loss {
    private readonly options: O

    constructor(given: Partial<O> & LossOptions = {}) {
      const options = readOptions(className, readers, given, LOSS_OPTIONS)
      super({ name: given.name ?? instanceName, reduction: given.reduction })
      this.options = options
    }

    override call(yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor {
      return definition.compute(yTrue, yPred, this.options)
    }

    protected override mask(
      yTrue: SymbolicTensor,
      yPred: SymbolicTensor,
    ): SymbolicTensor | undefined {
      return definition.mask?.(yTrue, yPred, this.options)
    }

    override getConfig(): Record<string, unknown> {
      return { ...super.getConfig(), ...this.options }
    }
  }

  definitions.set(Defined, definition)
  return callableClass(className, Defined)
}
