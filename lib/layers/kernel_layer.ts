/** What layers with a kernel, a bias and an activation share: Dense and the convolutions. */
import { resolveActivation, type ActivationArgument, type ActivationFunction } from '../activations'
import { boolean } from '../check'
import type { ConstraintArgument } from '../constraints'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import type { InitializerArgument } from '../initializers'
import type { RegularizerArgument } from '../regularizers'
import { checkLayerOptions, Layer, type LayerOptions } from './layer'
import { resolveWeight, weightArguments, weightConfig, weightOptions } from './weight_arguments'
import type { WeightArguments } from './weight_arguments'

export interface KernelLayerOptions extends LayerOptions {
  /** Default 'linear'. */
  readonly activation?: ActivationArgument | null
  /** Default true. */
  readonly useBias?: boolean
  /** Default 'glorot_uniform'. */
  readonly kernelInitializer?: InitializerArgument
  /** Default 'zeros'. */
  readonly biasInitializer?: InitializerArgument
  /** Adds to the loss, such as 'l2'; default none. */
  readonly kernelRegularizer?: RegularizerArgument
  /** Default none. */
  readonly biasRegularizer?: RegularizerArgument
  /** Applied to the kernel after each step of training, such as 'max_norm'; default none. */
  readonly kernelConstraint?: ConstraintArgument
  /** Default none. */
  readonly biasConstraint?: ConstraintArgument
}

const KERNEL_LAYER_OPTIONS = [
  'activation',
  'useBias',
  ...weightOptions('kernel'),
  ...weightOptions('bias'),
]

export abstract class KernelLayer extends Layer {
  readonly useBias: boolean
  protected readonly activation: ActivationFunction
  protected kernel!: Weight
  protected bias: Weight | undefined
  private readonly kernelOptions: KernelLayerOptions

  /** `own` names the options that the subclass adds. */
  constructor(className: string, options: KernelLayerOptions, own: readonly string[]) {
    checkLayerOptions(className, options, [...own, ...KERNEL_LAYER_OPTIONS])
    super(options)
    this.useBias = boolean(this.label, 'useBias', options.useBias ?? true)
    this.activation = resolveActivation(this.label, options.activation ?? 'linear')
    this.kernelOptions = options
    // Refused here and not at the first call.
    resolveWeight(this.label, 'kernel', this.kernelArguments)
    resolveWeight(this.label, 'bias', this.biasArguments)
  }

  protected get kernelArguments(): WeightArguments {
    return weightArguments('kernel', this.kernelOptions, 'glorot_uniform')
  }

  protected get biasArguments(): WeightArguments {
    return weightArguments('bias', this.kernelOptions, 'zeros')
  }

  /** For `build`: the kernel, and the bias of `units` elements if there is one. */
  protected addKernelAndBias(
    shape: readonly number[],
    units: number,
    order?: readonly number[],
  ): void {
    this.kernel = this.addWeightFrom('kernel', shape, this.kernelArguments, order)
    if (this.useBias) this.bias = this.addWeightFrom('bias', [units], this.biasArguments)
  }

  /** The layer's bias as ops take it. */
  protected get biasTensor(): SymbolicTensor | undefined {
    return this.bias?.tensor
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      activation: this.kernelOptions.activation ?? 'linear',
      useBias: this.useBias,
      ...weightConfig('kernel', this.kernelArguments),
      ...weightConfig('bias', this.biasArguments),
    }
  }
}
