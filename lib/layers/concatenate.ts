import { integer } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { optionFirst, type OptionFirst } from '../option_readers'
import * as join from '../ops/join'
import { checkLayerOptions, type LayerOptions } from './layer'
import { Merge, type TensorList } from './merge'
import { layerClass } from './registry'

/** Options of {@link Concatenate}. */
export interface ConcatenateOptions extends LayerOptions {
  /** Default -1, the last. */
  readonly axis?: number
}

export class ConcatenateLayer extends Merge {
  readonly axis: number

  constructor(...args: OptionFirst<ConcatenateOptions, 'axis'>) {
    const options = optionFirst<ConcatenateOptions>('Concatenate', 'axis', args)
    checkLayerOptions('Concatenate', options, ['axis'])
    super(options)
    const { axis: given = -1 } = options
    this.axis = integer(this.label, 'axis', given)
  }

  protected override get alignsRanks(): boolean {
    return false
  }

  protected override _mergeFunction(inputs: TensorList): SymbolicTensor {
    return join.concatenate(inputs, this.axis)
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), axis: this.axis }
  }
}

/**
 * All tensors one behind the other along `axis`; their other axes have equal lengths.
 * Source: https://keras.io/api/layers/merging_layers/concatenate/
 *
 * @class
 * @example
 * const y = Concatenate()([up, skip])   // (batch, 8, 8, 3) and (batch, 8, 8, 5) to (batch, 8, 8, 8)
 */
export const Concatenate = layerClass('Concatenate', ConcatenateLayer)
export type Concatenate = ConcatenateLayer

/** `Concatenate` as a function: `concatenate([up, skip])`, `concatenate([a, b], 1)`. */
export function concatenate(
  inputs: TensorList,
  ...args: OptionFirst<ConcatenateOptions, 'axis'>
): SymbolicTensor {
  return new Concatenate(...args)(inputs)
}
