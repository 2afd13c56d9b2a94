import { integerOrIntegers } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { optionFirst, type OptionFirst } from '../option_readers'
import { softmax } from '../ops/nn'
import { axesOf, type AxisOption } from './axes'
import { checkLayerOptions, type LayerOptions } from './layer'
import { layerClass } from './registry'
import { UnaryLayer } from './unary_layer'

/** Options of {@link Softmax}. */
export interface SoftmaxOptions extends LayerOptions {
  /** Axes over which the results add up to 1; default -1, the last. */
  readonly axis?: AxisOption
}

class SoftmaxLayer extends UnaryLayer {
  readonly axis: AxisOption

  constructor(...args: OptionFirst<SoftmaxOptions, 'axis'>) {
    const options = optionFirst<SoftmaxOptions>('Softmax', 'axis', args)
    checkLayerOptions('Softmax', options, ['axis'])
    super(options)
    this.axis = integerOrIntegers(this.label, 'axis', options.axis ?? -1)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const axes = axesOf(this.label, x, this.axis)
    return softmax(x, axes.length === 1 ? axes[0] : axes)
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), axis: this.axis }
  }
}

/**
 * `exp(x) / sum(exp(x))` over `axis`. Keras's mask is not taken.
 * Source: https://keras.io/api/layers/activation_layers/softmax/
 *
 * @class
 * @example
 * const y = Softmax()(x)   // also Softmax({ axis: [1, 2] })
 */
export const Softmax = layerClass('Softmax', SoftmaxLayer)
export type Softmax = SoftmaxLayer
