/** What `batches` of a set and of a stream of pictures have in common. */
import { NDArray } from '../array'
import { boolean, knownOptions, oneOf, positiveInteger } from '../check'
import { random } from '../random'
import type { SampleOptions } from './sampler'

/** Options of {@link ImageSet}.batches and {@link ImageStream}.batches. */
export interface BatchesOptions extends SampleOptions {
  /** Default true: another order each time it is iterated, by `random`. */
  readonly shuffle?: boolean
  /** 'images': what an autoencoder learns, `[images, images]`. Default 'none': `[images]`. */
  readonly targets?: 'none' | 'images'
}

/** Batches of float32 [k, height, width, channels] in [-1, 1], as often as they are iterated. */
export type ImageBatches = AsyncIterable<readonly NDArray<Float32Array>[]>

interface Checked {
  readonly flip: boolean
  /** The places of all pictures in the order of a new epoch. */
  readonly order: (count: number) => NDArray<Int32Array>
  readonly asBatch: (images: NDArray<Float32Array>) => readonly NDArray<Float32Array>[]
}

export function batchOptions(where: string, batchSize: number, options: BatchesOptions): Checked {
  positiveInteger(where, 'batchSize', batchSize)
  knownOptions(where, options, ['flip', 'shuffle', 'targets'])
  const isShuffled = boolean(where, 'shuffle', options.shuffle ?? true)
  const targets = oneOf(where, 'targets', options.targets ?? 'none', ['none', 'images'])
  return {
    flip: boolean(where, 'flip', options.flip ?? false),
    order: (count) => (isShuffled ? random.permutation(count) : upTo(count)),
    asBatch: (images) => (targets === 'images' ? [images, images] : [images]),
  }
}

function upTo(count: number): NDArray<Int32Array> {
  return new NDArray(
    Int32Array.from({ length: count }, (_, place) => place),
    [count],
  )
}
