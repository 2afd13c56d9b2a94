/** Ops of neural networks. Images are channels last: (batch, height, width, channels). */
import type { Attributes } from '../../binding'
import { shapeText } from '../array'
import { boolean, finiteNumber, knownOptions, oneOf, pair } from '../check'
import { ShapeError } from '../errors'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { emit, emitMany, floatTensor, oneAxis, requireRank } from './emit'
import { exp, sub } from './math'
import { logsumexp } from './reduce'

export type Padding = 'same' | 'valid'

function requireLength(op: string, name: string, x: SymbolicTensor, length: number | null): void {
  if (floatTensor(op, x).rank !== 1 || x.shape[0] !== length) {
    throw new ShapeError(
      opLocation(op),
      `${name} must have shape ${shapeText([length])}, received ${shapeText(x.shape)}`,
    )
  }
}

/** `x @ kernel (+ bias)` over the last axis of x: (..., k) and (k, n) give (..., n). */
export function dense(
  x: SymbolicTensor,
  kernel: SymbolicTensor,
  bias?: SymbolicTensor,
): SymbolicTensor {
  requireRank('dense', floatTensor('dense', kernel), 2)
  const [inner, units] = kernel.shape as [number | null, number | null]
  if (floatTensor('dense', x).rank < 2 || x.shape.at(-1) !== inner) {
    throw new ShapeError(
      opLocation('dense'),
      `last axis of ${shapeText(x.shape)} must equal first axis of ${shapeText(kernel.shape)}`,
    )
  }
  if (bias) requireLength('dense', 'bias', bias, units)
  const shape = [...x.shape.slice(0, -1), units]
  return emit('dense', bias ? [x, kernel, bias] : [x, kernel], {}, { shape, dtype: x.dtype })
}

/** Length of one axis after a convolution or pooling. Keras: 'same' gives ceil(n / stride). */
export function convolvedLength(
  length: number | null,
  kernel: number,
  stride: number,
  padding: Padding,
  dilation = 1,
): number | null {
  if (length === null) return null
  return padding === 'same'
    ? Math.ceil(length / stride)
    : Math.floor((length - (kernel - 1) * dilation - 1) / stride) + 1
}

/**
 * 2-D convolution. x is (batch, height, width, in), kernel (rows, columns, in, out), bias (out).
 * With 'same', padding that can't be halved goes to the bottom and the right.
 */
export function conv2d(
  x: SymbolicTensor,
  kernel: SymbolicTensor,
  options: {
    readonly strides: readonly [number, number]
    readonly padding: Padding
    readonly dilations?: readonly [number, number]
    readonly bias?: SymbolicTensor
  },
): SymbolicTensor {
  requireRank('conv2d', floatTensor('conv2d', x), 4)
  requireRank('conv2d', floatTensor('conv2d', kernel), 4)
  const at = opLocation('conv2d')
  knownOptions(at, options, ['strides', 'padding', 'dilations', 'bias'])
  const strides = pair(at, 'strides', options.strides)
  const dilations = pair(at, 'dilations', options.dilations ?? [1, 1])
  const padding = oneOf(at, 'padding', options.padding, ['same', 'valid'])
  const { bias } = options
  const [batch, height, width, channels] = x.shape as [number | null, number, number, number]
  const [rows, columns, kernelChannels, filters] = kernel.shape as [number, number, number, number]
  if (channels !== kernelChannels) {
    throw new ShapeError(
      opLocation('conv2d'),
      `kernel ${shapeText(kernel.shape)} expects ${kernelChannels} channels, received an input of shape ${shapeText(x.shape)}`,
    )
  }
  if (bias) requireLength('conv2d', 'bias', bias, filters)
  const outHeight = convolvedLength(height, rows, strides[0], padding, dilations[0])
  const outWidth = convolvedLength(width, columns, strides[1], padding, dilations[1])
  if ((outHeight !== null && outHeight < 1) || (outWidth !== null && outWidth < 1)) {
    throw new ShapeError(
      opLocation('conv2d'),
      `input ${shapeText(x.shape)} is smaller than the kernel ${shapeText([rows, columns])}`,
    )
  }
  return emit(
    'conv2d',
    bias ? [x, kernel, bias] : [x, kernel],
    { strides, padding, dilations },
    {
      shape: [batch, outHeight, outWidth, filters],
      dtype: x.dtype,
    },
  )
}

