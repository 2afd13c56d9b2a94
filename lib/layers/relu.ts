import { relu } from '../activations'
import { nonNegativeNumber } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { optionFirst, type OptionFirst } from '../option_readers'
import { checkLayerOptions, type LayerOptions } from './layer'
import { layerClass } from './registry'
import { UnaryLayer } from './unary_layer'

/** Options of {@link ReLU}. */
export interface ReLUOptions extends LayerOptions {
  /** The largest result; default null: no limit. */
  readonly maxValue?: number | null
  /** Slope below the threshold; default 0. */
  readonly negativeSlope?: number
  /** Below it, results are `negativeSlope * (x - threshold)`; default 0. */
  readonly threshold?: number
}

class ReLULayer extends UnaryLayer {
  readonly maxValue: number | null
  readonly negativeSlope: number
  readonly threshold: number

  constructor(...[first, ...others]: OptionFirst<ReLUOptions, 'maxValue'>) {
    // null is a value here: no limit.
    const options = optionFirst<ReLUOptions>('ReLU', 'maxValue', [first ?? undefined, ...others])
    checkLayerOptions('ReLU', options, ['maxValue', 'negativeSlope', 'threshold'])
    super(options)
    const { maxValue = null, negativeSlope = 0, threshold = 0 } = options
    this.maxValue = maxValue === null ? null : nonNegativeNumber(this.label, 'maxValue', maxValue)
    this.negativeSlope = nonNegativeNumber(this.label, 'negativeSlope', negativeSlope)
    this.threshold = nonNegativeNumber(this.label, 'threshold', threshold)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return relu(x, this.negativeSlope, this.maxValue, this.threshold)
  }

  override getConfig(): Record<string, unknown> {
    const { maxValue, negativeSlope, threshold } = this
    return { ...super.getConfig(), maxValue, negativeSlope, threshold }
  }
}

/**
 * x above `threshold`, `negativeSlope * (x - threshold)` below, at most `maxValue`.
 * Source: https://keras.io/api/layers/activation_layers/relu/
 *
 * @class
 * @example
 * const y = ReLU({ maxValue: 6 })(x)   // also ReLU(6)
 */
export const ReLU = layerClass('ReLU', ReLULayer)
export type ReLU = ReLULayer
