import { numberInRange } from '../check'
import type { CallContext } from '../graph/node'
import type { SymbolicTensor } from '../graph/tensor'
import { dropout } from '../ops/nn'
import { checkLayerOptions, Layer, type LayerOptions } from './layer'
import { layerClass } from './registry'

class DropoutLayer extends Layer {
  readonly rate: number

  constructor(rate: number, options: LayerOptions = {}) {
    checkLayerOptions('Dropout', options, [])
    super(options)
    this.rate = numberInRange(this.label, 'rate', rate, 0, 1)
  }

  override call(x: SymbolicTensor, context: CallContext): SymbolicTensor {
    return context.training ? dropout(x, this.rate) : x
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), rate: this.rate }
  }
}

/**
 * While training, sets each element to 0 with probability `rate` and scales the others by
 * 1 / (1 - rate). Source: https://keras.io/api/layers/regularization_layers/dropout/
 *
 * @example
 * const y = Dropout(0.25)(x)
 */
export const Dropout = layerClass('Dropout', DropoutLayer, ['rate'])
export type Dropout = DropoutLayer
