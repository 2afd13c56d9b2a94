import type { SymbolicTensor } from '../graph/tensor'
import { checkLayerOptions, Layer, type LayerOptions } from './layer'
import { layerClass } from './registry'

export class IdentityLayer extends Layer {
  constructor(options: LayerOptions = {}) {
    checkLayerOptions('Identity', options, [])
    super(options)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return x
  }
}

/**
 * What it gets. Source: https://keras.io/api/layers/core_layers/identity/
 *
 * @class
 * @example
 * const shortcut = sameShape ? Identity() : Conv2D(64, { kernelSize: 1 })
 */
export const Identity = layerClass('Identity', IdentityLayer)
export type Identity = IdentityLayer
