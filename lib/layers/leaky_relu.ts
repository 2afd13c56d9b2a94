import { nonNegativeNumber } from '../check'
import { ArgumentError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import { optionFirst, type OptionFirst } from '../option_readers'
import { leakyRelu } from '../ops/nn'
import { checkLayerOptions, type LayerOptions } from './layer'
import { layerClass } from './registry'
import { UnaryLayer } from './unary_layer'

/** Options of {@link LeakyReLU}. */
export interface LeakyReLUOptions extends LayerOptions {
  /** Slope where the input is negative; default 0.3. */
  readonly negativeSlope?: number
  /** Keras 2's name of `negativeSlope`. */
  readonly alpha?: number
}

class LeakyReLULayer extends UnaryLayer {
  readonly negativeSlope: number

  constructor(...args: OptionFirst<LeakyReLUOptions, 'negativeSlope'>) {
    const options = optionFirst<LeakyReLUOptions>('LeakyReLU', 'negativeSlope', args)
    checkLayerOptions('LeakyReLU', options, ['negativeSlope', 'alpha'])
    super(options)
    if (options.negativeSlope !== undefined && options.alpha !== undefined) {
      throw new ArgumentError(this.label, 'takes negativeSlope or alpha, received both')
    }
    const value = options.negativeSlope ?? options.alpha ?? 0.3
    this.negativeSlope = nonNegativeNumber(this.label, 'negativeSlope', value)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return leakyRelu(x, this.negativeSlope)
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), negativeSlope: this.negativeSlope }
  }
}

/**
 * x where it is positive, `negativeSlope * x` elsewhere.
 * Source: https://keras.io/api/layers/activation_layers/leaky_relu/
 *
 * @class
 * @example
 * const y = LeakyReLU({ alpha: 0.2 })(x)   // also LeakyReLU(0.2)
 */
export const LeakyReLU = layerClass('LeakyReLU', LeakyReLULayer)
export type LeakyReLU = LeakyReLULayer
