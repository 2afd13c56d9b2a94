import { integerOrIntegers, positiveNumber } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import { Ones } from '../initializers'
import { add, mul, rsqrt, square } from '../ops/math'
import { mean } from '../ops/reduce'
import { inFloat32 } from './affine_layer'
import { alongAxes, axesOf, weightShape, type AxisOption } from './axes'
import { checkLayerOptions, type LayerOptions } from './layer'
import { layerClass } from './registry'
import { UnaryLayer } from './unary_layer'

/** Options of {@link RMSNormalization}. */
export interface RMSNormalizationOptions extends LayerOptions {
  /** Axes to normalise over together; default -1, the last. */
  readonly axis?: AxisOption
  /** Added to the mean square; default 1e-6. */
  readonly epsilon?: number
}

class RMSNormalizationLayer extends UnaryLayer {
  readonly axis: AxisOption
  readonly epsilon: number
  private scale!: Weight

  constructor(options: RMSNormalizationOptions = {}) {
    checkLayerOptions('RMSNormalization', options, ['axis', 'epsilon'])
    super(options)
    const { axis = -1, epsilon = 1e-6 } = options
    this.axis = integerOrIntegers(this.label, 'axis', axis)
    this.epsilon = positiveNumber(this.label, 'epsilon', epsilon)
  }

  override build(x: SymbolicTensor): void {
    const shape = weightShape(this.label, x, this.axis)
    this.scale = this.addWeight('scale', shape, new Ones())
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const axes = axesOf(this.label, x, this.axis)
    return inFloat32(x, (exact) => {
      const inverse = rsqrt(add(mean(square(exact), axes, true), this.epsilon))
      return mul(mul(exact, inverse), alongAxes(this.scale.leaf, exact, axes))
    })
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), axis: this.axis, epsilon: this.epsilon }
  }
}

/**
 * `x / sqrt(mean(x^2) + epsilon) * scale` over `axis`. Weight: scale, of the lengths of these axes.
 * Source: Zhang and Sennrich (2019), https://keras.io/api/layers/normalization_layers/rms_normalization/
 *
 * @class
 * @example
 * const y = RMSNormalization()(x)
 */
export const RMSNormalization = layerClass('RMSNormalization', RMSNormalizationLayer)
export type RMSNormalization = RMSNormalizationLayer
