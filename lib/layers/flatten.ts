import type { SymbolicTensor } from '../graph/tensor'
import { reshapeItems } from '../ops/shape'
import { checkLayerOptions, Layer, type LayerOptions } from './layer'
import { layerClass } from './registry'

class FlattenLayer extends Layer {
  constructor(options: LayerOptions = {}) {
    checkLayerOptions('Flatten', options, [])
    super(options)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return reshapeItems(x, [-1])
  }
}

/**
 * All axes but the batch in one, in row-major order with channels last.
 * Source: https://keras.io/api/layers/reshaping_layers/flatten/
 *
 * @example
 * const y = Flatten()(x)   // (batch, 4, 5, 512) to (batch, 10240)
 */
export const Flatten = layerClass('Flatten', FlattenLayer)
export type Flatten = FlattenLayer
