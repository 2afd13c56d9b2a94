/** gantorch: GAN training for Node.js. Everything public is exported here, and nothing else. */
export { NDArray, type ArrayLike, type DType, type NestedNumbers, type TypedArray } from './array'
export { Generator, random } from './random'
export { setRandomSeed } from './seed'
export * from './errors'

export * as ops from './ops'
export { SymbolicTensor } from './graph/tensor'
export type { Tensors } from './graph/tensor'
export type { CallContext } from './graph/node'
export type { Weight } from './graph/weight'

export { Layer, type AddWeightOptions, type AnyLayer, type LayerOptions } from './layers/layer'
export { dtypePolicy, setDTypePolicy, type Policy, type PolicyName } from './policy'
export { Input, type InputOptions } from './layers/input'
export { Dense, type DenseOptions } from './layers/dense'
export { Conv2D, type Conv2DOptions } from './layers/conv2d'
export { UpSampling2D, type UpSampling2DOptions } from './layers/up_sampling2d'
export { BatchNormalization, type BatchNormalizationOptions } from './layers/batch_normalization'
export { Activation } from './layers/activation'
export { LeakyReLU, type LeakyReLUOptions } from './layers/leaky_relu'
export { Dropout } from './layers/dropout'
export { ZeroPadding2D, type ZeroPadding2DOptions } from './layers/zero_padding2d'
export { Reshape } from './layers/reshape'
export { Flatten } from './layers/flatten'

export { Model } from './models/model'
export { Sequential } from './models/sequential'
export { BaseModel, type AnyModel } from './models/base_model'
export type { CompileOptions } from './models/compile'
export type { BatchResult } from './models/train'
export type { PredictOptions } from './models/predict'
export type { Data } from './models/data'

export { imageFolder, type ImageFolderOptions, type ImageFolderProgress } from './image/folder'
export { ImageSet, type BatchOptions, type FromArrayOptions } from './image/image_set'
export type { SkippedPicture } from './image/image_set'
export { saveGrid, saveRealFake } from './image/grid'
export type { SaveGridOptions, SaveRealFakeOptions } from './image/grid'
export { readImage, saveImage, type ReadImageOptions } from './image/single'
export type { Background, ColorOrder } from './image/color'
export type { Fit } from './image/decode'

export { WeightAverage } from './gan/weight_average'

export { Adam, Optimizer, type AdamOptions, type OptimizerSlots } from './optimizers'
export type { GraphUpdate } from './plan/plan'
export * as losses from './public/losses'
export * as metrics from './public/metrics'
export { Loss, type LossFunction, type LossOptions } from './losses'
export { Metric, type MetricFunction, type MetricOptions } from './metrics'
export {
  Constant,
  GlorotUniform,
  Initializer,
  Ones,
  RandomNormal,
  RandomUniform,
  Zeros,
} from './initializers'
export { Regularizer, L1, L2, L1L2, OrthogonalRegularizer } from './regularizers'
export type {
  L1Options,
  L2Options,
  L1L2Options,
  OrthogonalRegularizerOptions,
} from './regularizers'
export type { RegularizerArgument, RegularizerFunction, RegularizerName } from './regularizers'
export { Constraint, MaxNorm, MinMaxNorm, UnitNorm, NonNeg, Clip } from './constraints'
export type { MaxNormOptions, MinMaxNormOptions, UnitNormOptions } from './constraints'
export type { ClipOptions, ConstraintAxis } from './constraints'
export type { ConstraintArgument, ConstraintFunction, ConstraintName } from './constraints'
export { serialize, type SerializedObject } from './serialization'
