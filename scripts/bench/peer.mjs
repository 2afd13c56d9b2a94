/** A benchmark's child process: says its name and `ready`, answers `run N`, ends on `quit`. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

export class Peer {
  /** Starts the process; `ready()` waits until it has warmed up. */
  constructor(label, { command, args, options }) {
    this.label = label
    this.name = label
    this.parameters = {}
    this.errors = ''
    this.child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
    this.child.stderr.on('data', (text) => (this.errors = (this.errors + text).slice(-4000)))
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]()
    this.ended = new Promise((resolve) => {
      this.child.once('error', (error) => resolve(error.message))
      this.child.once('close', (code, signal) => resolve(`ended with ${signal ?? `code ${code}`}`))
    })
    this.child.stdin.on('error', () => {}) // the reason comes through `ended`
  }

  async ready() {
    for (;;) {
      const line = await this.nextLine()
      if (line === 'ready') return this
      const { name, parameters } = parse(line) ?? {}
      if (name !== undefined) Object.assign(this, { name, parameters })
    }
  }

  /** Seconds of each of `count` whole steps. */
  async run(count) {
    this.child.stdin.write(`run ${count}\n`)
    for (;;) {
      const { seconds } = parse(await this.nextLine()) ?? {}
      if (seconds !== undefined) return seconds
    }
  }

  /** The most memory that the process has had, in bytes. Only Linux tells. */
  peakMemory() {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? NaN) * 1024
  }

  async quit() {
    this.child.stdin.end('quit\n')
    await this.ended
  }

  kill() {
    this.child.kill()
  }

  async nextLine() {
    const { value, done } = await this.lines.next()
    if (done) throw new Error(`${await this.ended}\n${this.errors}`)
    return value
  }
}

/** The line as JSON, or undefined: libraries print lines of their own. */
function parse(line) {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
