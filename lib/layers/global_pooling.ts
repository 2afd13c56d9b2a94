import { boolean } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { max, mean } from '../ops/reduce'
import { ImageLayer, type ImageLayerOptions } from './image_layer'
import { layerClass } from './registry'

export interface GlobalPoolingOptions extends ImageLayerOptions {
  /** Whether the spatial axes stay, with length 1; default false. */
  readonly keepdims?: boolean
}

abstract class GlobalPooling extends ImageLayer {
  readonly keepdims: boolean

  constructor(
    className: string,
    axes: number,
    private readonly reduce: typeof mean,
    options: GlobalPoolingOptions,
  ) {
    super(className, axes, options, ['keepdims'])
    this.keepdims = boolean(this.label, 'keepdims', options.keepdims ?? false)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return this.reduce(x, this.spatialAxes, this.keepdims)
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), keepdims: this.keepdims }
  }
}

export class GlobalMaxPooling1DLayer extends GlobalPooling {
  constructor(options: GlobalPoolingOptions = {}) {
    super('GlobalMaxPooling1D', 1, max, options)
  }
}

/**
 * The largest element of each channel: (batch, steps, channels) to (batch, channels).
 * Source: https://keras.io/api/layers/pooling_layers/global_max_pooling1d/
 *
 * @class
 * @example
 * const y = GlobalMaxPooling1D()(x)
 */
export const GlobalMaxPooling1D = layerClass('GlobalMaxPooling1D', GlobalMaxPooling1DLayer)
export type GlobalMaxPooling1D = GlobalMaxPooling1DLayer

export class GlobalMaxPooling2DLayer extends GlobalPooling {
  constructor(options: GlobalPoolingOptions = {}) {
    super('GlobalMaxPooling2D', 2, max, options)
  }
}

/**
 * The largest element of each channel: (batch, height, width, channels) to (batch, channels).
 * Source: https://keras.io/api/layers/pooling_layers/global_max_pooling2d/
 *
 * @class
 * @example
 * const y = GlobalMaxPooling2D({ keepdims: true })(x)   // (batch, 1, 1, channels)
 */
export const GlobalMaxPooling2D = layerClass('GlobalMaxPooling2D', GlobalMaxPooling2DLayer)
export type GlobalMaxPooling2D = GlobalMaxPooling2DLayer

export class GlobalAveragePooling1DLayer extends GlobalPooling {
  constructor(options: GlobalPoolingOptions = {}) {
    super('GlobalAveragePooling1D', 1, mean, options)
  }
}

/**
 * The mean of each channel: (batch, steps, channels) to (batch, channels).
 * Source: https://keras.io/api/layers/pooling_layers/global_average_pooling1d/
 *
 * @class
 * @example
 * const y = GlobalAveragePooling1D()(x)
 */
export const GlobalAveragePooling1D = layerClass(
  'GlobalAveragePooling1D',
  GlobalAveragePooling1DLayer,
)
export type GlobalAveragePooling1D = GlobalAveragePooling1DLayer

export class GlobalAveragePooling2DLayer extends GlobalPooling {
  constructor(options: GlobalPoolingOptions = {}) {
    super('GlobalAveragePooling2D', 2, mean, options)
  }
}

/**
 * The mean of each channel: (batch, height, width, channels) to (batch, channels).
 * Source: https://keras.io/api/layers/pooling_layers/global_average_pooling2d/
 *
 * @class
 * @example
 * const y = GlobalAveragePooling2D()(x)
 */
export const GlobalAveragePooling2D = layerClass(
  'GlobalAveragePooling2D',
  GlobalAveragePooling2DLayer,
)
export type GlobalAveragePooling2D = GlobalAveragePooling2DLayer
