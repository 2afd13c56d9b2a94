/** `ops`: what layers, losses and metrics are made of. */
import './methods'

export * from './math'
export * from './compare'
export { cast, constant, type Operand } from './dtypes'
export * from './reduce'
export { broadcastTo, expandDims, moveaxis, ravel, reshape, reshapeItems } from './shape'
export { shape, squeeze, swapaxes, transpose, type Length, type ShapeLike } from './shape'
export * from './join'
export * from './arrange'
export * from './gather'
export * from './create'
export { eye, matmul, orthonormalize } from './matrix'
export { batchNormInference, batchNormTraining, conv2d, elu, gelu, leakyRelu } from './nn'
export { averagePool, maxPool, type PoolOptions } from './pool'
export * from './activations'
export {
  dense,
  logSoftmax,
  relu,
  relu6,
  sigmoid,
  softmax,
  softplus,
  tanh,
  upSampleNearest,
  type Padding,
} from './nn'
export { bernoulli, categorical, dropout, randint, randomNormal } from './random'
export { randomUniform, shuffle, type DropoutOptions } from './random'
export { truncatedNormal, type NormalOptions, type RandomKey, type UniformOptions } from './random'
export { gradients, stopGradient } from './gradients'
export * from './sort'
export * from './contract'
