import { positiveInteger } from '../check'
import { ArgumentError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import { dense } from '../ops/nn'
import { KernelLayer, type KernelLayerOptions } from './kernel_layer'
import { layerClass } from './registry'

export interface DenseOptions extends KernelLayerOptions {
  /** Short for `inputShape: [inputDim]`. */
  readonly inputDim?: number
}

function withInputDim(options: DenseOptions): DenseOptions {
  const { inputDim, inputShape } = options
  if (inputDim === undefined) return options
  if (inputShape !== undefined) {
    throw new ArgumentError('Dense', 'takes inputDim or inputShape, received both')
  }
  return { ...options, inputShape: [positiveInteger('Dense', 'inputDim', inputDim)] }
}

class DenseLayer extends KernelLayer {
  readonly units: number

  constructor(units: number, options: DenseOptions = {}) {
    super('Dense', withInputDim(options), ['inputDim'])
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
 * @example
 * const y = Dense(512, { activation: 'relu' })(x)
 */
export const Dense = layerClass('Dense', DenseLayer, ['units'])
export type Dense = DenseLayer
