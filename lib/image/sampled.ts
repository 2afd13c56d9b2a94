/** Batches of pictures inside a graph, such as a whole training step. */
import type { SymbolicTensor } from '../graph/tensor'
import { positiveInteger } from '../check'
import type { ImageSet } from './image_set'
import { flipOption, type SampleOptions } from './sampler'

/**
 * `batchSize` pictures, float32 in [-1, 1], drawn anew each time a program runs: what `sample` gives,
 * without a copy to JavaScript.
 */
export function sampled(
  where: string,
  pictures: ImageSet,
  batchSize: number,
  options: SampleOptions = {},
): SymbolicTensor {
  positiveInteger(where, 'batchSize', batchSize)
  return pictures.sampler.sampled(batchSize, flipOption(where, options))
}
