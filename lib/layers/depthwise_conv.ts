import { positiveInteger } from '../check'
import type { ConstraintArgument } from '../constraints'
import type { SymbolicTensor } from '../graph/tensor'
import type { InitializerArgument } from '../initializers'
import { depthwiseConv } from '../ops/conv'
import { optionFirst, type OptionFirst } from '../option_readers'
import type { PerAxis } from '../ops/spatial'
import type { RegularizerArgument } from '../regularizers'
import { Convolution, type ConvolutionOptions, type Size1D, type Size2D } from './convolution'
import { layerClass } from './registry'

/** Options of {@link DepthwiseConv1D} and {@link DepthwiseConv2D}. */
export interface DepthwiseOptions<Size extends PerAxis> extends ConvolutionOptions<Size> {
  /** Kernels for each channel; default 1. */
  readonly depthMultiplier?: number
  /** Default 'glorot_uniform'. */
  readonly depthwiseInitializer?: InitializerArgument
  /** Adds to the loss, such as 'l2'; default none. */
  readonly depthwiseRegularizer?: RegularizerArgument
  /** Applied to the kernel after each step of training, such as 'max_norm'; default none. */
  readonly depthwiseConstraint?: ConstraintArgument
}

/** Options of {@link DepthwiseConv1D}. */
export type DepthwiseConv1DOptions = DepthwiseOptions<Size1D>
/** Options of {@link DepthwiseConv2D}. */
export type DepthwiseConv2DOptions = DepthwiseOptions<Size2D>

/** Also the first half of separable convolutions. */
export abstract class Depthwise extends Convolution {
  readonly depthMultiplier: number

  /** `pointwise` names the kernels behind the depthwise one, `own` further options. */
  constructor(
    className: string,
    axes: number,
    args: OptionFirst<DepthwiseOptions<PerAxis>, 'kernelSize'>,
    pointwise: readonly string[] = [],
  ) {
    const options = optionFirst<DepthwiseOptions<PerAxis>>(className, 'kernelSize', args)
    const kernels = ['depthwise', ...pointwise]
    super(
      { className, axes, own: ['depthMultiplier'], paddings: ['same', 'valid'], kernels },
      options,
    )
    const { depthMultiplier = 1 } = options
    this.depthMultiplier = positiveInteger(this.label, 'depthMultiplier', depthMultiplier)
  }

  /** For `build`: the depthwise kernel under the given name. */
  protected addDepthwiseKernel(name: string, channels: number): void {
    const spatial = this.kernelSize.map((_, axis) => axis)
    // As libtorch wants kernels of one channel: (in, multiplier, rows, columns).
    const order = [this.axes, this.axes + 1, ...spatial]
    const shape = [...this.kernelSize, channels, this.depthMultiplier]
    this.kernel = this.addWeightFrom(name, shape, this.kernelArguments('depthwise'), order)
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), depthMultiplier: this.depthMultiplier }
  }
}

abstract class DepthwiseConv extends Depthwise {
  override build(x: SymbolicTensor): void {
    const channels = this.channelsOf(x)
    this.addDepthwiseKernel('kernel', channels)
    this.addBias(channels * this.depthMultiplier)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return this.activation(depthwiseConv(x, this.kernel.tensor, this.window))
  }
}

export class DepthwiseConv1DLayer extends DepthwiseConv {
  constructor(...args: OptionFirst<DepthwiseConv1DOptions, 'kernelSize'>) {
    super('DepthwiseConv1D', 1, args)
  }
}

/**
 * Each channel convolved by itself: (batch, steps, in) to (batch, steps', in * depthMultiplier).
 * Weights: kernel (steps, in, depthMultiplier), bias (in * depthMultiplier).
 * Source: https://keras.io/api/layers/convolution_layers/depthwise_convolution1d/
 *
 * @class
 * @example
 * const y = DepthwiseConv1D(3)(x)   // also { kernelSize: 3 }
 */
export const DepthwiseConv1D = layerClass('DepthwiseConv1D', DepthwiseConv1DLayer)
export type DepthwiseConv1D = DepthwiseConv1DLayer

export class DepthwiseConv2DLayer extends DepthwiseConv {
  constructor(...args: OptionFirst<DepthwiseConv2DOptions, 'kernelSize'>) {
    super('DepthwiseConv2D', 2, args)
  }
}

/**
 * Each channel convolved by itself: (batch, height, width, in) to
 * (batch, height', width', in * depthMultiplier).
 * Weights: kernel (rows, columns, in, depthMultiplier), bias (in * depthMultiplier).
 * Source: https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/
 *
 * @class
 * @example
 * const y = DepthwiseConv2D(3, { padding: 'same', depthMultiplier: 2 })(x)
 */
export const DepthwiseConv2D = layerClass('DepthwiseConv2D', DepthwiseConv2DLayer)
export type DepthwiseConv2D = DepthwiseConv2DLayer
