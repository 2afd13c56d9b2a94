/** Where batches come from: arrays cut up, or a dataset that gives them. */
import { NDArray, type ArrayLike } from '../array'
import { fail, isList } from '../check'
import { ShapeError, StateError } from '../errors'
import { random } from '../random'
import type { Compiled } from './compile'
import type { Data } from './data'
import { itemsOf, mapFeed, readFeed, type Feed } from './feed'
import type { WeightOptions } from './sample_weights'

/** One batch of a dataset; types of generators know lists, not their lengths. */
export type DatasetBatch =
  | readonly Exclude<Data, number>[]
  | readonly [x: Data]
  | readonly [x: Data, y: Data]
  | readonly [x: Data, y: Data, sampleWeight: NonNullable<WeightOptions['sampleWeight']>]

/** What gives batches, anew each time it is iterated. */
export type Dataset<Batch = DatasetBatch> = Iterable<Batch> | AsyncIterable<Batch>

/** Told from data by being iterable without being an array. */
export function isDataset(value: unknown): value is Dataset<unknown> {
  if (typeof value !== 'object' || value === null || isList(value)) return false
  if (value instanceof NDArray || ArrayBuffer.isView(value)) return false
  return Symbol.asyncIterator in value || Symbol.iterator in value
}

/** Batches of one kind, as often as they are asked for. */
export interface Batches<Item> {
  /** Undefined where only the end tells. */
  readonly count: number | undefined
  /** With `keepsOpen` an iterator that the user began is not closed: the next call goes on with it. */
  iterate(keepsOpen: boolean): AsyncIterator<Item>
}

/** Arrays, `batchSize` items at a time, in the order given or shuffled anew each time. */
export class ArrayBatches implements Batches<Feed> {
  constructor(
    private readonly feed: Feed,
    private readonly batchSize: number,
    private readonly shuffle: boolean,
  ) {}

  get count(): number {
    return Math.ceil(itemsOf(this.feed) / this.batchSize)
  }

  async *iterate(): AsyncGenerator<Feed> {
    const items = itemsOf(this.feed)
    const order = this.shuffle ? random.permutation(items) : undefined
    for (let start = 0; start < items; start += this.batchSize) {
      const end = Math.min(start + this.batchSize, items)
      yield mapFeed(this.feed, (array) =>
        order ? array.gather(order.slice(start, end)) : array.slice(start, end),
      )
    }
  }
}

/** A dataset whose batches are read by a function. */
export class DatasetBatches<Item> implements Batches<Item> {
  readonly count = undefined

  constructor(
    private readonly source: Dataset<unknown>,
    private readonly read: (batch: unknown) => Item,
  ) {}

  async *iterate(keepsOpen: boolean): AsyncGenerator<Item> {
    const source = keepsOpen ? leftOpen(this.source) : this.source
    for await (const batch of source) yield this.read(batch)
  }
}

/** An iterator, which is its own iterable, without what closes it; other datasets as they are. */
function leftOpen(source: Dataset<unknown>): Dataset<unknown> {
  if (!('next' in source)) return source
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  if (iterator !== (source as unknown)) return source
  return {
    [Symbol.asyncIterator]: () => ({
      next: async (): Promise<IteratorResult<unknown>> => {
        const next: IteratorResult<unknown, unknown> = await iterator.next()
        return next.done === true ? next : { done: false, value: await next.value }
      },
    }),
  }
}

/** [x, y, sampleWeight] as a batch for a compiled model. */
export function feedReader(
  where: string,
  compiled: Compiled,
  classWeight?: WeightOptions['classWeight'],
): (batch: unknown) => Feed {
  return (batch) => {
    if (!isList(batch) || batch.length < 1 || batch.length > 3) {
      return fail(where, 'a batch of the dataset', '[x, y] or [x, y, sampleWeight]', batch)
    }
    const [x, y, sampleWeight] = batch as [ArrayLike, ArrayLike?, ArrayLike?]
    const weights = sampleWeight === undefined ? {} : { sampleWeight }
    return readFeed(where, compiled, x, y, classWeight ? { ...weights, classWeight } : weights)
  }
}

/** The first and the last part of a feed: Keras's rule for `validationSplit`. */
export function splitFeed(where: string, feed: Feed, share: number): [Feed, Feed] {
  const items = itemsOf(feed)
  const at = Math.floor(items * (1 - share))
  if (at === 0 || at === items) {
    throw new ShapeError(where, `can't split ${items} items by validationSplit ${share}`)
  }
  return [mapFeed(feed, (array) => array.slice(0, at)), mapFeed(feed, (array) => array.slice(at))]
}

/**
 * Epochs over batches. With `steps` each takes so many and the next goes on where it ended, as do
 * later calls with the same iterator; otherwise each takes all there are.
 */
export class Epochs<Item> {
  private iterator: AsyncIterator<Item> | undefined

  constructor(
    private readonly where: string,
    private readonly batches: Batches<Item>,
    private readonly steps: number | undefined,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Batches of an epoch, where that is known. */
  get count(): number | undefined {
    return this.steps ?? this.batches.count
  }

  /** Calls `work` on each batch of one epoch, until it gives false. */
  async run(work: (item: Item, step: number) => Promise<boolean>): Promise<void> {
    if (this.steps === undefined) await this.close()
    this.iterator ??= this.batches.iterate(this.steps !== undefined)
    for (let step = 0; step !== this.steps; step++) {
      this.signal?.throwIfAborted()
      const next = await this.iterator.next()
      if (next.done === true) {
        this.iterator = undefined
        this.ended(step)
        return
      }
      this.signal?.throwIfAborted()
      if (!(await work(next.value, step))) return
    }
  }

  /** Lets a dataset free what it holds, unless it is an iterator to go on with. */
  async close(): Promise<void> {
    const { iterator } = this
    this.iterator = undefined
    await iterator?.return?.()
  }

  private ended(step: number): void {
    if (step === 0) {
      throw new StateError(
        this.where,
        'the dataset gave no batch: pass one that starts anew each time it is iterated, which a generator that ran does not',
      )
    }
    if (this.steps === undefined) return
    process.emitWarning(
      `[${this.where}] the data ended after ${step} of ${this.steps} batches`,
      'GantorchWarning',
    )
  }
}
