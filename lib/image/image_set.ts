/** ImageSet: many pictures of one size, kept as bytes, handed out as batches of [-1, 1]. */
import { ArgumentError, DTypeError, ShapeError } from '../errors'
import { describe, fail, knownOptions, positiveInteger } from '../check'
import { NDArray, shapeText, type TypedArray } from '../array'
import { batchOptions, type BatchesOptions, type ImageBatches } from './batches'
import { colorOrder, type ColorOrder } from './color'
import { isBytes, pictureShape, UNIT_VALUES } from './pixels'
import { flipOption, Sampler, type SampleOptions } from './sampler'

/** A file that is no picture, and why. */
export interface SkippedPicture {
  /** Path relative to the folder that was read. */
  readonly file: string
  readonly reason: string
}

/** Options of {@link ImageSet}.fromArray. */
export interface FromArrayOptions {
  /** Required for three channels: only the caller knows which order the bytes have. */
  colorOrder?: ColorOrder
  /** Names of the pictures, one each. Default: none. */
  files?: readonly string[]
}

/** Options of {@link ImageSet}.batch. */
export interface BatchOptions {
  /** Mirrors pictures left to right: all, or those marked (booleans, or a uint8 or bool NDArray of shape [k]). */
  mirror?: boolean | readonly boolean[] | NDArray
}

interface ImageSetParts {
  readonly images: NDArray<Uint8Array>
  readonly colorOrder: ColorOrder
  readonly files: readonly string[]
  readonly skipped: readonly SkippedPicture[]
}

/**
 * Pictures of one size in memory, one byte a value. Made by `imageFolder` or `ImageSet.fromArray`.
 *
 * @example
 * const pictures = await imageFolder('faces', { height: 64, width: 64 })
 * const batch = pictures.batch([0, 5, 7])   // float32 [3, 64, 64, 3] in [-1, 1]
 */
export class ImageSet {
  /** uint8 of shape [n, height, width, channels]. */
  readonly images: NDArray<Uint8Array>
  /** The order of the three channels in `images` and in every batch. */
  readonly colorOrder: ColorOrder
  /** Where picture i came from, relative to its folder, with `/`; empty when made from an array. */
  readonly files: readonly string[]
  /** Files that could not be read, each with the reason. */
  readonly skipped: readonly SkippedPicture[]
  /** @internal Its copy of the bytes is made when it is first used. */
  readonly sampler: Sampler

  /** @internal Use `imageFolder` or `ImageSet.fromArray`. */
  constructor({ images, colorOrder, files, skipped }: ImageSetParts) {
    this.images = images
    this.colorOrder = colorOrder
    this.files = files
    this.skipped = skipped
    this.sampler = new Sampler('ImageSet', images)
  }

  /**
   * Wraps pictures that are in memory already; the bytes are kept, not copied.
   *
   * @param images uint8 of shape [n, height, width, channels], channels 1 or 3, n at least 1
   * @param options `colorOrder` ('rgb' or 'bgr', required for 3 channels), `files`
   * @throws ShapeError, DTypeError, ArgumentError
   * @example
   * const set = ImageSet.fromArray(new NDArray(bytes, [100, 32, 32, 3]), { colorOrder: 'bgr' })
   */
  static fromArray(images: NDArray, options: FromArrayOptions = {}): ImageSet {
    const where = 'ImageSet.fromArray'
    knownOptions(where, options, ['colorOrder', 'files'])
    if (!(images instanceof NDArray)) fail(where, 'images', 'an NDArray', images)
    const { data } = images
    if (images.dtype !== 'uint8' || !isBytes(data)) {
      throw new DTypeError(where, `images must be uint8, received ${images.dtype}`)
    }
    const { count, channels } = pictureShape(where, 'images', images)
    if (channels === 3 && options.colorOrder === undefined) {
      throw new ArgumentError(where, "colorOrder must be given for colour pictures: 'rgb' or 'bgr'")
    }
    const files = options.files ?? []
    if (files.length !== 0 && files.length !== count) {
      throw new ArgumentError(where, `files must hold ${count} names, received ${files.length}`)
    }
    const order = options.colorOrder === undefined ? 'rgb' : colorOrder(where, options.colorOrder)
    const kept = new NDArray(data, images.shape)
    return new ImageSet({ images: kept, colorOrder: order, files: [...files], skipped: [] })
  }

  /** How many pictures there are. */
  get length(): number {
    return this.images.shape[0] as number
  }

  /** [height, width, channels] of one picture: what `Input({ shape })` takes. */
  get imageShape(): readonly [number, number, number] {
    const { height, width, channels } = pictureShape('ImageSet', 'images', this.images)
    return [height, width, channels]
  }

  /**
   * The pictures at `indices` as float32 [k, height, width, channels]; byte b becomes b / 127.5 - 1.
   * An index may repeat; a negative one counts from the end.
   *
   * @param indices integers, or an int32 NDArray of shape [k] as `random.randint` gives it
   * @param options `mirror`: false (default), true, or one mark for each picture
   * @throws ArgumentError for an index out of range or an empty list; ShapeError, DTypeError
   * @example
   * pictures.batch([0, 1], { mirror: [false, true] })
   */
  batch(
    indices: readonly number[] | Int32Array | NDArray,
    options: BatchOptions = {},
  ): NDArray<Float32Array> {
    const where = 'ImageSet.batch'
    knownOptions(where, options, ['mirror'])
    const list = indexList(where, indices)
    const mirrored = mirrorMarks(where, options.mirror, list.length)
    const [height, width, channels] = this.imageShape
    const item = height * width * channels
    const data = new Float32Array(list.length * item)
    for (let position = 0; position < list.length; position++) {
      const from = wrapIndex(where, list[position], this.length) * item
      const source = this.images.data.subarray(from, from + item)
      const target = data.subarray(position * item, (position + 1) * item)
      if (mirrored(position)) copyMirrored(source, target, width, channels)
      else for (let i = 0; i < item; i++) target[i] = UNIT_VALUES[source[i] as number] as number
    }
    return new NDArray(data, [list.length, height, width, channels])
  }

