import { Callback, type Logs } from './callback'

/** What `fit` gives: the numbers of each epoch, validation's under `val_...`. */
export class History extends Callback {
  /** Numbers of the epochs, from 0. */
  epoch: number[] = []
  /** One number for each epoch, by the name of a loss or metric. */
  readonly history: Record<string, number[]> = {}

  override onTrainBegin(): void {
    this.epoch = []
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    this.epoch.push(epoch)
    for (const [name, value] of Object.entries(logs)) (this.history[name] ??= []).push(value)
  }
}
