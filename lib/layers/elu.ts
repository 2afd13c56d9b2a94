import { finiteNumber } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { optionFirst, type OptionFirst } from '../option_readers'
import { elu } from '../ops/nn'
import { checkLayerOptions, type LayerOptions } from './layer'
import { layerClass } from './registry'
import { UnaryLayer } from './unary_layer'

/** Options of {@link ELU}. */
export interface ELUOptions extends LayerOptions {
  /** What large negative inputs give, negated; default 1. */
  readonly alpha?: number
}

class ELULayer extends UnaryLayer {
  readonly alpha: number

  constructor(...args: OptionFirst<ELUOptions, 'alpha'>) {
    const options = optionFirst<ELUOptions>('ELU', 'alpha', args)
    checkLayerOptions('ELU', options, ['alpha'])
    super(options)
    this.alpha = finiteNumber(this.label, 'alpha', options.alpha ?? 1)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return elu(x, this.alpha)
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), alpha: this.alpha }
  }
}

/**
 * x where it is positive, `alpha * (exp(x) - 1)` elsewhere.
 * Source: Clevert et al. (2015), https://keras.io/api/layers/activation_layers/elu/
 *
 * @class
 * @example
 * const y = ELU({ alpha: 0.5 })(x)   // also ELU(0.5)
 */
export const ELU = layerClass('ELU', ELULayer)
export type ELU = ELULayer
