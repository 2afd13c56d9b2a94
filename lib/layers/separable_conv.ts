import { positiveInteger } from '../check'
import type { ConstraintArgument } from '../constraints'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import type { InitializerArgument } from '../initializers'
import { separableConv } from '../ops/conv'
import type { OptionFirst } from '../option_readers'
import type { PerAxis } from '../ops/spatial'
import type { RegularizerArgument } from '../regularizers'
import type { Size1D, Size2D } from './convolution'
import { Depthwise, type DepthwiseOptions } from './depthwise_conv'
import { layerClass } from './registry'

/** Options of {@link SeparableConv1D} and {@link SeparableConv2D}. */
export interface SeparableConvOptions<Size extends PerAxis> extends DepthwiseOptions<Size> {
  /** Default 'glorot_uniform'. */
  readonly pointwiseInitializer?: InitializerArgument
  /** Adds to the loss, such as 'l2'; default none. */
  readonly pointwiseRegularizer?: RegularizerArgument
  /** Applied to the kernel after each step of training, such as 'max_norm'; default none. */
  readonly pointwiseConstraint?: ConstraintArgument
}

/** Options of {@link SeparableConv1D}. */
export type SeparableConv1DOptions = SeparableConvOptions<Size1D>
/** Options of {@link SeparableConv2D}. */
export type SeparableConv2DOptions = SeparableConvOptions<Size2D>

abstract class SeparableConv extends Depthwise {
  readonly filters: number
  private pointwiseKernel!: Weight

  constructor(
    className: string,
    axes: number,
    filters: number,
    args: OptionFirst<SeparableConvOptions<PerAxis>, 'kernelSize'>,
  ) {
    super(className, axes, args, ['pointwise'])
    this.filters = positiveInteger(this.label, 'filters', filters)
  }

  override build(x: SymbolicTensor): void {
    const channels = this.channelsOf(x)
    this.addDepthwiseKernel('depthwise_kernel', channels)
    const ones = this.kernelSize.map(() => 1)
    this.pointwiseKernel = this.addWeightFrom(
      'pointwise_kernel',
      [...ones, channels * this.depthMultiplier, this.filters],
      this.kernelArguments('pointwise'),
      this.kernelOrder,
    )
    this.addBias(this.filters)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const { kernel, pointwiseKernel, window } = this
    return this.activation(separableConv(x, kernel.tensor, pointwiseKernel.tensor, window))
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), filters: this.filters }
  }
}

export class SeparableConv1DLayer extends SeparableConv {
  constructor(filters: number, ...args: OptionFirst<SeparableConv1DOptions, 'kernelSize'>) {
    super('SeparableConv1D', 1, filters, args)
  }
}

/**
 * Each channel convolved by itself, then all mixed: (batch, steps, in) to (batch, steps', filters).
 * Weights: depthwise_kernel (steps, in, depthMultiplier), pointwise_kernel
 * (1, in * depthMultiplier, filters), bias (filters).
 * Source: https://keras.io/api/layers/convolution_layers/separable_convolution1d/
 *
 * @class
 * @example
 * const y = SeparableConv1D(32, 3)(x)   // also { kernelSize: 3 }
 */
export const SeparableConv1D = layerClass('SeparableConv1D', SeparableConv1DLayer, ['filters'])
export type SeparableConv1D = SeparableConv1DLayer

export class SeparableConv2DLayer extends SeparableConv {
  constructor(filters: number, ...args: OptionFirst<SeparableConv2DOptions, 'kernelSize'>) {
    super('SeparableConv2D', 2, filters, args)
  }
}

/**
 * Each channel convolved by itself, then all mixed: (batch, height, width, in) to
 * (batch, height', width', filters). Weights: depthwise_kernel (rows, columns, in, depthMultiplier),
 * pointwise_kernel (1, 1, in * depthMultiplier, filters), bias (filters).
 * Source: https://keras.io/api/layers/convolution_layers/separable_convolution2d/
 *
 * @class
 * @example
 * const y = SeparableConv2D(64, 3, { padding: 'same' })(x)
 */
export const SeparableConv2D = layerClass('SeparableConv2D', SeparableConv2DLayer, ['filters'])
export type SeparableConv2D = SeparableConv2DLayer
