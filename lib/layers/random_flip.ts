import { oneOf } from '../check'
import { firstSpatialAxis, resolveDataFormat, type DataFormat } from '../data_format'
import type { SymbolicTensor } from '../graph/tensor'
import { optionFirst, type OptionFirst } from '../option_readers'
import { flip } from '../ops/arrange'
import { lessEqual, where } from '../ops/compare'
import { randomUniform } from '../ops/random'
import { shape, type Length } from '../ops/shape'
import { ImageNoiseLayer, type NoiseLayerOptions } from './noise_layer'
import { layerClass } from './registry'

const MODES = ['horizontal_and_vertical', 'horizontal', 'vertical'] as const

/** Options of {@link RandomFlip}. */
export interface RandomFlipOptions extends NoiseLayerOptions {
  /** Default 'horizontal_and_vertical'. */
  readonly mode?: (typeof MODES)[number]
  /** Default: `setImageDataFormat`'s, at first 'channels_last'. */
  readonly dataFormat?: DataFormat | null
}

class RandomFlipLayer extends ImageNoiseLayer {
  readonly mode: (typeof MODES)[number]
  readonly dataFormat: DataFormat

  constructor(...args: OptionFirst<RandomFlipOptions, 'mode'>) {
    const options = optionFirst<RandomFlipOptions>('RandomFlip', 'mode', args)
    super('RandomFlip', options, ['mode', 'dataFormat'])
    this.mode = oneOf(this.label, 'mode', options.mode ?? 'horizontal_and_vertical', MODES)
    this.dataFormat = resolveDataFormat(this.label, options.dataFormat)
  }

  protected override noisy(x: SymbolicTensor): SymbolicTensor {
    const batch = shape(x)[0] as Length
    // One draw for both directions, as in Keras.
    const isFlipped = lessEqual(randomUniform([batch, 1, 1, 1], this.ownStream), 0.5)
    const rows = firstSpatialAxis(this.dataFormat)
    const axes = [
      ...(this.mode === 'horizontal' ? [] : [rows]),
      ...(this.mode === 'vertical' ? [] : [rows + 1]),
    ]
    return where(isFlipped, flip(x, axes), x)
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), mode: this.mode, dataFormat: this.dataFormat }
  }
}

/**
 * While training, turns each image with probability 1/2: left to right, top to bottom, or (by
 * default) both at once, as Keras does. Gradients flow through.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_flip/
 *
 * @class
 * @example
 * const y = RandomFlip('horizontal')(x)   // also { mode: 'horizontal' }
 */
export const RandomFlip = layerClass('RandomFlip', RandomFlipLayer)
export type RandomFlip = RandomFlipLayer
