/** The largest or the mean element of windows. Source: https://keras.io/api/ops/nn/ */
import { knownOptions, oneOf, perAxis } from '../check'
import type { DataFormat } from '../data_format'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { emit } from './emit'
import { convolvedLengths, imagesOf, imagesSpec, type Padding, type PerAxis } from './spatial'

/** Options of {@link ops.maxPool} and {@link ops.averagePool}. */
export interface PoolOptions {
  /** Default: the size of a window. */
  readonly strides?: PerAxis | null
  /** 'same' gives ceil(length / stride) windows; default 'valid'. */
  readonly padding?: Padding
  readonly dataFormat?: DataFormat | null
}

function pooling(op: string) {
  return (x: SymbolicTensor, poolSize: PerAxis, options: PoolOptions = {}): SymbolicTensor => {
    const at = opLocation(op)
    knownOptions(at, options, ['strides', 'padding', 'dataFormat'])
    const images = imagesOf(op, x, options.dataFormat)
    const { dataFormat, lengths, channels } = images
    const size = perAxis(at, 'poolSize', poolSize, lengths.length)
    const strides = perAxis(at, 'strides', options.strides ?? size, lengths.length)
    const padding = oneOf(at, 'padding', options.padding ?? 'valid', ['same', 'valid'])
    const pooled = convolvedLengths(op, x, lengths, { size, strides, padding })
    const attributes = { size, strides, padding, dataFormat }
    return emit(op, [x], attributes, imagesSpec(x, images, pooled, channels))
  }
}

/** The largest element of each window of `poolSize`; the first of equal ones has the gradient. @function */
export const maxPool = pooling('maxPool')
/** The mean of each window of `poolSize`; what 'same' adds around the image does not count. @function */
export const averagePool = pooling('averagePool')
