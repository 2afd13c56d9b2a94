import { oneOf, perAxis } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { optionFirst, type OptionFirst } from '../option_readers'
import { averagePool, maxPool } from '../ops/pool'
import type { Padding, PerAxis } from '../ops/spatial'
import { ImageLayer, type ImageLayerOptions } from './image_layer'
import { layerClass } from './registry'

/** Options of the pooling layers. */
export interface PoolingOptions<Size extends PerAxis> extends ImageLayerOptions {
  /** Lengths of a window; default 2. */
  readonly poolSize?: Size
  /** Distance of the windows; default: their size. */
  readonly strides?: Size | null
  /** 'same' gives ceil(length / stride) windows; default 'valid'. */
  readonly padding?: Padding
}

/** Options of {@link MaxPooling1D} and {@link AveragePooling1D}. */
export type Pooling1DOptions = PoolingOptions<number | readonly [number]>
/** Options of {@link MaxPooling2D} and {@link AveragePooling2D}. */
export type Pooling2DOptions = PoolingOptions<number | readonly [number, number]>

abstract class Pooling extends ImageLayer {
  readonly poolSize: readonly number[]
  readonly strides: readonly number[]
  readonly padding: Padding

  constructor(
    className: string,
    axes: number,
    private readonly pool: typeof maxPool,
    args: OptionFirst<PoolingOptions<PerAxis>, 'poolSize'>,
  ) {
    const options = optionFirst<PoolingOptions<PerAxis>>(className, 'poolSize', args)
    super(className, axes, options, ['poolSize', 'strides', 'padding'])
    this.poolSize = perAxis(this.label, 'poolSize', options.poolSize ?? 2, axes)
    this.strides = perAxis(this.label, 'strides', options.strides ?? this.poolSize, axes)
    this.padding = oneOf(this.label, 'padding', options.padding ?? 'valid', ['same', 'valid'])
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const { poolSize, strides, padding, dataFormat } = this
    return this.pool(x, poolSize, { strides, padding, dataFormat })
  }

  override getConfig(): Record<string, unknown> {
    const { poolSize, strides, padding } = this
    return { ...super.getConfig(), poolSize, strides, padding }
  }
}

export class MaxPooling1DLayer extends Pooling {
  constructor(...args: OptionFirst<Pooling1DOptions, 'poolSize'>) {
    super('MaxPooling1D', 1, maxPool, args)
  }
}

/**
 * The largest of each `poolSize` steps: (batch, steps, channels) to (batch, steps', channels).
 * Source: https://keras.io/api/layers/pooling_layers/max_pooling1d/
 *
 * @class
 * @example
 * const y = MaxPooling1D(3, { padding: 'same' })(x)
 */
export const MaxPooling1D = layerClass('MaxPooling1D', MaxPooling1DLayer)
export type MaxPooling1D = MaxPooling1DLayer

export class MaxPooling2DLayer extends Pooling {
  constructor(...args: OptionFirst<Pooling2DOptions, 'poolSize'>) {
    super('MaxPooling2D', 2, maxPool, args)
  }
}

/**
 * The largest element of each window: (batch, height, width, channels), height and width shrink.
 * Source: https://keras.io/api/layers/pooling_layers/max_pooling2d/
 *
 * @class
 * @example
 * const y = MaxPooling2D()(x)   // half as high and wide
 */
export const MaxPooling2D = layerClass('MaxPooling2D', MaxPooling2DLayer)
export type MaxPooling2D = MaxPooling2DLayer

export class AveragePooling1DLayer extends Pooling {
  constructor(...args: OptionFirst<Pooling1DOptions, 'poolSize'>) {
    super('AveragePooling1D', 1, averagePool, args)
  }
}

/**
 * The mean of each `poolSize` steps: (batch, steps, channels) to (batch, steps', channels).
 * Source: https://keras.io/api/layers/pooling_layers/average_pooling1d/
 *
 * @class
 * @example
 * const y = AveragePooling1D(4)(x)   // also { poolSize: 4 }
 */
export const AveragePooling1D = layerClass('AveragePooling1D', AveragePooling1DLayer)
export type AveragePooling1D = AveragePooling1DLayer

export class AveragePooling2DLayer extends Pooling {
  constructor(...args: OptionFirst<Pooling2DOptions, 'poolSize'>) {
    super('AveragePooling2D', 2, averagePool, args)
  }
}

/**
 * The mean of each window; what padding 'same' adds around the image does not count.
 * (batch, height, width, channels), height and width shrink.
 * Source: https://keras.io/api/layers/pooling_layers/average_pooling2d/
 *
 * @class
 * @example
 * const y = AveragePooling2D([2, 3], { strides: 2 })(x)
 */
export const AveragePooling2D = layerClass('AveragePooling2D', AveragePooling2DLayer)
export type AveragePooling2D = AveragePooling2DLayer
