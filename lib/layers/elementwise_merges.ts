/** Layers that merge tensors element by element, and the same as functions. */
import type { SymbolicTensor } from '../graph/tensor'
import * as math from '../ops/math'
import type { CallableClass } from './callable'
import { checkLayerOptions, type LayerOptions } from './layer'
import { Merge, type TensorList } from './merge'
import { layerClass } from './registry'

type Binary = (a: SymbolicTensor, b: SymbolicTensor) => SymbolicTensor
type MergeClass = CallableClass<new (options?: LayerOptions) => Merge>
type MergeFunction = (inputs: TensorList, options?: LayerOptions) => SymbolicTensor

/** The layer class that folds its inputs with a binary op, and what it does with the result. */
function foldingClass(
  name: string,
  binary: Binary,
  finish: (folded: SymbolicTensor, count: number) => SymbolicTensor = (folded) => folded,
): MergeClass {
  class FoldingLayer extends Merge {
    constructor(options: LayerOptions = {}) {
      checkLayerOptions(name, options, [])
      super(options)
    }

    protected override _mergeFunction(inputs: TensorList): SymbolicTensor {
      return finish(
        inputs.reduce((a, b) => binary(a, b)),
        inputs.length,
      )
    }
  }
  return layerClass(name, FoldingLayer)
}

/** The function that makes a layer and calls it. */
function functionOf(construct: MergeClass): MergeFunction {
  return (inputs, options = {}) => new construct(options)(inputs)
}

/**
 * The sum of all tensors, broadcast. Inputs with fewer axes get axes of length 1 behind the batch,
 * as in all merging layers but Concatenate and Dot.
 * Source: https://keras.io/api/layers/merging_layers/add/
 *
 * @class
 * @example
 * const y = Add()([x, shortcut])
 */
export const Add = foldingClass('Add', math.add)

/**
 * The product of all tensors, broadcast.
 * Source: https://keras.io/api/layers/merging_layers/multiply/
 *
 * @class
 * @example
 * const y = Multiply()([noise, labelEmbedding])
 */
export const Multiply = foldingClass('Multiply', math.mul)

/**
 * The mean of all tensors, broadcast.
 * Source: https://keras.io/api/layers/merging_layers/average/
 *
 * @class
 * @example
 * const y = Average()([a, b, c])
 */
export const Average = foldingClass('Average', math.add, (total, count) => math.div(total, count))

/**
 * The largest of all tensors at each place, broadcast.
 * Source: https://keras.io/api/layers/merging_layers/maximum/
 *
 * @class
 * @example
 * const y = Maximum()([a, b])
 */
export const Maximum = foldingClass('Maximum', math.maximum)

/**
 * The smallest of all tensors at each place, broadcast.
 * Source: https://keras.io/api/layers/merging_layers/minimum/
 *
 * @class
 * @example
 * const y = Minimum()([a, b])
 */
export const Minimum = foldingClass('Minimum', math.minimum)

export class SubtractLayer extends Merge {
  constructor(options: LayerOptions = {}) {
    checkLayerOptions('Subtract', options, [])
    super(options)
  }

  protected override _mergeFunction(inputs: TensorList): SymbolicTensor {
    return math.sub(...this.twoOf(inputs))
  }
}

/**
 * The first of two tensors less the second, broadcast.
 * Source: https://keras.io/api/layers/merging_layers/subtract/
 *
 * @class
 * @example
 * const y = Subtract()([a, b])
 */
export const Subtract = layerClass('Subtract', SubtractLayer)

export type Add = Merge
export type Multiply = Merge
export type Average = Merge
export type Maximum = Merge
export type Minimum = Merge
export type Subtract = Merge

/** `Add` as a function: `add([x, shortcut])`. @function */
export const add = functionOf(Add)
/** `Multiply` as a function: `multiply([a, b])`. @function */
export const multiply = functionOf(Multiply)
/** `Average` as a function: `average([a, b])`. @function */
export const average = functionOf(Average)
/** `Maximum` as a function: `maximum([a, b])`. @function */
export const maximum = functionOf(Maximum)
/** `Minimum` as a function: `minimum([a, b])`. @function */
export const minimum = functionOf(Minimum)
/** `Subtract` as a function: `subtract([a, b])`. @function */
export const subtract = functionOf(Subtract)