  /**
   * Pictures drawn at random, each as likely as any other and any number of times, as float32
   * [batchSize, height, width, channels] in [-1, 1]. The numbers follow `setRandomSeed`.
   *
   * The first call copies the bytes into native memory, where they stay until `close`.
   *
   * @param options `flip`: turn each picture left to right with probability one half; default false
   * @throws ArgumentError for a bad option; StateError after `close`; OutOfMemoryError
   * @example
   * const real = await pictures.sample(32, { flip: true })
   */
  async sample(batchSize: number, options: SampleOptions = {}): Promise<NDArray<Float32Array>> {
    const where = 'ImageSet.sample'
    positiveInteger(where, 'batchSize', batchSize)
    return this.sampler.sample(batchSize, flipOption(where, options))
  }

  /**
   * All pictures once, `batchSize` at a time, anew each time it is iterated: for `fit`, and for loops.
   * Batches are `[images]`, or `[images, images]` with `targets: 'images'`; the last may be smaller.
   *
   * @param options `shuffle` (true): another order each time, by `random`; `flip` (false); `targets`
   * @example
   * await autoencoder.fit(pictures.batches(32, { targets: 'images' }), { epochs: 10 })
   * for await (const [images] of pictures.batches(32)) await model.predict(images)
   */
  batches(batchSize: number, options: BatchesOptions = {}): ImageBatches {
    const where = 'ImageSet.batches'
    const { flip, order, asBatch } = batchOptions(where, batchSize, options)
    const { sampler, length } = this
    return {
      async *[Symbol.asyncIterator]() {
        const places = order(length)
        for (let start = 0; start < length; start += batchSize) {
          const end = Math.min(start + batchSize, length)
          yield asBatch(await sampler.gather(places.slice(start, end), flip))
        }
      },
    }
  }

  /**
   * Gives the native copy of the bytes back, as soon as nothing reachable uses it. `images` and `batch`
   * stay; `sample` and `batches` end.
   */
  close(): void {
    this.sampler.close()
  }
}

function indexList(where: string, indices: unknown): ArrayLike<unknown> {
  let list: ArrayLike<unknown>
  if (indices instanceof NDArray) {
    if (indices.dtype !== 'int32') {
      throw new DTypeError(where, `indices must be int32, received ${indices.dtype}`)
    }
    if (indices.shape.length !== 1) {
      throw new ShapeError(
        where,
        `indices must have one axis, received ${shapeText(indices.shape)}`,
      )
    }
    list = indices.data as TypedArray
  } else if (Array.isArray(indices) || isInt32Array(indices)) {
    list = indices
  } else {
    fail(where, 'indices', 'integers or an int32 NDArray', indices)
  }
  if (list.length === 0) throw new ArgumentError(where, 'indices must not be empty')
  return list
}

function isInt32Array(value: unknown): value is Int32Array {
  return Object.prototype.toString.call(value) === '[object Int32Array]'
}

function wrapIndex(where: string, index: unknown, length: number): number {
  const wrapped = typeof index === 'number' && index < 0 ? index + length : index
  if (typeof wrapped !== 'number' || !Number.isInteger(wrapped)) {
    return fail(where, 'indices', 'integers', index)
  }
  if (wrapped < 0 || wrapped >= length) {
    throw new ArgumentError(
      where,
      `index ${describe(index)} is out of range for ${length} picture(s)`,
    )
  }
  return wrapped
}

function mirrorMarks(where: string, mirror: unknown, count: number): (position: number) => boolean {
  if (mirror === undefined || typeof mirror === 'boolean') return () => mirror === true
  const marks = markList(mirror)
  if (!marks) {
    return fail(where, 'mirror', 'true, false, booleans, or a bool or uint8 NDArray', mirror)
  }
  if (marks.length !== count) {
    throw new ShapeError(where, `mirror must hold ${count} marks, received ${marks.length}`)
  }
  return (position) => Boolean(marks[position])
}

function markList(mirror: unknown): ArrayLike<unknown> | undefined {
  if (mirror instanceof NDArray) {
    return mirror.dtype === 'bool' || mirror.dtype === 'uint8'
      ? (mirror.data as Uint8Array)
      : undefined
  }
  const valid = Array.isArray(mirror) && mirror.every((mark) => typeof mark === 'boolean')
  return valid ? mirror : undefined
}

function copyMirrored(
  source: Uint8Array,
  target: Float32Array,
  width: number,
  channels: number,
): void {
  const row = width * channels
  for (let start = 0; start < source.length; start += row) {
    for (let column = 0; column < width; column++) {
      const from = start + (width - 1 - column) * channels
      const to = start + column * channels
      for (let channel = 0; channel < channels; channel++) {
        target[to + channel] = UNIT_VALUES[source[from + channel] as number] as number
      }
    }
  }
}
