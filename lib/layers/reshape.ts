import { fail, isPositiveInteger } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { reshape } from '../ops/shape'
import { checkLayerOptions, type LayerOptions } from './layer'
import { layerClass } from './registry'
import { UnaryLayer } from './unary_layer'

class ReshapeLayer extends UnaryLayer {
  readonly targetShape: readonly number[]

  constructor(targetShape: readonly number[], options: LayerOptions = {}) {
    checkLayerOptions('Reshape', options, [])
    super(options)
    const isLength = (length: number): boolean => length === -1 || isPositiveInteger(length)
    if (!Array.isArray(targetShape) || !targetShape.every(isLength)) {
      fail(this.label, 'targetShape', 'a list of positive integers or -1', targetShape)
    }
    if (targetShape.indexOf(-1) !== targetShape.lastIndexOf(-1)) {
      fail(this.label, 'targetShape', 'a list with at most one -1', targetShape)
    }
    this.targetShape = Array.from<number>(targetShape)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return reshape(x, [null, ...this.targetShape])
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), targetShape: this.targetShape }
  }
}

/**
 * The same elements of each item in another shape; one length may be -1.
 * Source: https://keras.io/api/layers/reshaping_layers/reshape/
 *
 * @class
 * @example
 * const y = Reshape([8, 10, 512])(x)   // (batch, 40960) to (batch, 8, 10, 512)
 */
export const Reshape = layerClass('Reshape', ReshapeLayer, ['targetShape'])
export type Reshape = ReshapeLayer
