import type { NDArray } from '../array'
import { boolean, finiteNumber, knownOptions, nonNegativeInteger } from '../check'
import type { Logs } from './callback'
import { MONITOR_OPTIONS, MonitorCallback, type MonitorOptions } from './monitor'

/** Options of {@link EarlyStopping}. */
export interface EarlyStoppingOptions extends MonitorOptions {
  /** Epochs without improvement that are waited for; default 0. */
  readonly patience?: number
  /** What must be beaten too; default none. */
  readonly baseline?: number
  /** Default false. */
  readonly restoreBestWeights?: boolean
  /** Epochs before this one don't count; default 0. */
  readonly startFromEpoch?: number
}

/**
 * Ends training when a number no longer improves.
 * Source: https://keras.io/api/callbacks/early_stopping/
 *
 * @example
 * const stop = new EarlyStopping({ monitor: 'val_loss', patience: 3, restoreBestWeights: true })
 * await model.fit(x, y, { epochs: 100, validationSplit: 0.2, callbacks: [stop] })
 */
export class EarlyStopping extends MonitorCallback {
  readonly patience: number
  readonly baseline: number | undefined
  readonly restoreBestWeights: boolean
  readonly startFromEpoch: number
  /** In which epoch training was ended; 0 where it was not. */
  stoppedEpoch = 0
  bestEpoch = 0
  private wait = 0
  private bestWeights: readonly NDArray[] | undefined

  constructor(options: EarlyStoppingOptions = {}) {
    const where = 'EarlyStopping'
    const own = ['patience', 'baseline', 'restoreBestWeights', 'startFromEpoch']
    knownOptions(where, options, [...MONITOR_OPTIONS, ...own])
    super(where, options)
    const { patience = 0, baseline, restoreBestWeights = false, startFromEpoch = 0 } = options
    this.patience = nonNegativeInteger(where, 'patience', patience)
    this.baseline = baseline === undefined ? undefined : finiteNumber(where, 'baseline', baseline)
    this.restoreBestWeights = boolean(where, 'restoreBestWeights', restoreBestWeights)
    this.startFromEpoch = nonNegativeInteger(where, 'startFromEpoch', startFromEpoch)
  }

  override onTrainBegin(): void {
    Object.assign(this, { wait: 0, stoppedEpoch: 0, bestEpoch: 0 })
    this.best = undefined
    this.bestWeights = undefined
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const current = this.current(logs)
    if (current === undefined || epoch < this.startFromEpoch) return
    // Also the first epoch's, should none ever be better: after NaN, say.
    if (this.restoreBestWeights && !this.bestWeights) await this.remember(epoch)
    this.wait += 1
    if (this.isImprovement(current, this.best)) {
      this.best = current
      await this.remember(epoch)
      if (this.baseline === undefined || this.isImprovement(current, this.baseline)) this.wait = 0
      return
    }
    if (this.wait >= this.patience && epoch > 0) {
      this.stoppedEpoch = epoch
      this.model.stopTraining = true
    }
  }

  override async onTrainEnd(): Promise<void> {
    if (this.bestWeights) await this.model.setWeights(this.bestWeights)
  }

  private async remember(epoch: number): Promise<void> {
    this.bestEpoch = epoch
    if (this.restoreBestWeights) this.bestWeights = await this.model.getWeights()
  }
}
