import { shareOf } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { dropout } from '../ops/random'
import {
  NoiseLayer,
  noiseShapeOption,
  type NoiseLayerOptions,
  type NoiseShape,
} from './noise_layer'
import { layerClass } from './registry'

/** Options of {@link Dropout}. */
export interface DropoutLayerOptions extends NoiseLayerOptions {
  /**
   * The shape in which it is drawn what stays: null takes an axis of x as it is, 1 drops all along
   * it together. Default null: each element by itself.
   */
  readonly noiseShape?: NoiseShape | null
}

class DropoutLayer extends NoiseLayer {
  readonly rate: number
  readonly noiseShape: NoiseShape | null

  constructor(rate: number, options: DropoutLayerOptions = {}) {
    super('Dropout', options, ['noiseShape'])
    this.rate = shareOf(this.label, 'rate', rate)
    this.noiseShape = noiseShapeOption(this.label, options.noiseShape)
  }

  protected override noisy(x: SymbolicTensor): SymbolicTensor {
    return dropout(x, this.rate, { noiseShape: this.noiseShape, ...this.ownStream })
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), rate: this.rate, noiseShape: this.noiseShape }
  }
}

/**
 * While training, sets each element to 0 with probability `rate` and scales the others by
 * 1 / (1 - rate). Source: https://keras.io/api/layers/regularization_layers/dropout/
 *
 * @class
 * @example
 * const y = Dropout(0.25)(x)
 */
export const Dropout = layerClass('Dropout', DropoutLayer, ['rate'])
export type Dropout = DropoutLayer
