/** Activation functions by their Keras names. Source: https://keras.io/api/layers/activations/ */
import { entryNamed, fail, finiteNumber } from './check'
import { opLocation } from './graph/scope'
import type { SymbolicTensor } from './graph/tensor'
import * as made from './ops/activations'
import { greater, where } from './ops/compare'
import { add, clip, exp, mul, neg, sub } from './ops/math'
import * as nn from './ops/nn'

/** An activation of your own: a function over `ops`. */
export type ActivationFunction = (x: SymbolicTensor) => SymbolicTensor

/** x itself. */
export function linear(x: SymbolicTensor): SymbolicTensor {
  return x
}

/**
 * x above `threshold` and `negativeSlope * (x - threshold)` below, at most `maxValue` (null: no
 * limit).
 */
export function relu(
  x: SymbolicTensor,
  negativeSlope = 0,
  maxValue: number | null = null,
  threshold = 0,
): SymbolicTensor {
  const at = opLocation('relu')
  finiteNumber(at, 'negativeSlope', negativeSlope)
  finiteNumber(at, 'threshold', threshold)
  if (maxValue !== null && !(finiteNumber(at, 'maxValue', maxValue) >= 0)) {
    fail(at, 'maxValue', 'null or a non-negative number', maxValue)
  }
  if (maxValue === null && threshold === 0) {
    return negativeSlope === 0 ? nn.relu(x) : nn.leakyRelu(x, negativeSlope)
  }
  const positive = threshold === 0 ? nn.relu(x) : where(greater(x, threshold), x, 0)
  const limited = maxValue === null ? positive : clip(positive, 0, maxValue)
  if (negativeSlope === 0) return limited
  return sub(limited, mul(nn.relu(add(neg(x), threshold)), negativeSlope))
}

/** x where it is positive, `negativeSlope * x` elsewhere. */
export function leakyRelu(x: SymbolicTensor, negativeSlope = 0.2): SymbolicTensor {
  return nn.leakyRelu(x, negativeSlope)
}

/** x * P(X <= x) for a normal X, exact unless `approximate`. Hendrycks and Gimpel (2016). */
export function gelu(x: SymbolicTensor, approximate = false): SymbolicTensor {
  return nn.gelu(x, approximate)
}

/** exp(x). */
export function exponential(x: SymbolicTensor): SymbolicTensor {
  return exp(x)
}

const BY_NAME = {
  linear,
  relu,
  sigmoid: nn.sigmoid,
  tanh: nn.tanh,
  softmax: nn.softmax,
  softplus: nn.softplus,
  softsign: made.softsign,
  elu: nn.elu,
  selu: made.selu,
  gelu,
  silu: made.silu,
  swish: made.silu,
  mish: made.mish,
  relu6: nn.relu6,
  hard_sigmoid: made.hardSigmoid,
  exponential,
  leaky_relu: leakyRelu,
  celu: made.celu,
  glu: made.glu,
  hard_shrink: made.hardShrink,
  hard_silu: made.hardSilu,
  hard_swish: made.hardSilu,
  hard_tanh: made.hardTanh,
  log_sigmoid: made.logSigmoid,
  log_softmax: nn.logSoftmax,
  soft_shrink: made.softShrink,
  sparse_plus: made.sparsePlus,
  sparse_sigmoid: made.sparseSigmoid,
  sparsemax: made.sparsemax,
  squareplus: made.squareplus,
  tanh_shrink: made.tanhShrink,
} as const

/** An activation by its Keras name. */
export type ActivationName = keyof typeof BY_NAME

/** What `activation` options take: a Keras name or a function over ops. */
export type ActivationArgument = ActivationName | ActivationFunction

/** An activation from its name, or the function itself. */
export function resolveActivation(where: string, value: ActivationArgument): ActivationFunction {
  if (typeof value === 'function') return value
  return entryNamed<ActivationFunction>(where, 'activation', value, BY_NAME, 'a function')
}

/** The Keras name of one of the functions above. */
export function activationName(value: unknown): ActivationName | undefined {
  const names = Object.keys(BY_NAME) as ActivationName[]
  return names.find((name) => BY_NAME[name] === value)
}
