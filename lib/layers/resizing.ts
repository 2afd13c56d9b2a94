import { positiveInteger } from '../check'
import type { DType } from '../../binding'
import type { SymbolicTensor } from '../graph/tensor'
import { cast } from '../ops/dtypes'
import { isFloat } from '../ops/emit'
import { clip, round } from '../ops/math'
import { checkResizeOptions, cropMiddle, cropToRatio, resize } from '../ops/resize'
import { RESIZE_OPTIONS, type ResizeOptions } from '../ops/resize'
import { ImageLayer, type ImageLayerOptions } from './image_layer'
import { layerClass } from './registry'

export interface ResizingOptions extends ImageLayerOptions, Omit<ResizeOptions, 'dataFormat'> {}

/** Applies `change` to integers too: rounded and kept in the range of their type. */
function withIntegers(
  x: SymbolicTensor,
  change: (x: SymbolicTensor) => SymbolicTensor,
): SymbolicTensor {
  if (isFloat(x.dtype)) return change(x)
  const rounded = round(change(cast(x, 'float32')))
  const isByte = x.dtype === ('uint8' satisfies DType)
  return cast(isByte ? clip(rounded, 0, 255) : rounded, x.dtype)
}

abstract class SizedLayer extends ImageLayer {
  readonly height: number
  readonly width: number

  constructor(
    className: string,
    height: number,
    width: number,
    options: ImageLayerOptions,
    own: readonly string[],
  ) {
    super(className, 2, options, own)
    this.height = positiveInteger(this.label, 'height', height)
    this.width = positiveInteger(this.label, 'width', width)
  }

  override getConfig(): Record<string, unknown> {
    const { height, width } = this
    return { ...super.getConfig(), height, width }
  }
}

export class ResizingLayer extends SizedLayer {
  private readonly resizeOptions: Required<Omit<ResizeOptions, 'dataFormat'>>

  constructor(height: number, width: number, options: ResizingOptions = {}) {
    const own = RESIZE_OPTIONS.filter((name) => name !== 'dataFormat')
    super('Resizing', height, width, options, own)
    this.resizeOptions = checkResizeOptions(this.label, options)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const { height, width, dataFormat } = this
    const options = { ...this.resizeOptions, dataFormat }
    return withIntegers(x, (images) => resize(images, [height, width], options))
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), ...this.resizeOptions }
  }
}

/**
 * Images of another height and width: (batch, height, width, channels). Integers are rounded.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/resizing/
 *
 * @class
 * @example
 * const y = Resizing(64, 64, { interpolation: 'bicubic', cropToAspectRatio: true })(x)
 */
export const Resizing = layerClass('Resizing', ResizingLayer, ['height', 'width'])
export type Resizing = ResizingLayer

export class CenterCropLayer extends SizedLayer {
  constructor(height: number, width: number, options: ImageLayerOptions = {}) {
    super('CenterCrop', height, width, options, [])
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const { dataFormat } = this
    const size = [this.height, this.width] as const
    return withIntegers(x, (images) => {
      const isLarge = this.spatialAxes.every((axis, i) => {
        const length = images.shape[axis]
        return typeof length === 'number' && length >= (size[i] as number)
      })
      if (isLarge) return cropMiddle(images, size, dataFormat)
      return resize(cropToRatio(images, size, dataFormat), size, { dataFormat })
    })
  }
}

/**
 * The middle of images: (batch, height, width, channels). Images that are too small are cut to the
 * ratio of the target and resized.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/center_crop/
 *
 * @class
 * @example
 * const y = CenterCrop(48, 48)(x)
 */
export const CenterCrop = layerClass('CenterCrop', CenterCropLayer, ['height', 'width'])
export type CenterCrop = CenterCropLayer
