import { resolveActivation, type ActivationArgument, type ActivationFunction } from '../activations'
import type { SymbolicTensor } from '../graph/tensor'
import { checkLayerOptions, type LayerOptions } from './layer'
import { layerClass } from './registry'
import { UnaryLayer } from './unary_layer'

class ActivationLayer extends UnaryLayer {
  private readonly argument: ActivationArgument
  private readonly activation: ActivationFunction

  constructor(activation: ActivationArgument, options: LayerOptions = {}) {
    checkLayerOptions('Activation', options, [])
    super(options)
    this.argument = activation
    this.activation = resolveActivation(this.label, activation)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return this.activation(x)
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), activation: this.argument }
  }
}

/**
 * Applies an activation function, by its Keras name or as a function over ops.
 * Source: https://keras.io/api/layers/core_layers/activation/
 *
 * @class
 * @example
 * const y = Activation('tanh')(x)
 */
export const Activation = layerClass('Activation', ActivationLayer, ['activation'])
export type Activation = ActivationLayer
