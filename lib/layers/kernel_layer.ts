/** What layers with a kernel, a bias and an activation share: Dense and the convolutions. */
import { resolveActivation, type ActivationArgument, type ActivationFunction } from '../activations'
import { boolean } from '../check'
import { resolveConstraint, type ConstraintArgument } from '../constraints'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import { resolveInitializer, type InitializerArgument } from '../initializers'
import { resolveRegularizer, type RegularizerArgument } from '../regularizers'
import { checkLayerOptions, Layer, type LayerOptions } from './layer'

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
  'kernelInitializer',
  'biasInitializer',
  'kernelRegularizer',
  'biasRegularizer',
  'kernelConstraint',
  'biasConstraint',
] as const

/** The arguments by which one weight begins, is regularised and is kept in bounds. */
export interface WeightArguments {
  readonly initializer: InitializerArgument
  readonly regularizer?: RegularizerArgument
  readonly constraint?: ConstraintArgument
}

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
    resolveInitializer(this.label, 'kernelInitializer', this.kernelArguments.initializer)
    resolveInitializer(this.label, 'biasInitializer', this.biasArguments.initializer)
    resolveRegularizer(this.label, 'kernelRegularizer', options.kernelRegularizer)
    resolveRegularizer(this.label, 'biasRegularizer', options.biasRegularizer)
    resolveConstraint(this.label, 'kernelConstraint', options.kernelConstraint)
    resolveConstraint(this.label, 'biasConstraint', options.biasConstraint)
  }

  protected get kernelArguments(): WeightArguments {
    const {
      kernelInitializer = 'glorot_uniform',
      kernelRegularizer,
      kernelConstraint,
    } = this.kernelOptions
    return {
      initializer: kernelInitializer,
      regularizer: kernelRegularizer,
      constraint: kernelConstraint,
    }
  }

  protected get biasArguments(): WeightArguments {
    const { biasInitializer = 'zeros', biasRegularizer, biasConstraint } = this.kernelOptions
    return {
      initializer: biasInitializer,
      regularizer: biasRegularizer,
      constraint: biasConstraint,
    }
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

  /** For `build`: a weight from a layer's arguments called `<name>Initializer` and so on. */
  protected addWeightFrom(
    name: string,
    shape: readonly number[],
    { initializer, regularizer, constraint }: WeightArguments,
    order?: readonly number[],
  ): Weight {
    return this.addWeight(
      name,
      shape,
      resolveInitializer(this.label, `${name}Initializer`, initializer),
      {
        regularizer: resolveRegularizer(this.label, `${name}Regularizer`, regularizer),
        constraint: resolveConstraint(this.label, `${name}Constraint`, constraint),
        ...(order && { order }),
      },
    )
  }

  /** The layer's bias as ops take it. */
  protected get biasTensor(): SymbolicTensor | undefined {
    return this.bias?.tensor
  }

  override getConfig(): Record<string, unknown> {
    const kernel = this.kernelArguments
    const bias = this.biasArguments
    return {
      ...super.getConfig(),
      activation: this.kernelOptions.activation ?? 'linear',
      useBias: this.useBias,
      kernelInitializer: kernel.initializer,
      biasInitializer: bias.initializer,
      kernelRegularizer: kernel.regularizer ?? null,
      biasRegularizer: bias.regularizer ?? null,
      kernelConstraint: kernel.constraint ?? null,
      biasConstraint: bias.constraint ?? null,
    }
  }
}
