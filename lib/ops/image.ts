/** `ops.image`: ops on pictures. Source: https://keras.io/api/ops/image/ */
export { resize, type Interpolation, type ResizeOptions } from './resize'
