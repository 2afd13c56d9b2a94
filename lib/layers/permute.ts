import { shapeText } from '../array'
import { fail, isList } from '../check'
import { ShapeError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import { transpose } from '../ops/shape'
import { checkLayerOptions, type LayerOptions } from './layer'
import { layerClass } from './registry'
import { UnaryLayer } from './unary_layer'

export class PermuteLayer extends UnaryLayer {
  readonly dims: readonly number[]

  constructor(dims: readonly number[], options: LayerOptions = {}) {
    checkLayerOptions('Permute', options, [])
    super(options)
    const isOrder = isList(dims) && dims.every((_, i) => dims.includes(i + 1))
    if (!isOrder) fail(this.label, 'dims', 'the axes from 1 in another order', dims)
    this.dims = [...dims]
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    if (x.rank !== this.dims.length + 1) {
      throw new ShapeError(
        this.label,
        `expects a tensor with ${this.dims.length + 1} axes, received shape ${shapeText(x.shape)}`,
      )
    }
    return transpose(x, [0, ...this.dims])
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), dims: this.dims }
  }
}

/**
 * The axes of each item in another order; `dims` counts from 1, since 0 is the batch.
 * Source: https://keras.io/api/layers/reshaping_layers/permute/
 *
 * @class
 * @example
 * const y = Permute([2, 1])(x)   // (batch, 10, 64) to (batch, 64, 10)
 */
export const Permute = layerClass('Permute', PermuteLayer, ['dims'])
export type Permute = PermuteLayer
