import { numberInRange } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { greaterEqual, where } from '../ops/compare'
import { add, mul } from '../ops/math'
import { noiseShape, randomUniform } from '../ops/random'
import type { DropoutLayerOptions } from './dropout'
import { NoiseLayer, noiseShapeOption, type NoiseShape } from './noise_layer'
import { layerClass } from './registry'

/** What selu tends to where its input is very negative. */
const DROPPED = -1.6732632423543772 * 1.0507009873554805

class AlphaDropoutLayer extends NoiseLayer {
  readonly rate: number
  readonly noiseShape: NoiseShape | null

  constructor(rate: number, options: DropoutLayerOptions = {}) {
    super('AlphaDropout', options, ['noiseShape'])
    this.rate = numberInRange(this.label, 'rate', rate, 0, 1)
    this.noiseShape = noiseShapeOption(this.label, options.noiseShape)
  }

  protected override noisy(x: SymbolicTensor): SymbolicTensor {
    const { rate } = this
    if (rate === 0) return x
    const drawn = randomUniform(noiseShape(this.label, x, this.noiseShape), this.ownStream)
    const mixed = where(greaterEqual(drawn, rate), x, DROPPED)
    // Brings mean and variance back to what they were.
    const factor = ((1 - rate) * (1 + rate * DROPPED ** 2)) ** -0.5
    return add(mul(mixed, factor), -factor * DROPPED * rate)
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), rate: this.rate, noiseShape: this.noiseShape }
  }
}

/**
 * While training, sets each element to selu's negative limit with probability `rate`, then scales and
 * moves all so that mean 0 and variance 1 stay. For networks of `selu`.
 * Source: Klambauer et al. (2017), https://keras.io/api/layers/regularization_layers/alpha_dropout/
 *
 * @class
 * @example
 * const y = AlphaDropout(0.1)(x)
 */
export const AlphaDropout = layerClass('AlphaDropout', AlphaDropoutLayer, ['rate'])
export type AlphaDropout = AlphaDropoutLayer
