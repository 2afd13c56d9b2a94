/** The public namespace `losses`. */
export { BinaryCrossentropy, binaryCrossentropy } from '../losses/binary'
export { BinaryFocalCrossentropy, binaryFocalCrossentropy } from '../losses/binary'
export type { BinaryCrossentropyOptions, BinaryFocalCrossentropyOptions } from '../losses/binary'
export { CategoricalCrossentropy, categoricalCrossentropy } from '../losses/categorical'
export { CategoricalFocalCrossentropy, categoricalFocalCrossentropy } from '../losses/categorical'
export { KLDivergence, klDivergence } from '../losses/categorical'
export type {
  CategoricalCrossentropyOptions,
  CategoricalFocalCrossentropyOptions,
} from '../losses/categorical'
export { SparseCategoricalCrossentropy, sparseCategoricalCrossentropy } from '../losses/sparse'
export type { SparseCategoricalCrossentropyOptions } from '../losses/sparse'
export { CategoricalHinge, categoricalHinge, Hinge, hinge } from '../losses/hinge'
export { SquaredHinge, squaredHinge } from '../losses/hinge'
export { CosineSimilarity, cosineSimilarity, Huber, huber } from '../losses/regression'
export { LogCosh, logCosh, MeanAbsoluteError, meanAbsoluteError } from '../losses/regression'
export { MeanAbsolutePercentageError, meanAbsolutePercentageError } from '../losses/regression'
export { MeanSquaredError, meanSquaredError, Poisson, poisson } from '../losses/regression'
export { MeanSquaredLogarithmicError, meanSquaredLogarithmicError } from '../losses/regression'
export type { AxisOptions, HuberOptions } from '../losses/regression'
export { Loss, type LossFunction, type LossOptions, type Reduction } from '../losses'
