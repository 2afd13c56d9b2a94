import { oneOf, pair, positiveInteger } from '../check'
import { ShapeError } from '../errors'
import { shapeText } from '../array'
import type { SymbolicTensor } from '../graph/tensor'
import { conv2d, type Padding } from '../ops/nn'
import { KernelLayer, type KernelLayerOptions } from './kernel_layer'
import { layerClass } from './registry'

export interface Conv2DOptions extends KernelLayerOptions {
  /** Rows and columns of the kernel. */
  readonly kernelSize: number | readonly [number, number]
  /** Default 1. */
  readonly strides?: number | readonly [number, number]
  /** 'same' keeps ceil(length / stride); default 'valid'. */
  readonly padding?: Padding
  /** Distance of the kernel's rows and columns in the input; default 1. */
  readonly dilationRate?: number | readonly [number, number]
}

const OPTIONS = ['kernelSize', 'strides', 'padding', 'dilationRate']

/** Kernels lie in memory as (out, rows, columns, in), the form that channels-last kernels want. */
const KERNEL_ORDER = [3, 0, 1, 2]

class Conv2DLayer extends KernelLayer {
  readonly filters: number
  readonly kernelSize: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly padding: Padding
  readonly dilationRate: readonly [number, number]

  constructor(filters: number, options: Conv2DOptions) {
    super('Conv2D', options, OPTIONS)
    this.filters = positiveInteger(this.label, 'filters', filters)
    this.kernelSize = pair(this.label, 'kernelSize', options.kernelSize)
    this.strides = pair(this.label, 'strides', options.strides ?? 1)
    this.padding = oneOf(this.label, 'padding', options.padding ?? 'valid', ['same', 'valid'])
    this.dilationRate = pair(this.label, 'dilationRate', options.dilationRate ?? 1)
  }

  override build(x: SymbolicTensor): void {
    if (x.rank !== 4) {
      throw new ShapeError(
        this.label,
        `expects images of shape (batch, height, width, channels), received ${shapeText(x.shape)}`,
      )
    }
    const shape = [...this.kernelSize, this.lastAxis(x), this.filters]
    this.addKernelAndBias(shape, this.filters, KERNEL_ORDER)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const { strides, padding, dilationRate: dilations } = this
    const options = { strides, padding, dilations, bias: this.biasTensor }
    return this.activation(conv2d(x, this.kernel.tensor, options))
  }

  override getConfig(): Record<string, unknown> {
    const { filters, kernelSize, strides, padding, dilationRate } = this
    return { ...super.getConfig(), filters, kernelSize, strides, padding, dilationRate }
  }
}

/**
 * 2-D convolution: (batch, height, width, in) to (batch, height', width', filters).
 * Weights: kernel (rows, columns, in, filters), bias (filters).
 * Source: https://keras.io/api/layers/convolution_layers/convolution2d/
 *
 * @example
 * const y = Conv2D(64, { kernelSize: 3, strides: 2, padding: 'same' })(x)
 */
export const Conv2D = layerClass('Conv2D', Conv2DLayer, ['filters'])
export type Conv2D = Conv2DLayer
