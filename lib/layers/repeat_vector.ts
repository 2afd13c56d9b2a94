import { shapeText } from '../array'
import { positiveInteger } from '../check'
import { ShapeError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import { repeat } from '../ops/join'
import { expandDims } from '../ops/shape'
import { checkLayerOptions, type LayerOptions } from './layer'
import { layerClass } from './registry'
import { UnaryLayer } from './unary_layer'

export class RepeatVectorLayer extends UnaryLayer {
  readonly n: number

  constructor(n: number, options: LayerOptions = {}) {
    checkLayerOptions('RepeatVector', options, [])
    super(options)
    this.n = positiveInteger(this.label, 'n', n)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    if (x.rank !== 2) {
      throw new ShapeError(
        this.label,
        `expects a tensor with 2 axes, received shape ${shapeText(x.shape)}`,
      )
    }
    return repeat(expandDims(x, 1), this.n, 1)
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), n: this.n }
  }
}

/**
 * Each vector `n` times: (batch, k) to (batch, n, k).
 * Source: https://keras.io/api/layers/reshaping_layers/repeat_vector/
 *
 * @class
 * @example
 * const y = RepeatVector(3)(x)   // (batch, 32) to (batch, 3, 32)
 */
export const RepeatVector = layerClass('RepeatVector', RepeatVectorLayer, ['n'])
export type RepeatVector = RepeatVectorLayer
