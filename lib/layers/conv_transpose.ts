import { positiveInteger } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { checkOutputPadding, convTranspose } from '../ops/conv'
import { optionFirst, type OptionFirst } from '../option_readers'
import type { PerAxis } from '../ops/spatial'
import { Convolution, type ConvolutionOptions, type Size1D, type Size2D } from './convolution'
import type { KernelLayerOptions } from './kernel_layer'
import { layerClass } from './registry'

/** Options of {@link Conv1DTranspose} and {@link Conv2DTranspose}. */
export interface ConvTransposeLayerOptions<Size extends PerAxis>
  extends ConvolutionOptions<Size>, KernelLayerOptions {
  /**
   * Elements that results are longer at their end, less than the strides. Default: 'same' gives
   * length * stride, 'valid' (length - 1) * stride + max(kernel, stride).
   */
  readonly outputPadding?: Size | null
}

/** Options of {@link Conv1DTranspose}. */
export type Conv1DTransposeOptions = ConvTransposeLayerOptions<Size1D>
/** Options of {@link Conv2DTranspose}. */
export type Conv2DTransposeOptions = ConvTransposeLayerOptions<Size2D>

abstract class ConvTranspose extends Convolution {
  readonly filters: number
  readonly outputPadding: readonly number[] | null

  constructor(
    className: string,
    axes: number,
    filters: number,
    args: OptionFirst<ConvTransposeLayerOptions<PerAxis>, 'kernelSize'>,
  ) {
    const options = optionFirst<ConvTransposeLayerOptions<PerAxis>>(className, 'kernelSize', args)
    super({ className, axes, own: ['outputPadding'], paddings: ['same', 'valid'] }, options)
    this.filters = positiveInteger(this.label, 'filters', filters)
    this.outputPadding = checkOutputPadding(this.label, options.outputPadding, this.strides)
    this.refuseStridesWithDilation()
  }

  override build(x: SymbolicTensor): void {
    const shape = [...this.kernelSize, this.filters, this.channelsOf(x)]
    this.addKernelAndBias(shape, this.filters, this.kernelOrder)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const options = { ...this.window, outputPadding: this.outputPadding }
    return this.activation(convTranspose(x, this.kernel.tensor, options))
  }

  override getConfig(): Record<string, unknown> {
    const { filters, outputPadding } = this
    return { ...super.getConfig(), filters, outputPadding }
  }
}

export class Conv1DTransposeLayer extends ConvTranspose {
  constructor(filters: number, ...args: OptionFirst<Conv1DTransposeOptions, 'kernelSize'>) {
    super('Conv1DTranspose', 1, filters, args)
  }
}

/**
 * Transposed 1-D convolution: (batch, steps, in) to (batch, steps', filters), with padding 'same'
 * steps * strides. Weights: kernel (steps, filters, in), bias (filters).
 * Source: https://keras.io/api/layers/convolution_layers/convolution1d_transpose/
 *
 * @class
 * @example
 * const y = Conv1DTranspose(32, 4, { strides: 2, padding: 'same' })(x)
 */
export const Conv1DTranspose = layerClass('Conv1DTranspose', Conv1DTransposeLayer, ['filters'])
export type Conv1DTranspose = Conv1DTransposeLayer

export class Conv2DTransposeLayer extends ConvTranspose {
  constructor(filters: number, ...args: OptionFirst<Conv2DTransposeOptions, 'kernelSize'>) {
    super('Conv2DTranspose', 2, filters, args)
  }
}

/**
 * Transposed 2-D convolution: (batch, height, width, in) to (batch, height', width', filters), with
 * padding 'same' height * strides. Weights: kernel (rows, columns, filters, in), bias (filters).
 * Source: https://keras.io/api/layers/convolution_layers/convolution2d_transpose/
 *
 * @class
 * @example
 * const y = Conv2DTranspose(64, 4, { strides: 2, padding: 'same' })(x)
 */
export const Conv2DTranspose = layerClass('Conv2DTranspose', Conv2DTransposeLayer, ['filters'])
export type Conv2DTranspose = Conv2DTransposeLayer
