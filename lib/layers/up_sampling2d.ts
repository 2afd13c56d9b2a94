import { oneOf, pair } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { upSampleNearest } from '../ops/nn'
import { checkLayerOptions, Layer, type LayerOptions } from './layer'
import { layerClass } from './registry'

export interface UpSampling2DOptions extends LayerOptions {
  /** How often each row and each column is repeated; default 2. */
  readonly size?: number | readonly [number, number]
  /** Only 'nearest', the default. */
  readonly interpolation?: 'nearest'
}

class UpSampling2DLayer extends Layer {
  readonly size: readonly [number, number]

  constructor(options: UpSampling2DOptions = {}) {
    checkLayerOptions('UpSampling2D', options, ['size', 'interpolation'])
    super(options)
    this.size = pair(this.label, 'size', options.size ?? 2)
    oneOf(this.label, 'interpolation', options.interpolation ?? 'nearest', ['nearest'])
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return upSampleNearest(x, this.size)
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), size: this.size, interpolation: 'nearest' }
  }
}

/**
 * Repeats rows and columns: (batch, height, width, channels) to `size` times height and width.
 * Source: https://keras.io/api/layers/reshaping_layers/up_sampling2d/
 *
 * @example
 * const y = UpSampling2D()(x)   // twice as high and wide
 */
export const UpSampling2D = layerClass('UpSampling2D', UpSampling2DLayer)
export type UpSampling2D = UpSampling2DLayer
