import { boolean, integerOrIntegers, optionsObject } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { add, mul, rsqrt } from '../ops/math'
import { variance } from '../ops/reduce'
import { AffineLayer, inFloat32, type AffineLayerOptions } from './affine_layer'
import { axesOf, weightShape, type AxisOption } from './axes'
import { layerClass } from './registry'

/** Options of {@link LayerNormalization}. */
export interface LayerNormalizationOptions extends AffineLayerOptions {
  /** Axes to normalise over together; default -1, the last. */
  readonly axis?: AxisOption
  /**
   * Keras's deprecated setting: x / sqrt(variance + epsilon) * gamma, without mean and beta and
   * whatever `scale` says. Default false.
   */
  readonly rmsScaling?: boolean
}

class LayerNormalizationLayer extends AffineLayer {
  readonly axis: AxisOption
  readonly rmsScaling: boolean
  /** As given: with rmsScaling there are always gamma and no beta. */
  private readonly wanted: { readonly center: boolean; readonly scale: boolean }

  constructor(options: LayerNormalizationOptions = {}) {
    const { axis = -1, rmsScaling = false, ...rest } = optionsObject('LayerNormalization', options)
    const own = ['axis', 'rmsScaling']
    super('LayerNormalization', rmsScaling ? { ...rest, center: false, scale: true } : rest, own)
    this.axis = integerOrIntegers(this.label, 'axis', axis)
    this.rmsScaling = boolean(this.label, 'rmsScaling', rmsScaling)
    this.wanted = {
      center: boolean(this.label, 'center', options.center ?? true),
      scale: boolean(this.label, 'scale', options.scale ?? true),
    }
  }

  override build(x: SymbolicTensor): void {
    this.addGammaAndBeta(weightShape(this.label, x, this.axis))
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const axes = axesOf(this.label, x, this.axis)
    return inFloat32(x, (exact) => {
      const y = this.rmsScaling
        ? mul(exact, rsqrt(add(variance(exact, axes, true), this.epsilon)))
        : this.standardized(exact, axes)
      return this.affine(y, axes)
    })
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), ...this.wanted, axis: this.axis, rmsScaling: this.rmsScaling }
  }
}

/**
 * Normalises each item by itself over the axes `axis` to mean beta and deviation gamma.
 * Weights: gamma and beta, each of the lengths of these axes.
 * Source: Ba et al. (2016), https://keras.io/api/layers/normalization_layers/layer_normalization/
 *
 * @class
 * @example
 * const y = LayerNormalization({ axis: [1, 2, 3] })(x)
 */
export const LayerNormalization = layerClass('LayerNormalization', LayerNormalizationLayer)
export type LayerNormalization = LayerNormalizationLayer
