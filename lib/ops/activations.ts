/** Activations made of other ops. Source: https://keras.io/api/layers/activations/ */
import type { SymbolicTensor } from '../graph/tensor'
import { greater, where } from './compare'
import { abs, add, div, mul } from './math'
import { elu, relu6, sigmoid, softplus, tanh } from './nn'

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

export function hardSigmoid(x: SymbolicTensor): SymbolicTensor {
  return div(relu6(add(x, 3)), 6)
}

export function softsign(x: SymbolicTensor): SymbolicTensor {
  return div(x, add(abs(x), 1))
}
