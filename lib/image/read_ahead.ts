/** Pictures read before they are asked for, in an order that does not depend on which is ready first. */
import { decodersAtOnce } from './at_once'

type Read = (index: number) => Promise<Uint8Array | undefined>

/** While one batch is used, so many more are decoded or wait. */
const BATCHES_AHEAD = 2

export class ReadAhead {
  private readonly queue: Promise<Uint8Array | undefined>[] = []
  private readonly atOnce = decodersAtOnce()
  private running = 0
  private ahead = 0
  private isClosed = false
  private lastTaken: Promise<unknown> = Promise.resolve()

  /** @param order which pictures; where it ends, so does the reading */
  constructor(
    private readonly read: Read,
    private readonly order: Iterator<number>,
  ) {}

  /**
   * The next pictures, `count` of them unless the order ends. Several calls at once are served one
   * after the other. Rejects as reading does; the call after it goes on behind that picture.
   */
  async take(count: number): Promise<readonly Uint8Array[]> {
    const taken = this.lastTaken.then(() => this.collect(count))
    this.lastTaken = taken.catch(() => undefined)
    return taken
  }

  /** Starts no more reading, and forgets what has been read. */
  close(): void {
    this.isClosed = true
    this.queue.length = 0
  }

  private async collect(count: number): Promise<readonly Uint8Array[]> {
    const wanted = count * (1 + BATCHES_AHEAD)
    const taken: Uint8Array[] = []
    while (taken.length < count) {
      this.ahead = wanted - taken.length
      this.fill()
      const next = this.queue.shift()
      if (!next) break
      this.ahead--
      const pixels = await next
      if (pixels) taken.push(pixels)
    }
    return taken
  }

  private fill(): void {
    while (!this.isClosed && this.running < this.atOnce && this.queue.length < this.ahead) {
      const next = this.order.next()
      if (next.done === true) return
      this.running++
      const picture = this.read(next.value).finally(() => {
        this.running--
        this.fill()
      })
      // It is looked at when its turn comes.
      picture.catch(() => undefined)
      this.queue.push(picture)
    }
  }
}