/** Repeats rows and columns: (batch, height, width, channels) times `size`. */
export function upSampleNearest(
  x: SymbolicTensor,
  size: readonly [number, number],
): SymbolicTensor {
  requireRank('upSampleNearest', floatTensor('upSampleNearest', x), 4)
  const factors = pair(opLocation('upSampleNearest'), 'size', size)
  const [batch, height, width, channels] = x.shape as [number | null, number, number, number]
  const times = (length: number | null, factor: number): number | null =>
    length === null ? null : length * factor
  return emit(
    'upSampleNearest',
    [x],
    { size: factors },
    {
      shape: [batch, times(height, factors[0]), times(width, factors[1]), channels],
      dtype: x.dtype,
    },
  )
}

export interface AffineOptions {
  /** Multiplies the normalised values; shape (channels). */
  readonly gamma?: SymbolicTensor
  /** Added at the end; shape (channels). */
  readonly beta?: SymbolicTensor
  readonly epsilon: number
}

function affine(
  op: string,
  x: SymbolicTensor,
  options: AffineOptions,
): [SymbolicTensor[], Attributes] {
  knownOptions(opLocation(op), options, ['gamma', 'beta', 'epsilon'])
  const { gamma, beta, epsilon } = options
  finiteNumber(opLocation(op), 'epsilon', epsilon)
  const channels = floatTensor(op, x).shape.at(-1) ?? null
  if (gamma) requireLength(op, 'gamma', gamma, channels)
  if (beta) requireLength(op, 'beta', beta, channels)
  const inputs = [gamma, beta].filter((item) => item !== undefined)
  return [inputs, { scale: gamma !== undefined, center: beta !== undefined, epsilon }]
}

/**
 * Normalises every channel (the last axis) with the mean and the biased variance of this batch.
 * Also gives both, each of shape (channels).
 */
export function batchNormTraining(
  x: SymbolicTensor,
  options: AffineOptions,
): { y: SymbolicTensor; mean: SymbolicTensor; variance: SymbolicTensor } {
  const [inputs, attributes] = affine('batchNormTraining', x, options)
  const statistics = { shape: [x.shape.at(-1) ?? null], dtype: 'float32' } as const
  const [y, mean, variance] = emitMany('batchNormTraining', [x, ...inputs], attributes, [
    x,
    statistics,
    statistics,
  ]) as [SymbolicTensor, SymbolicTensor, SymbolicTensor]
  return { y, mean, variance }
}

/** Normalises every channel (the last axis) with the given mean and variance. */
export function batchNormInference(
  x: SymbolicTensor,
  mean: SymbolicTensor,
  variance: SymbolicTensor,
  options: AffineOptions,
): SymbolicTensor {
  const [inputs, attributes] = affine('batchNormInference', x, options)
  return emit('batchNormInference', [x, mean, variance, ...inputs], attributes, x)
}

function activation(op: string) {
  return (x: SymbolicTensor): SymbolicTensor => emit(op, [floatTensor(op, x)], {}, x)
}

export const relu = activation('relu')
export const relu6 = activation('relu6')
export const sigmoid = activation('sigmoid')
export const tanh = activation('tanh')
export const softplus = activation('softplus')
/**
 * x * P(X <= x) for a normal X, exact or (default, as in Keras's ops) approximated by tanh.
 * Source: Hendrycks and Gimpel (2016).
 */
export function gelu(x: SymbolicTensor, approximate = true): SymbolicTensor {
  boolean(opLocation('gelu'), 'approximate', approximate)
  return emit('gelu', [floatTensor('gelu', x)], { approximate }, x)
}

function overAxis(op: string, x: SymbolicTensor, axis: number): SymbolicTensor {
  return emit(op, [floatTensor(op, x)], { axis: oneAxis(op, x.rank, axis) }, x)
}

/** `exp(x) / sum(exp(x))` over one axis or several. */
export function softmax(x: SymbolicTensor, axis: number | readonly number[] = -1): SymbolicTensor {
  return typeof axis === 'number' ? overAxis('softmax', x, axis) : exp(logSoftmax(x, axis))
}

/** `log(softmax(x))`, exact where that would be 0. */
export function logSoftmax(
  x: SymbolicTensor,
  axis: number | readonly number[] = -1,
): SymbolicTensor {
  if (typeof axis === 'number') return overAxis('logSoftmax', x, axis)
  return sub(x, logsumexp(floatTensor('logSoftmax', x), axis, true))
}

/** x where it is positive, `alpha * (exp(x) - 1)` elsewhere. */
export function elu(x: SymbolicTensor, alpha = 1): SymbolicTensor {
  finiteNumber(opLocation('elu'), 'alpha', alpha)
  return emit('elu', [floatTensor('elu', x)], { alpha }, x)
}

/** x where it is positive, `slope * x` elsewhere. */
export function leakyRelu(x: SymbolicTensor, slope = 0.2): SymbolicTensor {
  finiteNumber(opLocation('leakyRelu'), 'slope', slope)
  return emit('leakyRelu', [floatTensor('leakyRelu', x)], { slope }, x)
}
