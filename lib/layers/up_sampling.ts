import { oneOf, pair, positiveInteger } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { optionFirst, type OptionFirst } from '../option_readers'
import { INTERPOLATIONS, resize, upSampleNearest, type Interpolation } from '../ops/resize'
import type { Size2D } from './convolution'
import { ImageLayer, type ImageLayerOptions } from './image_layer'
import type { LayerOptions } from './layer'
import { layerClass } from './registry'

/** Options of {@link UpSampling1D}. */
export interface UpSampling1DOptions extends LayerOptions {
  /** How often each step is repeated; default 2. */
  readonly size?: number
}

export interface UpSampling2DOptions extends ImageLayerOptions {
  /** How often each row and each column is repeated; default 2. */
  readonly size?: Size2D
  /** Default 'nearest', which repeats. */
  readonly interpolation?: Interpolation
}

export class UpSampling1DLayer extends ImageLayer {
  readonly size: number

  constructor(...args: OptionFirst<UpSampling1DOptions, 'size'>) {
    const options = optionFirst<UpSampling1DOptions>('UpSampling1D', 'size', args)
    super('UpSampling1D', 1, options, ['size'], 'channels_last')
    this.size = positiveInteger(this.label, 'size', options.size ?? 2)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return upSampleNearest(x, this.size, this.dataFormat)
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), size: this.size }
  }
}

/**
 * Repeats steps: (batch, steps, channels) to `size` times as many.
 * Source: https://keras.io/api/layers/reshaping_layers/up_sampling1d/
 *
 * @class
 * @example
 * const y = UpSampling1D(3)(x)   // also { size: 3 }
 */
export const UpSampling1D = layerClass('UpSampling1D', UpSampling1DLayer)
export type UpSampling1D = UpSampling1DLayer

export class UpSampling2DLayer extends ImageLayer {
  readonly size: readonly [number, number]
  readonly interpolation: Interpolation

  constructor(...args: OptionFirst<UpSampling2DOptions, 'size'>) {
    const options = optionFirst<UpSampling2DOptions>('UpSampling2D', 'size', args)
    super('UpSampling2D', 2, options, ['size', 'interpolation'])
    const { size = 2, interpolation = 'nearest' } = options
    this.size = pair(this.label, 'size', size)
    this.interpolation = oneOf(this.label, 'interpolation', interpolation, INTERPOLATIONS)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const { size, interpolation, dataFormat } = this
    if (interpolation === 'nearest') return upSampleNearest(x, size, dataFormat)
    const [height, width] = this.spatialAxes.map((axis) => x.shape[axis] as number)
    const target = [(height as number) * size[0], (width as number) * size[1]] as const
    return resize(x, target, { interpolation, dataFormat })
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), size: this.size, interpolation: this.interpolation }
  }
}

/**
 * Repeats rows and columns: (batch, height, width, channels) to `size` times height and width. Other
 * interpolations take elements for squares and not for points, as TensorFlow does.
 * Source: https://keras.io/api/layers/reshaping_layers/up_sampling2d/
 *
 * @class
 * @example
 * const y = UpSampling2D()(x)   // twice as high and wide
 */
export const UpSampling2D = layerClass('UpSampling2D', UpSampling2DLayer)
export type UpSampling2D = UpSampling2DLayer
