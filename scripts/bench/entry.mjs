/** One side of a row: its process, and the seconds of each of its turns. */
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Peer } from './peer.mjs'
import { commandOf, sides } from './sides.mjs'
import { median, summary } from './statistics.mjs'

/** A turn has fewer steps where they would take longer. */
const MOST_SECONDS = 10

/** A process that stays; a turn is the median of some steps. */
class Staying {
  constructor(side, row) {
    this.side = side
    this.row = row
    this.turns = []
    this.isFinished = false
  }

  async start() {
    this.peer = new Peer(this.side, commandOf(this.side, this.row.program, this.row))
    await this.peer.ready()
  }

  async turn() {
    // Threads of the one before may still spin.
    await sleep(200)
    this.steps ??= await this.stepsOfTurn()
    this.turns.push(median(await this.peer.run(this.steps)))
  }

  /** As many as the row says, unless this side is very slow. */
  async stepsOfTurn() {
    if (this.row.steps === 1) return 1
    const [seconds] = await this.peer.run(1)
    return Math.max(1, Math.min(this.row.steps, Math.floor(MOST_SECONDS / seconds)))
  }

  async finish() {
    if (this.isFinished) return
    this.isFinished = true
    this.peakMemory = this.peer.peakMemory()
    await this.peer.quit()
  }

  fail(error) {
    this.kill()
    this.isFinished = true
    this.error = error.message.trim().split('\n').at(-1)
    console.error(`${this.side} fails: ${error.message}`)
  }

  kill() {
    this.peer?.kill()
  }

  result() {
    const { side, turns, error, peer, peakMemory } = this
    const { settings } = sides[side]
    if (error) return { side, settings, error }
    const { name, parameters } = peer
    return { side, name, settings, seconds: summary(turns), turns, peakMemory, parameters }
  }
}

/**
 * A new process for each turn, which is the time from its start to the end of its first step. Each starts
 * twice and the second counts: compilers and the disk have filled their caches then, and the host of a
 * virtual machine, which takes memory that nobody uses for some seconds, has given back what the first used.
 */
class Cold extends Staying {
  async start() {}

  async turn() {
    await this.once()
    this.turns.push(await this.once())
  }

  async once() {
    const begin = performance.now()
    await super.start()
    await this.peer.run(1)
    const seconds = (performance.now() - begin) / 1000
    this.peakMemory = this.peer.peakMemory()
    await this.peer.quit()
    return seconds
  }

  async finish() {
    this.isFinished = true
  }
}

export const entryOf = (side, row) => new (row.kind === 'cold' ? Cold : Staying)(side, row)
