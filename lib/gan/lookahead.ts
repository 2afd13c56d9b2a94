/** Work that is started ahead, so that the native thread always has some, and heard of in order. */

/** Milliseconds of work that may wait. */
const AHEAD = 50
const MOST_AHEAD = 64

export class Lookahead<Item, Result> {
  private readonly flying: Promise<Item>[] = []
  private heard = 0
  private last: Result | undefined
  private since: number | undefined
  /** Milliseconds from one result to the next. */
  private pace = Infinity

  /** @param hear is told of each result in turn */
  constructor(private readonly hear: (item: Item, index: number) => Promise<Result>) {}

  /** Takes in what was started. Waits where enough is under way; rejects as the first that failed. */
  async add(work: Promise<Item>): Promise<void> {
    // Its failure is met when its turn comes.
    work.catch(() => undefined)
    this.flying.push(work)
    const most = Math.min(MOST_AHEAD, Math.max(2, Math.ceil(AHEAD / this.pace)))
    while (this.flying.length >= most) await this.next()
  }

  /** All results are there; gives what the last one was heard as. */
  async finish(): Promise<Result | undefined> {
    while (this.flying.length > 0) await this.next()
    return this.last
  }

  /** Nothing is under way any more, whatever became of it. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.flying)
  }

  private async next(): Promise<void> {
    const item = await (this.flying.shift() as Promise<Item>)
    const now = performance.now()
    if (this.since !== undefined) this.pace = Math.max(now - this.since, 0.01)
    this.since = now
    this.last = await this.hear(item, this.heard++)
  }
}
