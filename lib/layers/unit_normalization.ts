import { integerOrIntegers } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { maximum, mul, rsqrt, square } from '../ops/math'
import { sum } from '../ops/reduce'
import { axesOf, type AxisOption } from './axes'
import { checkLayerOptions, type LayerOptions } from './layer'
import { layerClass } from './registry'
import { UnaryLayer } from './unary_layer'

/** Options of {@link UnitNormalization}. */
export interface UnitNormalizationOptions extends LayerOptions {
  /** Axes whose elements together get the length 1; default -1, the last. */
  readonly axis?: AxisOption
}

/** Keras multiplies by at most 1e12, the inverse of this one's root. */
const SMALLEST_SQUARE = 1e-24

class UnitNormalizationLayer extends UnaryLayer {
  readonly axis: AxisOption

  constructor(options: UnitNormalizationOptions = {}) {
    checkLayerOptions('UnitNormalization', options, ['axis'])
    super(options)
    this.axis = integerOrIntegers(this.label, 'axis', options.axis ?? -1)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const squares = sum(square(x), axesOf(this.label, x, this.axis), true)
    return mul(x, rsqrt(maximum(squares, SMALLEST_SQUARE)))
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), axis: this.axis }
  }
}

/**
 * x divided by its Euclidean length over `axis`. The gradient of a vector of zeros is finite, while
 * in Keras it is NaN.
 * Source: https://keras.io/api/layers/normalization_layers/unit_normalization/
 *
 * @class
 * @example
 * const y = UnitNormalization()(x)
 */
export const UnitNormalization = layerClass('UnitNormalization', UnitNormalizationLayer)
export type UnitNormalization = UnitNormalizationLayer
