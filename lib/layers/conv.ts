import { positiveInteger } from '../check'
import { ArgumentError, ShapeError } from '../errors'
import { shapeText } from '../array'
import type { SymbolicTensor } from '../graph/tensor'
import { conv } from '../ops/conv'
import { optionFirst, type OptionFirst } from '../option_readers'
import type { Padding, PerAxis } from '../ops/spatial'
import { Convolution, type ConvolutionKind, type ConvolutionOptions } from './convolution'
import type { Size1D, Size2D } from './convolution'
import type { KernelLayerOptions } from './kernel_layer'
import { layerClass } from './registry'

/** Padding of a convolution; `causal` (1-D only) looks at earlier steps alone. */
export type AnyPadding = Padding | 'causal'

/** Options of {@link Conv1D} and {@link Conv2D}. */
export interface ConvLayerOptions<Size extends PerAxis, Pad extends AnyPadding>
  extends ConvolutionOptions<Size, Pad>, KernelLayerOptions {
  /** Groups of channels that are convolved by themselves; default 1. */
  readonly groups?: number
}

/** `padding` may also be 'causal': no result depends on a later step. */
export type Conv1DOptions = ConvLayerOptions<Size1D, AnyPadding>
/** Options of {@link Conv2D}. */
export type Conv2DOptions = ConvLayerOptions<Size2D, Padding>

abstract class Conv extends Convolution<AnyPadding> {
  readonly filters: number
  readonly groups: number

  constructor(
    kind: Pick<ConvolutionKind<AnyPadding>, 'className' | 'axes' | 'paddings'>,
    filters: number,
    args: OptionFirst<ConvLayerOptions<PerAxis, AnyPadding>, 'kernelSize'>,
  ) {
    const options = optionFirst<ConvLayerOptions<PerAxis, AnyPadding>>(
      kind.className,
      'kernelSize',
      args,
    )
    super({ ...kind, own: ['groups'] }, options)
    this.filters = positiveInteger(this.label, 'filters', filters)
    this.groups = positiveInteger(this.label, 'groups', options.groups ?? 1)
    if (this.filters % this.groups !== 0) {
      throw new ArgumentError(
        this.label,
        `filters must be a multiple of groups, received ${this.filters} and ${this.groups}`,
      )
    }
    this.refuseStridesWithDilation()
  }

  override build(x: SymbolicTensor): void {
    const channels = this.channelsOf(x)
    if (channels % this.groups !== 0) {
      throw new ShapeError(
        this.label,
        `channels must be a multiple of groups ${this.groups}, received ${shapeText(x.shape)}`,
      )
    }
    const shape = [...this.kernelSize, channels / this.groups, this.filters]
    this.addKernelAndBias(shape, this.filters, this.kernelOrder)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return this.activation(conv(x, this.kernel.tensor, this.window))
  }

  override getConfig(): Record<string, unknown> {
    const { filters, groups } = this
    return { ...super.getConfig(), filters, groups }
  }
}

export class Conv1DLayer extends Conv {
  constructor(filters: number, ...args: OptionFirst<Conv1DOptions, 'kernelSize'>) {
    const paddings = ['same', 'valid', 'causal'] as const
    super({ className: 'Conv1D', axes: 1, paddings }, filters, args)
  }
}

/**
 * 1-D convolution: (batch, steps, in) to (batch, steps', filters).
 * Weights: kernel (steps, in / groups, filters), bias (filters).
 * Source: https://keras.io/api/layers/convolution_layers/convolution1d/
 *
 * @class
 * @example
 * const y = Conv1D(32, 3, { padding: 'causal' })(x)   // also { kernelSize: 3, padding: 'causal' }
 */
export const Conv1D = layerClass('Conv1D', Conv1DLayer, ['filters'])
export type Conv1D = Conv1DLayer

export class Conv2DLayer extends Conv {
  constructor(filters: number, ...args: OptionFirst<Conv2DOptions, 'kernelSize'>) {
    super({ className: 'Conv2D', axes: 2, paddings: ['same', 'valid'] }, filters, args)
  }
}

/**
 * 2-D convolution: (batch, height, width, in) to (batch, height', width', filters).
 * Weights: kernel (rows, columns, in / groups, filters), bias (filters).
 * Source: https://keras.io/api/layers/convolution_layers/convolution2d/
 *
 * @class
 * @example
 * const y = Conv2D(64, 3, { strides: 2, padding: 'same' })(x)   // also { kernelSize: 3, ... }
 */
export const Conv2D = layerClass('Conv2D', Conv2DLayer, ['filters'])
export type Conv2D = Conv2DLayer
