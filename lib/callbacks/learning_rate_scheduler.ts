import { fail, finiteNumber } from '../check'
import { Callback, type Logs } from './callback'

/**
 * Sets the learning rate before each epoch. Source:
 * https://keras.io/api/callbacks/learning_rate_scheduler/
 *
 * @example
 * const halve = new LearningRateScheduler((epoch, rate) => (epoch % 10 === 9 ? rate / 2 : rate))
 */
export class LearningRateScheduler extends Callback {
  constructor(private readonly schedule: (epoch: number, learningRate: number) => number) {
    super()
    if (typeof schedule !== 'function') {
      fail('LearningRateScheduler', 'schedule', 'a function', schedule)
    }
  }

  override onEpochBegin(epoch: number): void {
    const { optimizer } = this.model
    const rate = this.schedule(epoch, optimizer.learningRate)
    optimizer.learningRate = finiteNumber('LearningRateScheduler', 'what schedule returns', rate)
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    logs.learning_rate = this.model.optimizer.learningRate
  }
}
