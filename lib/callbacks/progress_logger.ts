/** Progress on the terminal, in Keras's words: keras/src/utils/progbar.py. */
import { Callback, type Logs } from './callback'

const WIDTH = 20
/** Milliseconds between two pictures of the bar. */
const INTERVAL = 50

/** verbose 1 draws a bar that grows, 2 prints a line for each epoch. */
export class ProgressLogger extends Callback {
  private started = 0
  private drawn = 0
  private seen = 0
  private isTraining = false

  override onTrainBegin(): void {
    this.isTraining = true
  }

  override onTrainEnd(): void {
    this.isTraining = false
  }

  override onEpochBegin(epoch: number): void {
    this.begin()
    const { epochs, verbose } = this.params
    if (verbose > 0 && epochs > 1) print(`Epoch ${epoch + 1}/${epochs}\n`)
  }

  override onTestBegin(): void {
    if (!this.isTraining) this.begin()
  }

  override onPredictBegin(): void {
    this.begin()
  }

  override onTrainBatchEnd(batch: number, logs: Logs): void {
    this.draw(batch, logs)
  }

  override onTestBatchEnd(batch: number, logs: Logs): void {
    if (!this.isTraining) this.draw(batch, logs)
  }

  override onPredictBatchEnd(batch: number): void {
    this.draw(batch, {})
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    this.finish(logs)
  }

  override onTestEnd(logs: Logs): void {
    if (!this.isTraining) this.finish(logs)
  }

  override onPredictEnd(): void {
    this.finish({})
  }

  private begin(): void {
    this.started = performance.now()
    this.drawn = 0
    this.seen = 0
  }

  private draw(batch: number, logs: Logs): void {
    this.seen = batch + 1
    const now = performance.now()
    if (this.params.verbose !== 1 || !process.stdout.isTTY || now - this.drawn < INTERVAL) return
    this.drawn = now
    const { steps } = this.params
    const left = steps === undefined ? 0 : this.perStep(now) * (steps - this.seen)
    print(`\r\x1b[K${this.bar()} ${(left / 1000).toFixed(0)}s${this.details(now, logs)}`)
  }

  private finish(logs: Logs): void {
    const { verbose } = this.params
    if (verbose === 0) return
    const now = performance.now()
    const seconds = `${((now - this.started) / 1000).toFixed(0)}s`
    const count = `${this.seen}/${this.params.steps ?? this.seen}`
    if (verbose === 2) print(`${count} - ${seconds} -${this.details(now, logs)}\n`)
    else {
      const start = process.stdout.isTTY ? '\r\x1b[K' : ''
      print(`${start}${this.bar()} ${seconds}${this.details(now, logs)}\n`)
    }
  }

  private bar(): string {
    const steps = this.params.steps ?? 0
    if (steps === 0) return `${String(this.seen).padStart(7)}/Unknown`
    const filled = Math.min(WIDTH, Math.floor((WIDTH * this.seen) / steps))
    const count = `${String(this.seen).padStart(String(steps).length)}/${steps}`
    return `${count} ${'━'.repeat(filled)}${' '.repeat(WIDTH - filled)}`
  }

  private perStep(now: number): number {
    return (now - this.started) / Math.max(this.seen, 1)
  }

  /** Time for each step, and the numbers. */
  private details(now: number, logs: Logs): string {
    const time = this.perStep(now)
    const unit = time >= 1000 ? `${(time / 1000).toFixed(0)}s` : `${time.toFixed(0)}ms`
    const numbers = Object.entries(logs).map(([name, value]) => ` - ${name}: ${numberText(value)}`)
    return ` ${unit}/step${numbers.join('')}`
  }
}

function numberText(value: number): string {
  return Math.abs(value) > 1e-3 ? value.toFixed(4) : value.toExponential(4)
}

function print(text: string): void {
  process.stdout.write(text)
}
