import { knownOptions, nonNegativeInteger, nonNegativeNumber, numberInRange } from '../check'
import type { Logs } from './callback'
import { MONITOR_OPTIONS, MonitorCallback, type MonitorOptions } from './monitor'

/** `minDelta` is 1e-4 here unless given. */
export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** The learning rate is multiplied by it; default 0.1. */
  readonly factor?: number
  /** Epochs without improvement before that; default 10. */
  readonly patience?: number
  /** Epochs after it that don't count; default 0. */
  readonly cooldown?: number
  /** Default 0. */
  readonly minLr?: number
}

/**
 * Lowers the learning rate when a number no longer improves.
 * Source: https://keras.io/api/callbacks/reduce_lr_on_plateau/
 *
 * @example
 * const lower = new ReduceLROnPlateau({ monitor: 'loss', factor: 0.5, patience: 2 })
 */
export class ReduceLROnPlateau extends MonitorCallback {
  readonly factor: number
  readonly patience: number
  readonly cooldown: number
  readonly minLr: number
  private wait = 0
  private cooling = 0

  constructor(options: ReduceLROnPlateauOptions = {}) {
    const where = 'ReduceLROnPlateau'
    knownOptions(where, options, [...MONITOR_OPTIONS, 'factor', 'patience', 'cooldown', 'minLr'])
    super(where, options, 1e-4)
    const { factor = 0.1, patience = 10, cooldown = 0, minLr = 0 } = options
    this.factor = numberInRange(where, 'factor', factor, 0, 1)
    this.patience = nonNegativeInteger(where, 'patience', patience)
    this.cooldown = nonNegativeInteger(where, 'cooldown', cooldown)
    this.minLr = nonNegativeNumber(where, 'minLr', minLr)
  }

  override onTrainBegin(): void {
    this.best = undefined
    this.wait = 0
    this.cooling = 0
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    const { optimizer } = this.model
    logs.learning_rate = optimizer.learningRate
    const current = this.current(logs)
    if (current === undefined) return
    if (this.cooling > 0) {
      this.cooling -= 1
      this.wait = 0
    }
    if (this.isImprovement(current, this.best)) {
      this.best = current
      this.wait = 0
    } else if (this.cooling === 0) {
      this.wait += 1
      if (this.wait < this.patience || optimizer.learningRate <= this.minLr) return
      optimizer.learningRate = Math.max(optimizer.learningRate * this.factor, this.minLr)
      this.cooling = this.cooldown
      this.wait = 0
    }
  }
}
