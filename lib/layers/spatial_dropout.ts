import { optionsObject, shareOf } from '../check'
import { inFormat, resolveDataFormat, type DataFormat } from '../data_format'
import type { SymbolicTensor } from '../graph/tensor'
import { dropout } from '../ops/random'
import { requireImages } from './image_layer'
import { NoiseLayer, type NoiseLayerOptions } from './noise_layer'
import { layerClass } from './registry'

abstract class SpatialDropout extends NoiseLayer {
  readonly rate: number

  constructor(
    className: string,
    /** 1 for sequences, 2 for pictures. */
    private readonly axes: number,
    rate: number,
    options: NoiseLayerOptions,
    readonly dataFormat: DataFormat,
    own: readonly string[],
  ) {
    super(className, options, own)
    this.rate = shareOf(this.label, 'rate', rate)
  }

  override build(x: SymbolicTensor): void {
    requireImages(this.label, x, this.axes, this.dataFormat)
  }

  protected override noisy(x: SymbolicTensor): SymbolicTensor {
    const together = new Array<number | null>(this.axes).fill(1)
    const noiseShape = inFormat(this.dataFormat, null, together, null)
    return dropout(x, this.rate, { noiseShape, ...this.ownStream })
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), rate: this.rate }
  }
}

class SpatialDropout1DLayer extends SpatialDropout {
  constructor(rate: number, options: NoiseLayerOptions = {}) {
    super('SpatialDropout1D', 1, rate, options, 'channels_last', [])
  }
}

/**
 * While training, sets whole channels of each sequence to 0 with probability `rate` and scales the
 * others by 1 / (1 - rate): (batch, steps, channels).
 * Source: Tompson et al. (2014), https://keras.io/api/layers/regularization_layers/spatial_dropout1d/
 *
 * @class
 * @example
 * const y = SpatialDropout1D(0.25)(x)
 */
export const SpatialDropout1D = layerClass('SpatialDropout1D', SpatialDropout1DLayer, ['rate'])
export type SpatialDropout1D = SpatialDropout1DLayer

/** Options of {@link SpatialDropout2D}. */
export interface SpatialDropout2DOptions extends NoiseLayerOptions {
  /** Default: `setImageDataFormat`'s, at first 'channels_last'. */
  readonly dataFormat?: DataFormat | null
}

class SpatialDropout2DLayer extends SpatialDropout {
  constructor(rate: number, options: SpatialDropout2DOptions = {}) {
    const name = 'SpatialDropout2D'
    super(
      name,
      2,
      rate,
      options,
      resolveDataFormat(name, optionsObject(name, options).dataFormat),
      ['dataFormat'],
    )
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), dataFormat: this.dataFormat }
  }
}

/**
 * While training, sets whole channels of each picture to 0 with probability `rate` and scales the
 * others by 1 / (1 - rate): (batch, height, width, channels).
 * Source: Tompson et al. (2014), https://keras.io/api/layers/regularization_layers/spatial_dropout2d/
 *
 * @class
 * @example
 * const y = SpatialDropout2D(0.25)(x)
 */
export const SpatialDropout2D = layerClass('SpatialDropout2D', SpatialDropout2DLayer, ['rate'])
export type SpatialDropout2D = SpatialDropout2DLayer
