import { boolean, oneOf, pair, positiveInteger } from '../check'
import { ShapeError } from '../errors'
import { shapeText } from '../array'
import { resolveActivation, type ActivationArgument, type ActivationFunction } from '../activations'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import { resolveInitializer, type Initializer, type InitializerName } from '../initializers'
import { conv2d, type Padding } from '../ops/nn'
import { callableClass } from './callable'
import { checkLayerOptions, Layer, type LayerOptions } from './layer'

export interface Conv2DOptions extends LayerOptions {
  /** Rows and columns of the kernel. */
  readonly kernelSize: number | readonly [number, number]
  /** Default 1. */
  readonly strides?: number | readonly [number, number]
  /** 'same' keeps ceil(length / stride); default 'valid'. */
  readonly padding?: Padding
  /** Distance of the kernel's rows and columns in the input; default 1. */
  readonly dilationRate?: number | readonly [number, number]
  /** Default 'linear'. */
  readonly activation?: ActivationArgument
  /** Default true. */
  readonly useBias?: boolean
  /** Default 'glorot_uniform'. */
  readonly kernelInitializer?: InitializerName | Initializer
  /** Default 'zeros'. */
  readonly biasInitializer?: InitializerName | Initializer
}

const OPTIONS = [
  'kernelSize',
  'strides',
  'padding',
  'dilationRate',
  'activation',
  'useBias',
  'kernelInitializer',
  'biasInitializer',
]

/** Kernels lie in memory as (out, rows, columns, in), the form that channels-last kernels want. */
const KERNEL_ORDER = [3, 0, 1, 2]

class Conv2DLayer extends Layer {
  readonly filters: number
  readonly kernelSize: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly padding: Padding
  readonly dilationRate: readonly [number, number]
  readonly useBias: boolean
  private readonly activation: ActivationFunction
  private readonly options: Conv2DOptions
  private kernel!: Weight
  private bias: Weight | undefined

  constructor(filters: number, options: Conv2DOptions) {
    checkLayerOptions('Conv2D', options, OPTIONS)
    super(options)
    this.filters = positiveInteger(this.label, 'filters', filters)
    this.kernelSize = pair(this.label, 'kernelSize', options.kernelSize)
    this.strides = pair(this.label, 'strides', options.strides ?? 1)
    this.padding = oneOf(this.label, 'padding', options.padding ?? 'valid', ['same', 'valid'])
    this.dilationRate = pair(this.label, 'dilationRate', options.dilationRate ?? 1)
    this.useBias = boolean(this.label, 'useBias', options.useBias ?? true)
    this.activation = resolveActivation(this.label, options.activation ?? 'linear')
    this.options = options
  }

  override build(x: SymbolicTensor): void {
    if (x.rank !== 4) {
      throw new ShapeError(
        this.label,
        `expects images of shape (batch, height, width, channels), received ${shapeText(x.shape)}`,
      )
    }
    const { kernelInitializer = 'glorot_uniform', biasInitializer = 'zeros' } = this.options
    this.kernel = this.addWeight(
      'kernel',
      [...this.kernelSize, this.lastAxis(x), this.filters],
      resolveInitializer(this.label, 'kernelInitializer', kernelInitializer),
      { order: KERNEL_ORDER },
    )
    if (!this.useBias) return
    this.bias = this.addWeight(
      'bias',
      [this.filters],
      resolveInitializer(this.label, 'biasInitializer', biasInitializer),
    )
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const { strides, padding, dilationRate: dilations } = this
    const bias = this.bias?.tensor
    return this.activation(conv2d(x, this.kernel.tensor, { strides, padding, dilations, bias }))
  }

  override getConfig(): Record<string, unknown> {
    const { filters, kernelSize, strides, padding, dilationRate, useBias } = this
    const { activation = 'linear', kernelInitializer, biasInitializer } = this.options
    const own = { filters, kernelSize, strides, padding, dilationRate, activation, useBias }
    return { ...super.getConfig(), ...own, kernelInitializer, biasInitializer }
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
export const Conv2D = callableClass('Conv2D', Conv2DLayer)
export type Conv2D = Conv2DLayer
