import type { SymbolicTensor } from '../graph/tensor'
import { pad } from '../ops/arrange'
import type { OptionFirst } from '../option_readers'
import { BorderLayer, type Sides1D, type Sides2D } from './border_layer'
import type { ImageLayerOptions } from './image_layer'
import { layerClass } from './registry'

export interface ZeroPadding1DOptions extends ImageLayerOptions {
  /** One number for both ends, or [before, after]; default 1. */
  readonly padding?: Sides1D
}

export interface ZeroPadding2DOptions extends ImageLayerOptions {
  /**
   * One number for all sides, [vertical, horizontal], or [[top, bottom], [left, right]];
   * default 1.
   */
  readonly padding?: Sides2D
}

abstract class ZeroPadding extends BorderLayer {
  override call(x: SymbolicTensor): SymbolicTensor {
    return pad(x, this.allSides)
  }
}

export class ZeroPadding1DLayer extends ZeroPadding {
  constructor(...args: OptionFirst<ZeroPadding1DOptions, 'padding'>) {
    super('ZeroPadding1D', 1, 'padding', 1, args)
  }
}

/**
 * Zeros before and after: (batch, steps, channels), steps grow.
 * Source: https://keras.io/api/layers/reshaping_layers/zero_padding1d/
 *
 * @class
 * @example
 * const y = ZeroPadding1D([2, 0])(x)   // two steps before
 */
export const ZeroPadding1D = layerClass('ZeroPadding1D', ZeroPadding1DLayer)
export type ZeroPadding1D = ZeroPadding1DLayer

export class ZeroPadding2DLayer extends ZeroPadding {
  constructor(...args: OptionFirst<ZeroPadding2DOptions, 'padding'>) {
    super('ZeroPadding2D', 2, 'padding', 1, args)
  }
}

/**
 * Zeros around images: (batch, height, width, channels), height and width grow.
 * Source: https://keras.io/api/layers/reshaping_layers/zero_padding2d/
 *
 * @class
 * @example
 * const y = ZeroPadding2D([[0, 1], [0, 1]])(x)   // one row below, one column right
 */
export const ZeroPadding2D = layerClass('ZeroPadding2D', ZeroPadding2DLayer)
export type ZeroPadding2D = ZeroPadding2DLayer
