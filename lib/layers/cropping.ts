import { shapeText } from '../array'
import { describe } from '../check'
import { ShapeError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import { slice } from '../ops/gather'
import type { OptionFirst } from '../option_readers'
import { BorderLayer, type Sides1D, type Sides2D } from './border_layer'
import type { ImageLayerOptions } from './image_layer'
import type { LayerOptions } from './layer'
import { layerClass } from './registry'

/** Options of {@link Cropping1D}. */
export interface Cropping1DOptions extends LayerOptions {
  /** One number for both ends, or [before, after]; default 1. */
  readonly cropping?: Sides1D
}

export interface Cropping2DOptions extends ImageLayerOptions {
  /**
   * One number for all sides, [vertical, horizontal], or [[top, bottom], [left, right]];
   * default 0.
   */
  readonly cropping?: Sides2D
}

abstract class Cropping extends BorderLayer {
  override call(x: SymbolicTensor): SymbolicTensor {
    const sides = this.allSides
    const lengths = x.shape.map((length, axis) => {
      const [before, after] = sides[axis] as readonly [number, number]
      if (length === null || length > before + after) {
        return length === null ? -1 : length - before - after
      }
      throw new ShapeError(
        this.label,
        `cropping ${describe(sides[axis])} leaves nothing of axis ${axis} of ${shapeText(x.shape)}`,
      )
    })
    const starts = sides.map(([before]) => before)
    return slice(x, starts, lengths)
  }
}

export class Cropping1DLayer extends Cropping {
  constructor(...args: OptionFirst<Cropping1DOptions, 'cropping'>) {
    super('Cropping1D', 1, 'cropping', 1, args, 'channels_last')
  }
}

/**
 * Without the first and the last steps: (batch, steps, channels), steps shrink.
 * Source: https://keras.io/api/layers/reshaping_layers/cropping1d/
 *
 * @class
 * @example
 * const y = Cropping1D([0, 2])(x)   // the last two steps go
 */
export const Cropping1D = layerClass('Cropping1D', Cropping1DLayer)
export type Cropping1D = Cropping1DLayer

export class Cropping2DLayer extends Cropping {
  constructor(...args: OptionFirst<Cropping2DOptions, 'cropping'>) {
    super('Cropping2D', 2, 'cropping', 0, args)
  }
}

/**
 * Images without their borders: (batch, height, width, channels), height and width shrink.
 * Source: https://keras.io/api/layers/reshaping_layers/cropping2d/
 *
 * @class
 * @example
 * const y = Cropping2D([[0, 1], [0, 1]])(x)   // the last row and column go
 */
export const Cropping2D = layerClass('Cropping2D', Cropping2DLayer)
export type Cropping2D = Cropping2DLayer
