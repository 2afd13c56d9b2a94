/** Convolutions over one or two spatial axes. Source: https://keras.io/api/ops/nn/ */
import { describe, isList, isPositiveInteger, knownOptions, oneOf, perAxis } from '../check'
import { shapeText } from '../array'
import type { DataFormat } from '../data_format'
import { ArgumentError, ShapeError } from '../errors'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { emit, floatTensor, requireLength, requireRank } from './emit'
import { convolvedLengths, imagesOf, imagesSpec } from './spatial'
import type { Images, Padding, PerAxis } from './spatial'

/** Options of {@link ops.depthwiseConv}. */
export interface DepthwiseConvOptions {
  /** Default 1. */
  readonly strides?: PerAxis
  /** 'same' gives ceil(length / stride) results; default 'valid'. */
  readonly padding?: Padding
  /** Distance of the kernel's elements in the input; default 1. */
  readonly dilationRate?: PerAxis
  readonly dataFormat?: DataFormat | null
  /** Added to each channel of the result; shape (channels). */
  readonly bias?: SymbolicTensor | undefined
}

/** Options of {@link ops.conv}. */
export interface ConvOptions extends Omit<DepthwiseConvOptions, 'padding'> {
  /** Also 'causal', on one axis: all padding is in front. */
  readonly padding?: Padding | 'causal'
}

/** Options of {@link ops.convTranspose}. */
export interface ConvTransposeOptions extends DepthwiseConvOptions {
  /** Elements that the result is longer at its end, less than a stride; default: see Keras. */
  readonly outputPadding?: PerAxis | null
}

const OPTIONS = ['strides', 'padding', 'dilationRate', 'dataFormat', 'bias']

interface Window {
  readonly images: Images
  /** Lengths of the kernel. */
  readonly size: readonly number[]
  /** The kernel's last two axes. */
  readonly channels: readonly [number, number]
  readonly strides: readonly number[]
  readonly dilationRate: readonly number[]
  readonly inputs: readonly SymbolicTensor[]
}

function windowOf(
  op: string,
  x: SymbolicTensor,
  kernel: SymbolicTensor,
  options: ConvOptions,
): Window {
  const at = opLocation(op)
  const images = imagesOf(op, x, options.dataFormat)
  const axes = images.lengths.length
  requireRank(op, floatTensor(op, kernel), axes + 2)
  if (!kernel.shape.every(isPositiveInteger)) {
    throw new ShapeError(at, `needs a kernel of known lengths, received ${shapeText(kernel.shape)}`)
  }
  return {
    images,
    size: kernel.shape.slice(0, axes),
    channels: kernel.shape.slice(axes) as [number, number],
    strides: perAxis(at, 'strides', options.strides ?? 1, axes),
    dilationRate: perAxis(at, 'dilationRate', options.dilationRate ?? 1, axes),
    inputs: options.bias === undefined ? [x, kernel] : [x, kernel, options.bias],
  }
}

function requireChannels(
  op: string,
  x: SymbolicTensor,
  kernel: SymbolicTensor,
  expected: number,
  fits: boolean,
): void {
  if (fits) return
  throw new ShapeError(
    opLocation(op),
    `kernel ${shapeText(kernel.shape)} expects ${expected} channels, received an input of shape ${shapeText(x.shape)}`,
  )
}

/**
 * Convolution. x is (batch, steps, in) or (batch, height, width, in), the kernel (steps, in, out) or
 * (rows, columns, in, out). A kernel with a part of x's channels convolves each group of them by
 * itself: its `out` are split among the groups. Padding that can't be halved goes behind.
 */
export function conv(
  x: SymbolicTensor,
  kernel: SymbolicTensor,
  options: ConvOptions = {},
): SymbolicTensor {
  const at = opLocation('conv')
  knownOptions(at, options, OPTIONS)
  const window = windowOf('conv', x, kernel, options)
  const { images, size, strides, dilationRate } = window
  const [kernelChannels, filters] = window.channels
  const paddings = ['same', 'valid', ...(size.length === 1 ? (['causal'] as const) : [])] as const
  const padding = oneOf(at, 'padding', options.padding ?? 'valid', paddings)
  requireChannels('conv', x, kernel, kernelChannels, images.channels % kernelChannels === 0)
  const groups = images.channels / kernelChannels
  if (filters % groups !== 0) {
    throw new ShapeError(
      at,
      `${groups} groups of channels can't share the ${filters} filters of kernel ${shapeText(kernel.shape)}`,
    )
  }
  if (options.bias !== undefined) requireLength('conv', 'bias', options.bias, filters)
  const geometry = { size, strides, padding, dilationRate }
  const lengths = convolvedLengths('conv', x, images.lengths, geometry)
  const attributes = { strides, padding, dilationRate, dataFormat: images.dataFormat }
  return emit('conv', window.inputs, attributes, imagesSpec(x, images, lengths, filters))
}

/**
 * Each channel convolved by itself, with `multiplier` kernels: the kernel is (steps, in, multiplier)
 * or (rows, columns, in, multiplier), the result has in * multiplier channels.
 */
