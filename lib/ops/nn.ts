/** Ops of neural networks: dense layers, normalisation, activations. */
import type { Attributes } from '../../binding'
import { shapeText } from '../array'
import { boolean, finiteNumber, knownOptions } from '../check'
import { ShapeError } from '../errors'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { emit, emitMany, floatTensor, oneAxis, requireLength, requireRank } from './emit'
import { exp, sub } from './math'
import { logsumexp } from './reduce'

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
  if (bias !== undefined) requireLength('dense', 'bias', bias, units)
  const shape = [...x.shape.slice(0, -1), units]
  return emit('dense', bias ? [x, kernel, bias] : [x, kernel], {}, { shape, dtype: x.dtype })
}

/** What a normalisation multiplies and adds afterwards. */
export interface AffineOptions {
  /** Multiplies the normalised values; shape (channels). */
  readonly gamma?: SymbolicTensor
  /** Added at the end; shape (channels). */
  readonly beta?: SymbolicTensor
  readonly epsilon: number
}

/** The length of the last axis. */
function channelsOf(op: string, x: SymbolicTensor): number | null {
  const channels = floatTensor(op, x).shape.at(-1)
  if (channels !== undefined) return channels
  throw new ShapeError(opLocation(op), 'expects a tensor with an axis of channels, received ()')
}

function affine(
  op: string,
  x: SymbolicTensor,
  options: AffineOptions,
): [SymbolicTensor[], Attributes] {
  knownOptions(opLocation(op), options, ['gamma', 'beta', 'epsilon'])
  const { gamma, beta, epsilon } = options
  finiteNumber(opLocation(op), 'epsilon', epsilon)
  const channels = channelsOf(op, x)
  if (gamma !== undefined) requireLength(op, 'gamma', gamma, channels)
  if (beta !== undefined) requireLength(op, 'beta', beta, channels)
  const inputs = [gamma, beta].filter((item) => item !== undefined)
  return [inputs, { scale: gamma !== undefined, center: beta !== undefined, epsilon }]
}

/**
 * Normalises every channel (the last axis) with the mean and the biased variance of this batch.
 * Also gives both, each of shape (channels). It computes in float32, whatever x is of.
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

/**
 * Normalises every channel (the last axis) with the given mean and variance. It computes in float32,
 * whatever x is of.
 */
export function batchNormInference(
  x: SymbolicTensor,
  mean: SymbolicTensor,
  variance: SymbolicTensor,
  options: AffineOptions,
): SymbolicTensor {
  const op = 'batchNormInference'
  const [inputs, attributes] = affine(op, x, options)
  requireLength(op, 'mean', mean, channelsOf(op, x))
  requireLength(op, 'variance', variance, channelsOf(op, x))
  return emit(op, [x, mean, variance, ...inputs], attributes, x)
}

function activation(op: string) {
  return (x: SymbolicTensor): SymbolicTensor => emit(op, [floatTensor(op, x)], {}, x)
}

/** `max(x, 0)`. @function */
export const relu = activation('relu')
/** `min(max(x, 0), 6)`. @function */
export const relu6 = activation('relu6')
/** `1 / (1 + exp(-x))`. @function */
export const sigmoid = activation('sigmoid')
/** The hyperbolic tangent. @function */
export const tanh = activation('tanh')
/** `log(1 + exp(x))`. @function */
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
