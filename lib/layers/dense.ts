import { boolean, positiveInteger } from '../check'
import { ArgumentError } from '../errors'
import { resolveActivation, type ActivationArgument, type ActivationFunction } from '../activations'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import { resolveInitializer, type Initializer, type InitializerName } from '../initializers'
import { matmul } from '../ops/nn'
import { callableClass } from './callable'
import { checkLayerOptions, Layer, type LayerOptions } from './layer'

export interface DenseOptions extends LayerOptions {
  /** Default 'linear'. */
  readonly activation?: ActivationArgument
  /** Default true. */
  readonly useBias?: boolean
  /** Default 'glorot_uniform'. */
  readonly kernelInitializer?: InitializerName | Initializer
  /** Default 'zeros'. */
  readonly biasInitializer?: InitializerName | Initializer
  /** Short for `inputShape: [inputDim]`. */
  readonly inputDim?: number
}

const OPTIONS = ['activation', 'useBias', 'kernelInitializer', 'biasInitializer', 'inputDim']

function withInputDim(options: DenseOptions): DenseOptions {
  checkLayerOptions('Dense', options, OPTIONS)
  const { inputDim, inputShape } = options
  if (inputDim === undefined) return options
  if (inputShape !== undefined) {
    throw new ArgumentError('Dense', 'takes inputDim or inputShape, received both')
  }
  return { ...options, inputShape: [positiveInteger('Dense', 'inputDim', inputDim)] }
}

class DenseLayer extends Layer {
  readonly units: number
  readonly useBias: boolean
  private readonly activation: ActivationFunction
  private readonly options: DenseOptions
  private kernel!: Weight
  private bias: Weight | undefined

  constructor(units: number, options: DenseOptions = {}) {
    super(withInputDim(options))
    this.units = positiveInteger(this.label, 'units', units)
    this.useBias = boolean(this.label, 'useBias', options.useBias ?? true)
    this.activation = resolveActivation(this.label, options.activation ?? 'linear')
    this.options = options
  }

  override build(x: SymbolicTensor): void {
    const { kernelInitializer = 'glorot_uniform', biasInitializer = 'zeros' } = this.options
    this.kernel = this.addWeight(
      'kernel',
      [this.lastAxis(x), this.units],
      resolveInitializer(this.label, 'kernelInitializer', kernelInitializer),
    )
    if (!this.useBias) return
    this.bias = this.addWeight(
      'bias',
      [this.units],
      resolveInitializer(this.label, 'biasInitializer', biasInitializer),
    )
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return this.activation(matmul(x, this.kernel.tensor, this.bias?.tensor))
  }

  override getConfig(): Record<string, unknown> {
    const { activation = 'linear', kernelInitializer, biasInitializer } = this.options
    const { units, useBias } = this
    return { ...super.getConfig(), units, activation, useBias, kernelInitializer, biasInitializer }
  }
}

/**
 * `activation(x @ kernel + bias)` over the last axis: (batch, ..., k) to (batch, ..., units).
 * Weights: kernel (k, units), bias (units). Source: https://keras.io/api/layers/core_layers/dense/
 *
 * @example
 * const y = Dense(512, { activation: 'relu' })(x)
 */
export const Dense = callableClass('Dense', DenseLayer)
export type Dense = DenseLayer
