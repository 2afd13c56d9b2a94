/** The public namespace `activations`. */
export { exponential, gelu, leakyRelu, linear, relu } from '../activations'
export type { ActivationArgument, ActivationFunction, ActivationName } from '../activations'
export { celu, glu, hardShrink, hardSigmoid, hardSilu, hardTanh } from '../ops/activations'
export { hardSilu as hardSwish, silu as swish } from '../ops/activations'
export { logSigmoid, mish, selu, silu, softShrink, softsign } from '../ops/activations'
export {
  sparsemax,
  sparsePlus,
  sparseSigmoid,
  squareplus,
  tanhShrink,
  threshold,
} from '../ops/activations'
export { elu, logSoftmax, relu6, sigmoid, softmax, softplus, tanh } from '../ops/nn'
