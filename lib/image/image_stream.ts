/** ImageStream: a folder of pictures that does not fit into memory, decoded ahead of its use. */
import { NDArray } from '../array'
import { positiveInteger } from '../check'
import { StateError } from '../errors'
import { planOf, Program } from '../program'
import { Generator, random } from '../random'
import { batchOptions, type BatchesOptions, type ImageBatches } from './batches'
import type { ColorOrder } from './color'
import type { FolderReading } from './folder_options'
import type { SkippedPicture } from './image_set'
import type { PictureReader } from './picture_reader'
import { ReadAhead } from './read_ahead'
import { fedBatch, flipOption, onlyOutput, type SampleOptions } from './sampler'

const WHERE = 'ImageStream'

/**
 * Pictures of one size that are decoded on other threads while earlier ones are trained on, so that
 * training does not wait. As many as fit into `memory` are decoded only once. Made by `imageDataset`.
 *
 * @example
 * const pictures = await imageDataset('many', { height: 64, width: 64, memory: 2 ** 30 })
 * const real = await pictures.sample(32, { flip: true })
 * pictures.close()
 */
export class ImageStream {
  /** Paths relative to the folder, with `/`, in sorted order; broken ones too. */
  readonly files: readonly string[]
  /** The order of the three channels in every batch. */
  readonly colorOrder: ColorOrder
  /** [height, width, channels] of one picture: what `Input({ shape })` takes. */
  readonly imageShape: readonly [number, number, number]
  private readonly reader: PictureReader
  private readonly programs = new Map<string, Program>()
  private readonly running = new Set<ReadAhead>()
  private drawn: ReadAhead | undefined
  /** Gives the reason why there is no more. */
  private ended: (() => unknown) | undefined

  /** @internal Use `imageDataset`. */
  constructor(reader: PictureReader, files: readonly string[], reading: FolderReading) {
    const { size, channels, colorOrder } = reading.decode
    this.reader = reader
    this.files = files
    this.colorOrder = colorOrder
    this.imageShape = [size.height, size.width, channels]
    const { signal } = reading
    signal?.addEventListener('abort', () => this.end(() => signal.reason), { once: true })
  }

  /** How many pictures there are, those included that may turn out to be broken. */
  get length(): number {
    return this.files.length
  }

  /** Files that could not be read so far, each with the reason. */
  get skipped(): readonly SkippedPicture[] {
    return this.reader.skipped
  }

  /**
   * Pictures drawn at random, each as likely as any other and any number of times, as uint8
   * [batchSize, height, width, channels]; meanwhile the next two batches are decoded. Which ones
   * follow is drawn from `random` at the first call.
   *
   * @throws FileError for a broken picture with `onError: 'throw'`; StateError after `close`
   * @example
   * const bytes = await pictures.nextBatch(32)
   */
  async nextBatch(batchSize: number): Promise<NDArray<Uint8Array>> {
    positiveInteger(`${WHERE}.nextBatch`, 'batchSize', batchSize)
    this.requireOpen()
    this.drawn ??= this.readAhead(draws(this.length))
    const pictures = await this.drawn.take(batchSize)
    // What is closed meanwhile gives less than a batch.
    this.requireOpen()
    return this.batchOf(pictures)
  }

  /**
   * What `nextBatch` gives as float32 in [-1, 1].
   *
   * @param options `flip`: turn each picture left to right with probability one half; default false
   * @throws as `nextBatch`; ArgumentError for a bad option
   * @example
   * const real = await pictures.sample(32, { flip: true })
   */
  async sample(batchSize: number, options: SampleOptions = {}): Promise<NDArray<Float32Array>> {
    const flip = flipOption(`${WHERE}.sample`, options)
    return this.scaled(await this.nextBatch(batchSize), flip)
  }

  /**
   * All pictures once, `batchSize` at a time, anew each time it is iterated: for `fit`, and for loops.
   * Batches are `[images]`, or `[images, images]` with `targets: 'images'`; the last may be smaller.
   *
   * @param options `shuffle` (true): another order each time, by `random`; `flip` (false); `targets`
   * @example
   * for await (const [images] of pictures.batches(32)) await model.predict(images)
   */
  batches(batchSize: number, options: BatchesOptions = {}): ImageBatches {
    const checked = batchOptions(`${WHERE}.batches`, batchSize, options)
    return { [Symbol.asyncIterator]: () => this.epoch(batchSize, checked) }
  }

  /** Stops decoding and frees all pictures. */
  close(): void {
    this.end(() => new StateError(WHERE, 'the stream was closed'))
  }

  private async *epoch(
    batchSize: number,
    { order, flip, asBatch }: ReturnType<typeof batchOptions>,
  ): AsyncGenerator<readonly NDArray<Float32Array>[]> {
    this.requireOpen()
    const ahead = this.readAhead(order(this.length).data.values())
    try {
      for (;;) {
        const pictures = await ahead.take(batchSize)
        this.requireOpen()
        if (pictures.length > 0) yield asBatch(await this.scaled(this.batchOf(pictures), flip))
        if (pictures.length < batchSize) return
      }
    } finally {
      ahead.close()
      this.running.delete(ahead)
    }
  }

  private readAhead(order: Iterator<number>): ReadAhead {
    const ahead = new ReadAhead((index) => this.reader.read(index), order)
    this.running.add(ahead)
    return ahead
  }

  private batchOf(pictures: readonly Uint8Array[]): NDArray<Uint8Array> {
    const { item } = this.reader
    const bytes = new Uint8Array(pictures.length * item)
    pictures.forEach((pixels, i) => bytes.set(pixels, i * item))
    return new NDArray(bytes, [pictures.length, ...this.imageShape])
  }

  private async scaled(bytes: NDArray, flip: boolean): Promise<NDArray<Float32Array>> {
    const key = `${bytes.shape[0]} ${flip}`
    const made = this.programs.get(key)
    const program = made ?? new Program(WHERE, scalingPlan(bytes.shape, flip))
    this.programs.set(key, program)
    return onlyOutput(await program.run([bytes]))
  }

  private end(reason: () => unknown): void {
    this.ended ??= reason
    for (const ahead of this.running) ahead.close()
    this.running.clear()
    this.drawn = undefined
    this.reader.close()
    this.programs.clear()
  }

  private requireOpen(): void {
    if (this.ended) throw this.ended()
  }
}

/** Places of pictures without end, from a generator of their own: read ahead they are drawn early. */
function* draws(count: number): Iterator<number> & Iterable<number> {
  const [low, high] = random.nextKey()
  const generator = new Generator((high >>> 11) * 2 ** 32 + low)
  for (;;) yield Math.floor(generator.random() * count)
}

function scalingPlan(shape: readonly number[], flip: boolean): ReturnType<typeof planOf> {
  const { bytes, images } = fedBatch(shape, flip)
  const input = { tensor: bytes, name: 'pictures', requireFinite: false }
  return planOf([input], [{ name: 'scale', outputs: [images], updates: [] }])
}
