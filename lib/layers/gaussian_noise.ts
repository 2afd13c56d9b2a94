import { numberInRange, shareOf } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { add, mul } from '../ops/math'
import { randomNormal } from '../ops/random'
import { shape } from '../ops/shape'
import { NoiseLayer, type NoiseLayerOptions } from './noise_layer'
import { layerClass } from './registry'

class GaussianNoiseLayer extends NoiseLayer {
  readonly stddev: number

  constructor(stddev: number, options: NoiseLayerOptions = {}) {
    super('GaussianNoise', options, [])
    this.stddev = shareOf(this.label, 'stddev', stddev)
  }

  protected override noisy(x: SymbolicTensor): SymbolicTensor {
    if (this.stddev === 0) return x
    const options = { stddev: this.stddev, dtype: x.dtype, ...this.ownStream }
    return add(x, randomNormal(shape(x), options))
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), stddev: this.stddev }
  }
}

/**
 * While training, adds normal noise of mean 0 and deviation `stddev` (0 to 1, as in Keras).
 * Source: https://keras.io/api/layers/regularization_layers/gaussian_noise/
 *
 * @class
 * @example
 * const y = GaussianNoise(0.1)(x)
 */
export const GaussianNoise = layerClass('GaussianNoise', GaussianNoiseLayer, ['stddev'])
export type GaussianNoise = GaussianNoiseLayer

class GaussianDropoutLayer extends NoiseLayer {
  readonly rate: number

  constructor(rate: number, options: NoiseLayerOptions = {}) {
    super('GaussianDropout', options, [])
    this.rate = numberInRange(this.label, 'rate', rate, 0, 1)
  }

  protected override noisy(x: SymbolicTensor): SymbolicTensor {
    if (this.rate === 0) return x
    const stddev = Math.sqrt(this.rate / (1 - this.rate))
    const options = { mean: 1, stddev, dtype: x.dtype, ...this.ownStream }
    return mul(x, randomNormal(shape(x), options))
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), rate: this.rate }
  }
}

/**
 * While training, multiplies by normal noise of mean 1 and deviation sqrt(rate / (1 - rate)).
 * Source: Srivastava et al. (2014), https://keras.io/api/layers/regularization_layers/gaussian_dropout/
 *
 * @class
 * @example
 * const y = GaussianDropout(0.25)(x)
 */
export const GaussianDropout = layerClass('GaussianDropout', GaussianDropoutLayer, ['rate'])
export type GaussianDropout = GaussianDropoutLayer