export function depthwiseConv(
  x: SymbolicTensor,
  kernel: SymbolicTensor,
  options: DepthwiseConvOptions = {},
): SymbolicTensor {
  const op = 'depthwiseConv'
  const at = opLocation(op)
  knownOptions(at, options, OPTIONS)
  const window = windowOf(op, x, kernel, options)
  const { images, size, strides, dilationRate } = window
  const [kernelChannels, multiplier] = window.channels
  const padding = oneOf(at, 'padding', options.padding ?? 'valid', ['same', 'valid'])
  requireChannels(op, x, kernel, kernelChannels, images.channels === kernelChannels)
  const channels = kernelChannels * multiplier
  if (options.bias !== undefined) requireLength(op, 'bias', options.bias, channels)
  const geometry = { size, strides, padding, dilationRate }
  const lengths = convolvedLengths(op, x, images.lengths, geometry)
  const attributes = { strides, padding, dilationRate, dataFormat: images.dataFormat }
  return emit(op, window.inputs, attributes, imagesSpec(x, images, lengths, channels))
}

/** A depthwise convolution, then one with a kernel of length 1 that mixes the channels. */
export function separableConv(
  x: SymbolicTensor,
  depthwiseKernel: SymbolicTensor,
  pointwiseKernel: SymbolicTensor,
  options: DepthwiseConvOptions = {},
): SymbolicTensor {
  const at = opLocation('separableConv')
  knownOptions(at, options, OPTIONS)
  const { bias, ...depthwise } = options
  const lengths = floatTensor('separableConv', pointwiseKernel).shape.slice(0, -2)
  if (lengths.some((length) => length !== 1)) {
    throw new ShapeError(
      at,
      `pointwiseKernel must have length 1, received shape ${shapeText(pointwiseKernel.shape)}`,
    )
  }
  const separate = depthwiseConv(x, depthwiseKernel, depthwise)
  return conv(separate, pointwiseKernel, { dataFormat: options.dataFormat ?? null, bias })
}

/** One non-negative number for each axis, less than its stride; null stays. */
export function checkOutputPadding(
  at: string,
  value: unknown,
  strides: readonly number[],
): readonly number[] | null {
  if (value === undefined || value === null) return null
  const list = isList(value) ? value : strides.map(() => value)
  const isPadding = (item: unknown, axis: number): item is number =>
    Number.isSafeInteger(item) && (item as number) >= 0 && (item as number) < (strides[axis] ?? 0)
  if (list.length === strides.length && list.every(isPadding)) return [...list]
  throw new ArgumentError(
    at,
    `outputPadding must be non-negative and less than the strides ${describe(strides)}, received ${describe(value)}`,
  )
}

/** Source: keras.src.backend.common.backend_utils._get_output_shape_given_tf_padding */
function transposedLength(
  length: number,
  reach: number,
  stride: number,
  padding: Padding,
  outputPadding: number | undefined,
): number {
  if (padding === 'valid') {
    return (length - 1) * stride + reach + (outputPadding ?? Math.max(stride - reach, 0))
  }
  if (outputPadding === undefined) return length * stride
  return (length - 1) * stride + (reach % 2) + outputPadding
}

/**
 * The transpose of a convolution, as in TensorFlow: what a convolution with these options and a
 * kernel (rows, columns, out, in) would have to see for gradients of x's shape. 'same' gives
 * length * stride results; of what overlaps, the larger half goes at the end.
 */
export function convTranspose(
  x: SymbolicTensor,
  kernel: SymbolicTensor,
  options: ConvTransposeOptions = {},
): SymbolicTensor {
  const op = 'convTranspose'
  const at = opLocation(op)
  knownOptions(at, options, [...OPTIONS, 'outputPadding'])
  const window = windowOf(op, x, kernel, options)
  const { images, size, strides, dilationRate } = window
  const [filters, kernelChannels] = window.channels
  const padding = oneOf(at, 'padding', options.padding ?? 'valid', ['same', 'valid'])
  const outputPadding = checkOutputPadding(at, options.outputPadding, strides)
  requireChannels(op, x, kernel, kernelChannels, images.channels === kernelChannels)
  if (options.bias !== undefined) requireLength(op, 'bias', options.bias, filters)
  const lengths = images.lengths.map((length, axis) => {
    if (length === null) return null
    const reach = ((size[axis] as number) - 1) * (dilationRate[axis] as number) + 1
    const stride = strides[axis] as number
    return transposedLength(length, reach, stride, padding, outputPadding?.[axis])
  })
  if (lengths.includes(0)) {
    throw new ShapeError(at, `nothing would be left of the input ${shapeText(x.shape)}`)
  }
  const attributes = {
    strides,
    padding,
    dilationRate,
    outputPadding: outputPadding ?? [],
    dataFormat: images.dataFormat,
  }
  return emit(op, window.inputs, attributes, imagesSpec(x, images, lengths, filters))
}
