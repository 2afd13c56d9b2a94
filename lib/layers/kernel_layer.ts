/** What layers with a kernel, a bias and an activation share: Dense and the convolutions. */
import { resolveActivation, type ActivationArgument, type ActivationFunction } from '../activations'
import { boolean } from '../check'
import type { ConstraintArgument } from '../constraints'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import type { InitializerArgument } from '../initializers'
import type { RegularizerArgument } from '../regularizers'
import { checkLayerOptions, type LayerOptions } from './layer'
import { resolveWeight, weightArguments, weightConfig, weightOptions } from './weight_arguments'
import type { WeightArguments } from './weight_arguments'
import { UnaryLayer } from './unary_layer'

/** What layers with an activation and a bias take, whatever their kernels are called. */
export interface BiasedLayerOptions extends LayerOptions {
  /** Default 'linear'. */
  readonly activation?: ActivationArgument | null
  /** Default true. */
  readonly useBias?: boolean
  /** Default 'zeros'. */
  readonly biasInitializer?: InitializerArgument
  /** Adds to the loss, such as 'l2'; default none. */
  readonly biasRegularizer?: RegularizerArgument
  /** Applied to the bias after each step of training; default none. */
  readonly biasConstraint?: ConstraintArgument
}

/** Options of layers with a kernel, a bias and an activation. */
export interface KernelLayerOptions extends BiasedLayerOptions {
  /** Default 'glorot_uniform'. */
  readonly kernelInitializer?: InitializerArgument
  /** Adds to the loss, such as 'l2'; default none. */
  readonly kernelRegularizer?: RegularizerArgument
  /** Applied to the kernel after each step of training, such as 'max_norm'; default none. */
  readonly kernelConstraint?: ConstraintArgument
}

export abstract class KernelLayer extends UnaryLayer {
  readonly useBias: boolean
  protected readonly activation: ActivationFunction
  protected kernel!: Weight
  protected bias: Weight | undefined
  private readonly biasedOptions: BiasedLayerOptions

  /** `own` names the options that the subclass adds, beside those of its `kernels`. */
  constructor(
    className: string,
    options: BiasedLayerOptions,
    own: readonly string[],
    private readonly kernels: readonly string[] = ['kernel'],
  ) {
    const weights = [...kernels, 'bias'].flatMap(weightOptions)
    checkLayerOptions(className, options, [...own, 'activation', 'useBias', ...weights])
    super(options)
    this.useBias = boolean(this.label, 'useBias', options.useBias ?? true)
    this.activation = resolveActivation(this.label, options.activation ?? 'linear')
    this.biasedOptions = options
    // Refused here and not at the first call.
    for (const name of kernels) resolveWeight(this.label, name, this.kernelArguments(name))
    resolveWeight(this.label, 'bias', this.biasArguments)
  }

  protected kernelArguments(name: string): WeightArguments {
    return weightArguments(name, this.biasedOptions, 'glorot_uniform')
  }

  protected get biasArguments(): WeightArguments {
    return weightArguments('bias', this.biasedOptions, 'zeros')
  }

  /** For `build`: the kernel, and the bias of `units` elements if there is one. */
  protected addKernelAndBias(
    shape: readonly number[],
    units: number,
    order?: readonly number[],
  ): void {
    this.kernel = this.addWeightFrom('kernel', shape, this.kernelArguments('kernel'), order)
    this.addBias(units)
  }

  /** For `build`: the bias of `units` elements if there is one. */
  protected addBias(units: number): void {
    if (this.useBias) this.bias = this.addWeightFrom('bias', [units], this.biasArguments)
  }

  /** The layer's bias as ops take it. */
  protected get biasTensor(): SymbolicTensor | undefined {
    return this.bias?.tensor
  }

  override getConfig(): Record<string, unknown> {
    const kernels = this.kernels.map((name) => weightConfig(name, this.kernelArguments(name)))
    return {
      ...super.getConfig(),
      activation: this.biasedOptions.activation ?? 'linear',
      useBias: this.useBias,
      ...(Object.assign({}, ...kernels) as Record<string, unknown>),
      ...weightConfig('bias', this.biasArguments),
    }
  }
}
