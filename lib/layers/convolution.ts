/** What all convolutions share: the geometry of their windows, and where channels stand. */
import { shapeText } from '../array'
import { describe, oneOf, perAxis } from '../check'
import { resolveDataFormat, type DataFormat } from '../data_format'
import { ArgumentError, ShapeError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import type { PerAxis } from '../ops/spatial'
import { requireImages } from './image_layer'
import { KernelLayer, type BiasedLayerOptions } from './kernel_layer'

/** One number per axis of a sequence, as an option takes it. */
export type Size1D = number | readonly [number]
/** One number for rows and columns, or [rows, columns]. */
export type Size2D = number | readonly [number, number]

/** Options of every convolution. */
export interface ConvolutionOptions<
  Size extends PerAxis,
  Pad extends string = 'same' | 'valid',
> extends BiasedLayerOptions {
  /** Lengths of the kernel. */
  readonly kernelSize: Size
  /** Default 1. */
  readonly strides?: Size
  /** 'same' keeps ceil(length / stride); default 'valid'. */
  readonly padding?: Pad
  /** Default: `setImageDataFormat`'s, at first 'channels_last'. */
  readonly dataFormat?: DataFormat | null
  /** Distance of the kernel's elements in the input; default 1. */
  readonly dilationRate?: Size
}

const OPTIONS = ['kernelSize', 'strides', 'padding', 'dataFormat', 'dilationRate']

/** How a family of convolutions differs from the others. */
export interface ConvolutionKind<Pad extends string> {
  readonly className: string
  /** 1 for sequences, 2 for images. */
  readonly axes: number
  readonly own: readonly string[]
  readonly paddings: readonly Pad[]
  /** The prefixes of its kernels' options. */
  readonly kernels?: readonly string[]
}

export abstract class Convolution<Pad extends string = 'same' | 'valid'> extends KernelLayer {
  readonly kernelSize: readonly number[]
  readonly strides: readonly number[]
  readonly padding: Pad
  readonly dataFormat: DataFormat
  readonly dilationRate: readonly number[]
  protected readonly axes: number

  constructor(kind: ConvolutionKind<Pad>, options: ConvolutionOptions<PerAxis, Pad>) {
    super(kind.className, options, [...kind.own, ...OPTIONS], kind.kernels)
    const { axes, paddings } = kind
    this.axes = axes
    this.kernelSize = perAxis(this.label, 'kernelSize', options.kernelSize, axes)
    this.strides = perAxis(this.label, 'strides', options.strides ?? 1, axes)
    this.padding = oneOf(this.label, 'padding', options.padding ?? 'valid', paddings)
    this.dataFormat = resolveDataFormat(this.label, options.dataFormat)
    this.dilationRate = perAxis(this.label, 'dilationRate', options.dilationRate ?? 1, axes)
  }

  /** As Keras, for the convolutions where it does so. */
  protected refuseStridesWithDilation(): void {
    if (Math.max(...this.strides) === 1 || Math.max(...this.dilationRate) === 1) return
    throw new ArgumentError(
      this.label,
      `takes strides or dilationRate above 1, received ${describe(this.strides)} and ${describe(this.dilationRate)}`,
    )
  }

  /** For `build`: how many channels the images have. */
  protected channelsOf(x: SymbolicTensor): number {
    requireImages(this.label, x, this.axes, this.dataFormat)
    const channels = x.shape[this.dataFormat === 'channels_last' ? x.rank - 1 : 1]
    if (typeof channels === 'number') return channels
    throw new ShapeError(
      this.label,
      `needs a known number of channels, received ${shapeText(x.shape)}`,
    )
  }

  /** How kernels lie in memory: last axis first, then the spatial ones, as libtorch wants them. */
  protected get kernelOrder(): readonly number[] {
    const spatial = this.kernelSize.map((_, axis) => axis)
    return [this.axes + 1, ...spatial, this.axes]
  }

  /** What the ops of all convolutions take. */
  protected get window(): {
    readonly strides: readonly number[]
    readonly dilationRate: readonly number[]
    readonly dataFormat: DataFormat
    readonly padding: Pad
    readonly bias: SymbolicTensor | undefined
  } {
    const { strides, padding, dilationRate, dataFormat, biasTensor: bias } = this
    return { strides, padding, dilationRate, dataFormat, bias }
  }

  override getConfig(): Record<string, unknown> {
    const { kernelSize, strides, padding, dataFormat, dilationRate } = this
    return { ...super.getConfig(), kernelSize, strides, padding, dataFormat, dilationRate }
  }
}
