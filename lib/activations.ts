/** Activation functions by their Keras names. Source: https://keras.io/api/layers/activations/ */
import { entryNamed } from './check'
import type { SymbolicTensor } from './graph/tensor'
import { hardSigmoid, mish, selu, silu, softsign } from './ops/activations'
import { exp } from './ops/math'
import { elu, gelu, leakyRelu, relu, relu6, sigmoid, softmax, softplus, tanh } from './ops/nn'

export type ActivationFunction = (x: SymbolicTensor) => SymbolicTensor

const BY_NAME = {
  linear: (x: SymbolicTensor) => x,
  relu,
  sigmoid,
  tanh,
  softmax,
  softplus,
  softsign,
  elu: (x: SymbolicTensor) => elu(x),
  selu,
  gelu,
  silu,
  swish: silu,
  mish,
  relu6,
  hard_sigmoid: hardSigmoid,
  exponential: exp,
  leaky_relu: (x: SymbolicTensor) => leakyRelu(x, 0.2),
} as const

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
