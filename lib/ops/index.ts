/** `ops`: what layers, losses and metrics are made of. */
export { abs, add, cast, clip, constant, copy, div, equal, exp, greater, log } from './math'
export { maximum, minimum, mul, neg, sqrt, square, sub, type Operand } from './math'
export { batchNormInference, batchNormTraining, conv2d, dropout, elu, leakyRelu } from './nn'
export { matmul, relu, sigmoid, softmax, softplus, tanh, upSampleNearest, type Padding } from './nn'
export { mean, sum } from './reduce'
export { pad, reshapeItems } from './shape'
export { fill, randomNormal, randomUniform, type RandomKey } from './random'
export { gradients } from './gradients'
