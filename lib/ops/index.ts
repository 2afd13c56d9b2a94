/** `ops`: what layers, losses and metrics are made of. */
export { abs, add, cast, clip, constant, copy, div, equal, erfinv, exp, greater, log } from './math'
export { maximum, minimum, mul, neg, sqrt, square, sub, where, type Operand } from './math'
export { batchNormInference, batchNormTraining, conv2d, dropout, elu, gelu, leakyRelu } from './nn'
export { hardSigmoid, mish, selu, silu, softsign } from './activations'
export {
  matmul,
  relu,
  relu6,
  sigmoid,
  softmax,
  softplus,
  tanh,
  upSampleNearest,
  type Padding,
} from './nn'
export { argmax, mean, sum } from './reduce'
export { eye, orthonormalize } from './matrix'
export { pad, reshapeItems, transpose } from './shape'
export { fill, randomNormal, randomUniform, truncatedNormal, type RandomKey } from './random'
export { gradients } from './gradients'
