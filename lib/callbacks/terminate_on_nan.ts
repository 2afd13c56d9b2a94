import { Callback, type Logs } from './callback'

/**
 * Ends training when the loss is NaN or infinite.
 * Source: https://keras.io/api/callbacks/terminate_on_nan/
 *
 * @example
 * await model.fit(x, y, { callbacks: [new TerminateOnNaN()] })
 */
export class TerminateOnNaN extends Callback {
  override onTrainBatchEnd(_batch: number, logs: Logs): void {
    if (!Number.isFinite(logs.loss)) this.model.stopTraining = true
  }
}
