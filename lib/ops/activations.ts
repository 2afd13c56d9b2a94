/** Activations made of other ops. Source: https://keras.io/api/layers/activations/ */
import { shapeText } from '../array'
import { finiteNumber, positiveNumber } from '../check'
import { ShapeError } from '../errors'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { greater, greaterEqual, less, where } from './compare'
import { arange } from './create'
import { cast } from './dtypes'
import { floatTensor, oneAxis } from './emit'
import { split } from './join'
import { abs, add, clip, div, mul, neg, sqrt, square, sub } from './math'
import { elu, relu, relu6, sigmoid, softplus, tanh } from './nn'
import { sum } from './reduce'
import { reshape } from './shape'
import { cumsum, sort } from './sort'

/** Source: Klambauer et al. (2017). */
export function selu(x: SymbolicTensor): SymbolicTensor {
  const scaled = where(greater(0, x), elu(x, 1.6732632423543772), x)
  return mul(scaled, 1.0507009873554805)
}

/** x * sigmoid(x), also called swish. */
export function silu(x: SymbolicTensor): SymbolicTensor {
  return mul(x, sigmoid(x))
}

/** x * tanh(softplus(x)). */
export function mish(x: SymbolicTensor): SymbolicTensor {
  return mul(x, tanh(softplus(x)))
}

/** `clip(x / 6 + 0.5, 0, 1)`. */
export function hardSigmoid(x: SymbolicTensor): SymbolicTensor {
  return div(relu6(add(x, 3)), 6)
}

/** `x / (1 + abs(x))`. */
export function softsign(x: SymbolicTensor): SymbolicTensor {
  return div(x, add(abs(x), 1))
}

/** x where it is positive, `alpha * (exp(x / alpha) - 1)` elsewhere. Source: Barron (2017). */
export function celu(x: SymbolicTensor, alpha = 1): SymbolicTensor {
  positiveNumber(opLocation('celu'), 'alpha', alpha)
  return alpha === 1 ? elu(x) : mul(elu(div(floatTensor('celu', x), alpha)), alpha)
}

/** `a * sigmoid(b)` of the two halves of x along `axis`. Source: Dauphin et al. (2017). */
export function glu(x: SymbolicTensor, axis = -1): SymbolicTensor {
  const place = oneAxis('glu', floatTensor('glu', x).rank, axis)
  const length = x.shape[place]
  if (typeof length !== 'number' || length % 2 !== 0) {
    throw new ShapeError(
      opLocation('glu'),
      `axis ${axis} of ${shapeText(x.shape)} must have an even length`,
    )
  }
  const [values, gates] = split(x, 2, place) as [SymbolicTensor, SymbolicTensor]
  return mul(values, sigmoid(gates))
}

/** x * hardSigmoid(x), also called hard swish. Source: Howard et al. (2019). */
export function hardSilu(x: SymbolicTensor): SymbolicTensor {
  return mul(x, hardSigmoid(x))
}

/** x limited to -1..1. */
export function hardTanh(x: SymbolicTensor): SymbolicTensor {
  return clip(floatTensor('hardTanh', x), -1, 1)
}

/** x where its absolute value is above the threshold, 0 elsewhere. */
export function hardShrink(x: SymbolicTensor, threshold = 0.5): SymbolicTensor {
  finiteNumber(opLocation('hardShrink'), 'threshold', threshold)
  return where(greater(abs(floatTensor('hardShrink', x)), threshold), x, 0)
}

/** x moved towards 0 by the threshold, 0 where it would pass it. */
export function softShrink(x: SymbolicTensor, threshold = 0.5): SymbolicTensor {
  finiteNumber(opLocation('softShrink'), 'threshold', threshold)
  const below = where(less(floatTensor('softShrink', x), -threshold), add(x, threshold), 0)
  return where(greater(x, threshold), sub(x, threshold), below)
}

/** x - tanh(x). */
export function tanhShrink(x: SymbolicTensor): SymbolicTensor {
  return sub(x, tanh(x))
}

/** x where it is above the threshold, `defaultValue` elsewhere. */
export function threshold(x: SymbolicTensor, limit: number, defaultValue: number): SymbolicTensor {
  finiteNumber(opLocation('threshold'), 'threshold', limit)
  finiteNumber(opLocation('threshold'), 'defaultValue', defaultValue)
  return where(greater(floatTensor('threshold', x), limit), x, defaultValue)
}

/** log(sigmoid(x)), exact where that would be 0. */
export function logSigmoid(x: SymbolicTensor): SymbolicTensor {
  return neg(softplus(neg(floatTensor('logSigmoid', x))))
}

/** 0 up to -1, `(x + 1)^2 / 4` up to 1, then x. */
export function sparsePlus(x: SymbolicTensor): SymbolicTensor {
  const inner = mul(square(add(floatTensor('sparsePlus', x), 1)), 0.25)
  return where(greater(x, -1), where(less(x, 1), inner, x), 0)
}

/** 0 up to -1, `(x + 1) / 2` up to 1, then 1. Source: Blondel et al. (2019). */
export function sparseSigmoid(x: SymbolicTensor): SymbolicTensor {
  const inner = mul(add(floatTensor('sparseSigmoid', x), 1), 0.5)
  return where(greater(x, -1), where(greaterEqual(x, 1), 1, inner), 0)
}

/** `(x + sqrt(x^2 + b)) / 2`. Source: Barron (2021). */
export function squareplus(x: SymbolicTensor, b = 4): SymbolicTensor {
  finiteNumber(opLocation('squareplus'), 'b', b)
  return mul(add(x, sqrt(add(square(floatTensor('squareplus', x)), b))), 0.5)
}

/**
 * The nearest point to x among those that are not negative and add up to 1 along `axis`; many are
 * exactly 0. Keras 3.15 adds up running sums where the values belong, so that its results don't add
 * up to 1; this is the paper's. Source: Martins and Astudillo (2016).
 */
export function sparsemax(x: SymbolicTensor, axis = -1): SymbolicTensor {
  const place = oneAxis('sparsemax', floatTensor('sparsemax', x).rank, axis)
  const length = x.shape[place]
  if (typeof length !== 'number') {
    throw new ShapeError(
      opLocation('sparsemax'),
      `axis ${axis} of ${shapeText(x.shape)} is unknown`,
    )
  }
  const descending = neg(sort(neg(x), place))
  const sums = cumsum(descending, place)
  const lengths = x.shape.map((_, i) => (i === place ? length : 1))
  const counts = reshape(arange(1, length + 1, 1, x.dtype), lengths)
  const isInside = greater(sub(descending, div(sub(sums, 1), counts)), 0)
  const count = sum(cast(isInside, x.dtype), place, true)
  const limit = div(sub(sum(where(isInside, descending, 0), place, true), 1), count)
  return relu(sub(x, limit))
}
