import { fail, finiteNumber, isList, oneOf } from '../check'
import { resolveDataFormat, type DataFormat } from '../data_format'
import type { SymbolicTensor } from '../graph/tensor'
import { cast } from '../ops/dtypes'
import { equal, greater, greaterEqual, less, where } from '../ops/compare'
import { arange } from '../ops/create'
import { abs, add, clip, floor, maximum, mul, neg, sub } from '../ops/math'
import { matmul } from '../ops/matrix'
import { randomUniform } from '../ops/random'
import { reshape, shape, transpose, type Length } from '../ops/shape'
import { ImageNoiseLayer, type NoiseLayerOptions } from './noise_layer'
import { layerClass } from './registry'

const FILL_MODES = ['reflect', 'wrap', 'constant', 'nearest'] as const
const INTERPOLATIONS = ['bilinear', 'nearest'] as const

/** A share of the length, in both directions, or [lowest, highest]. */
export type TranslationFactor = number | readonly [number, number]

/** Options of {@link RandomTranslation}. */
export interface RandomTranslationOptions extends NoiseLayerOptions {
  /** What stands where no image was; default 'reflect'. */
  readonly fillMode?: (typeof FILL_MODES)[number]
  /** Default 'bilinear'. */
  readonly interpolation?: (typeof INTERPOLATIONS)[number]
  /** For fillMode 'constant'; default 0. */
  readonly fillValue?: number
  /** Default: `setImageDataFormat`'s, at first 'channels_last'. */
  readonly dataFormat?: DataFormat | null
}

function bounds(where: string, name: string, factor: unknown): readonly [number, number] {
  const isShare = (value: unknown): value is number =>
    typeof value === 'number' && value >= -1 && value <= 1
  if (isShare(factor)) return [-Math.abs(factor), Math.abs(factor)]
  if (isList(factor) && factor.length === 2 && factor.every(isShare)) {
    const [a, b] = factor as readonly [number, number]
    return [Math.min(a, b), Math.max(a, b)]
  }
  return fail(where, name, 'a number from -1 to 1 or a pair of them', factor)
}

/** Half goes away from 0, as in C++. */
function rounded(x: SymbolicTensor): SymbolicTensor {
  return where(less(x, 0), neg(floor(add(neg(x), 0.5))), floor(add(x, 0.5)))
}

class RandomTranslationLayer extends ImageNoiseLayer {
  readonly fillMode: (typeof FILL_MODES)[number]
  readonly interpolation: (typeof INTERPOLATIONS)[number]
  readonly fillValue: number
  readonly dataFormat: DataFormat

  constructor(
    readonly heightFactor: TranslationFactor,
    readonly widthFactor: TranslationFactor,
    options: RandomTranslationOptions = {},
  ) {
    const own = ['fillMode', 'interpolation', 'fillValue', 'dataFormat']
    super('RandomTranslation', options, own)
    bounds(this.label, 'heightFactor', heightFactor)
    bounds(this.label, 'widthFactor', widthFactor)
    const { fillMode = 'reflect', interpolation = 'bilinear', fillValue = 0 } = options
    this.heightFactor = heightFactor
    this.widthFactor = widthFactor
    this.fillMode = oneOf(this.label, 'fillMode', fillMode, FILL_MODES)
    this.interpolation = oneOf(this.label, 'interpolation', interpolation, INTERPOLATIONS)
    this.fillValue = finiteNumber(this.label, 'fillValue', fillValue)
    this.dataFormat = resolveDataFormat(this.label, options.dataFormat)
  }

  protected override noisy(x: SymbolicTensor): SymbolicTensor {
    const isFirst = this.dataFormat === 'channels_first'
    const images = isFirst ? transpose(x, [0, 2, 3, 1]) : x
    // Outside of the image all is 0 then, and becomes the fill value again.
    const shifted = this.fillMode === 'constant' ? sub(images, this.fillValue) : images
    const rows = this.moved(shifted, bounds(this.label, 'heightFactor', this.heightFactor))
    const turned = transpose(rows, [0, 2, 1, 3])
    const columns = this.moved(turned, bounds(this.label, 'widthFactor', this.widthFactor))
    const result = transpose(columns, [0, 2, 1, 3])
    const y = this.fillMode === 'constant' ? add(result, this.fillValue) : result
    return isFirst ? transpose(y, [0, 3, 1, 2]) : y
  }

  /** Each image moved along axis 1, by a matrix that says which pixels each new one is made of. */
  private moved(x: SymbolicTensor, [low, high]: readonly [number, number]): SymbolicTensor {
    const [, length, ...others] = x.shape as [null, number, ...number[]]
    const batch = shape(x)[0] as Length
    const share = randomUniform([batch, 1, 1], { minval: low, maxval: high, ...this.ownStream })
    const targets = reshape(arange(0, length, 1, 'float32'), [1, length, 1])
    const places = this.inside(sub(targets, mul(share, length)), length)
    const sources = reshape(arange(0, length, 1, 'float32'), [1, 1, length])
    const matrix =
      this.interpolation === 'nearest'
        ? cast(equal(rounded(places), sources), 'float32')
        : maximum(sub(1, abs(sub(places, sources))), 0)
    const flat = reshape(x, [null, length, others.reduce((size, one) => size * one, 1)])
    return reshape(matmul(cast(matrix, x.dtype), flat), [null, length, ...others])
  }

  /** Places beyond an image's ends brought back into it, as TensorFlow does. */
  private inside(places: SymbolicTensor, length: number): SymbolicTensor {
    if (this.fillMode === 'constant') return places
    let inner = places
    if (this.fillMode === 'reflect') {
      const below = where(less(places, -length), add(places, 2 * length), sub(neg(places), 1))
      const above = where(greaterEqual(places, length), sub(2 * length - 1, places), places)
      inner = where(less(places, 0), below, where(greater(places, length - 1), above, places))
    } else if (this.fillMode === 'wrap' && length > 1) {
      // Whole turns are counted in lengths less one, as TensorFlow does.
      const turns = (x: SymbolicTensor): SymbolicTensor => floor(mul(x, 1 / (length - 1)))
      const below = add(places, mul(add(turns(neg(places)), 1), length))
      const above = sub(places, mul(turns(places), length))
      inner = where(less(places, 0), below, where(greater(places, length - 1), above, places))
    }
    return clip(inner, 0, length - 1)
  }

  override getConfig(): Record<string, unknown> {
    const { heightFactor, widthFactor, fillMode, interpolation, fillValue, dataFormat } = this
    const own = { heightFactor, widthFactor, fillMode, interpolation, fillValue, dataFormat }
    return { ...super.getConfig(), ...own }
  }
}

/**
 * While training, moves each image by a random share of its height (downwards) and of its width (to
 * the right). Gradients flow through, exactly; TensorFlow's are exact for whole pixels only.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_translation/
 *
 * @class
 * @example
 * const y = RandomTranslation(0.125, 0.125, { fillMode: 'constant' })(x)
 */
export const RandomTranslation = layerClass('RandomTranslation', RandomTranslationLayer, [
  'heightFactor',
  'widthFactor',
])
export type RandomTranslation = RandomTranslationLayer
