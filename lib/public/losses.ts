/** The public namespace `losses`. */
export { binaryCrossentropy, meanAbsoluteError, meanSquaredError } from '../losses'
export type { LossFunction } from '../losses'
