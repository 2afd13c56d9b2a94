/** Batches of pictures inside a graph, such as a whole training step. */
import type { NDArray } from '../array'
import { fail, positiveInteger } from '../check'
import { SymbolicTensor } from '../graph/tensor'
import type { ImageDataset } from './dataset'
import { ImageSet } from './image_set'
import { ImageStream } from './image_stream'
import { fedBatch, flipOption, type SampleOptions } from './sampler'

export interface SampledBatch {
  /** float32 (batchSize, height, width, channels) in [-1, 1], other pictures at each run. */
  readonly images: SymbolicTensor
  /** Of a stream: the input that takes the bytes, and what gives them for the next run. */
  readonly feed?: {
    readonly bytes: SymbolicTensor
    readonly next: () => Promise<NDArray<Uint8Array>>
  }
}

/** What `ImageSet.batch` gives for the pictures at `places`, int32 (k,). */
export function pictureBatch(
  where: string,
  pictures: ImageSet,
  places: SymbolicTensor,
): SymbolicTensor {
  if (!(pictures instanceof ImageSet)) {
    return fail(where, 'pictures', 'pictures in memory, as imageFolder gives them', pictures)
  }
  if (!(places instanceof SymbolicTensor)) {
    const cure = 's.randint, or s.constant of an NDArray of an Int32Array'
    return fail(where, 'places', `an int32 tensor (${cure})`, places)
  }
  return pictures.sampler.batchAt(places, false)
}

/** What `sample` gives, without a copy to JavaScript. */
export function sampled(
  where: string,
  pictures: ImageDataset,
  batchSize: number,
  options: SampleOptions = {},
): SampledBatch {
  positiveInteger(where, 'batchSize', batchSize)
  const flip = flipOption(where, options)
  if (pictures instanceof ImageSet) return { images: pictures.sampler.sampled(batchSize, flip) }
  if (!(pictures instanceof ImageStream)) {
    return fail(where, 'pictures', 'what imageFolder or imageDataset gives', pictures)
  }
  const { bytes, images } = fedBatch([batchSize, ...pictures.imageShape], flip)
  return { images, feed: { bytes, next: () => pictures.nextBatch(batchSize) } }
}
