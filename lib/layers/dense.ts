import { positiveInteger } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { dense } from '../ops/nn'
import { withInputShape } from './input_length'
import { KernelLayer, type KernelLayerOptions } from './kernel_layer'
import { layerClass } from './registry'

/** Options of {@link Dense}. */
export interface DenseOptions extends KernelLayerOptions {
  /** Short for `inputShape: [inputDim]`. */
  readonly inputDim?: number
}

class DenseLayer extends KernelLayer {
  readonly units: number

  constructor(units: number, options: DenseOptions = {}) {
    super('Dense', withInputShape('Dense', 'inputDim', options), ['inputDim'])
    this.units = positiveInteger(this.label, 'units', units)
  }

  override build(x: SymbolicTensor): void {
    this.addKernelAndBias([this.lastAxis(x), this.units], this.units)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return this.activation(dense(x, this.kernel.tensor, this.biasTensor))
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), units: this.units }
  }
}

/**
 * `activation(x @ kernel + bias)` over the last axis: (batch, ..., k) to (batch, ..., units).
 * Weights: kernel (k, units), bias (units). Source: https://keras.io/api/layers/core_layers/dense/
 *
 * @class
 * @example
 * const y = Dense(512, { activation: 'relu' })(x)
 */
export const Dense = layerClass('Dense', DenseLayer, ['units'])
export type Dense = DenseLayer
