/** What callbacks share that watch one number: keras/src/callbacks/monitor_callback.py. */
import { finiteNumber, nonEmptyString, oneOf } from '../check'
import { ArgumentError } from '../errors'
import { Callback, type Logs } from './callback'

/** Options of callbacks that watch one number. */
export interface MonitorOptions {
  /** Which number; default 'val_loss'. */
  readonly monitor?: string
  /** Smaller changes are none; default 0 unless stated otherwise. */
  readonly minDelta?: number
  /** Whether less or more is better; default 'auto': by the name. */
  readonly mode?: 'auto' | 'min' | 'max'
}

export const MONITOR_OPTIONS = ['monitor', 'minDelta', 'mode'] as const

const MORE_IS_BETTER = /(^|_)(acc|accuracy|auc|precision|recall|iou|f1|fbeta|r2)/i
const LESS_IS_BETTER =
  /(^|_)(loss|mse|mae|mape|msle|error|crossentropy|bce|kld|kl_divergence|poisson|hinge|huber|logcosh|log_cosh)/i

export abstract class MonitorCallback extends Callback {
  readonly monitor: string
  readonly mode: 'auto' | 'min' | 'max'
  readonly minDelta: number
  protected best: number | undefined
  private readonly where: string

  constructor(where: string, options: MonitorOptions, minDelta = 0) {
    super()
    this.where = where
    const { monitor = 'val_loss', mode = 'auto' } = options
    this.monitor = nonEmptyString(where, 'monitor', monitor)
    this.mode = oneOf(where, 'mode', mode, ['auto', 'min', 'max'])
    this.minDelta = Math.abs(finiteNumber(where, 'minDelta', options.minDelta ?? minDelta))
  }

  /** The watched number; undefined, with a warning, where there is none. */
  protected current(logs: Logs): number | undefined {
    const value = logs[this.monitor]
    if (value === undefined) {
      process.emitWarning(
        `[${this.where}] there is no number '${this.monitor}'; available are ${Object.keys(logs).join(', ')}`,
        'GantorchWarning',
      )
    }
    return value
  }

  protected isImprovement(value: number, reference: number | undefined): boolean {
    if (reference === undefined) return true
    return this.isMax ? value - this.minDelta > reference : value + this.minDelta < reference
  }

  private get isMax(): boolean {
    if (this.mode !== 'auto') return this.mode === 'max'
    if (LESS_IS_BETTER.test(this.monitor)) return false
    if (MORE_IS_BETTER.test(this.monitor)) return true
    throw new ArgumentError(
      this.where,
      `can't tell whether less or more of '${this.monitor}' is better: give mode 'min' or 'max'`,
    )
  }
}
