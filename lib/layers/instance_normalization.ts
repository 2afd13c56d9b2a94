import { ShapeError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import { add, div, maximum, sqrt, square, sub } from '../ops/math'
import { mean } from '../ops/reduce'
import { AffineLayer, inFloat32, type AffineLayerOptions } from './affine_layer'
import { axesOf, channelAxis, lengthsOf } from './axes'
import { layerClass } from './registry'

/** Options of {@link InstanceNormalization}. */
export interface InstanceNormalizationOptions extends AffineLayerOptions {
  /** Axis of the channels, each normalised by itself; default null: all together. */
  readonly axis?: number | null
}

/** Below any variance that float32 tells from 0; keeps the root's derivative finite there. */
const SMALLEST_VARIANCE = 1e-30

class InstanceNormalizationLayer extends AffineLayer {
  readonly axis: number | null

  constructor(options: InstanceNormalizationOptions = {}) {
    super('InstanceNormalization', options, ['axis'])
    const { axis = null } = options
    this.axis = axis === null ? null : channelAxis(this.label, axis, 'null or ')
  }

  /** The channels, where they are normalised apart. */
  private channelAxes(x: SymbolicTensor): readonly number[] {
    if (this.axis === null) return []
    if (x.rank < 3) {
      throw new ShapeError(this.label, 'with an axis needs an input with other axes beside it')
    }
    return axesOf(this.label, x, this.axis, 1)
  }

  override build(x: SymbolicTensor): void {
    const lengths = lengthsOf(this.label, x, this.channelAxes(x))
    this.addGammaAndBeta(lengths.length === 0 ? [1] : lengths)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const channels = this.channelAxes(x)
    const others = [...x.shape.keys()].filter((axis) => axis !== 0 && !channels.includes(axis))
    return inFloat32(x, (exact) => {
      const centered = sub(exact, mean(exact, others, true))
      const variance = maximum(mean(square(centered), others, true), SMALLEST_VARIANCE)
      const y = div(centered, add(sqrt(variance), this.epsilon))
      return this.affine(y, channels.length === 0 ? [x.rank - 1] : channels)
    })
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), axis: this.axis }
  }
}

/**
 * Normalises each item by itself: `(x - mean) / (deviation + epsilon) * gamma + beta`. With axis
 * null, keras_contrib's default, mean and deviation are those of all channels together, and gamma
 * and beta are one number each, of shape (1); with `axis: -1` each channel has its own (channels).
 * Where all values are equal the gradient is 0, while in keras_contrib it is NaN.
 * Source: Ulyanov et al. (2016); keras_contrib/layers/normalization/instancenormalization.py
 *
 * @class
 * @example
 * const y = InstanceNormalization()(x)
 */
export const InstanceNormalization = layerClass('InstanceNormalization', InstanceNormalizationLayer)
export type InstanceNormalization = InstanceNormalizationLayer
