import { firstSpatialAxis, resolveDataFormat, type DataFormat } from '../data_format'
import type { SymbolicTensor } from '../graph/tensor'
import { moveaxis, reshapeItems } from '../ops/shape'
import type { ImageLayerOptions } from './image_layer'
import { checkLayerOptions } from './layer'
import { layerClass } from './registry'
import { UnaryLayer } from './unary_layer'

/** Options of {@link Flatten}. */
export type FlattenOptions = ImageLayerOptions

export class FlattenLayer extends UnaryLayer {
  readonly dataFormat: DataFormat

  constructor(options: FlattenOptions = {}) {
    checkLayerOptions('Flatten', options, ['dataFormat'])
    super(options)
    this.dataFormat = resolveDataFormat(this.label, options.dataFormat)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    // The order of the elements is that of channels last, whatever the input's.
    const isMoved = firstSpatialAxis(this.dataFormat) === 2 && x.rank > 2
    return reshapeItems(isMoved ? moveaxis(x, 1, -1) : x, [-1])
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), dataFormat: this.dataFormat }
  }
}

/**
 * All axes but the batch in one, in row-major order with channels last.
 * Source: https://keras.io/api/layers/reshaping_layers/flatten/
 *
 * @class
 * @example
 * const y = Flatten()(x)   // (batch, 4, 5, 512) to (batch, 10240)
 */
export const Flatten = layerClass('Flatten', FlattenLayer)
export type Flatten = FlattenLayer
