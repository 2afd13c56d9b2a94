/** What callbacks decide on given numbers, against Keras. */
import {
  EarlyStopping,
  ReduceLROnPlateau,
  SGD,
  type CallbackModel,
  type EarlyStoppingOptions,
  type ReduceLROnPlateauOptions,
} from '../../lib/index'
import { readReference, type ReferenceCase } from '../reference/read'
import { covers, noteComparison } from './coverage'

const { cases } = readReference('training')
const starting = (text: string): ReferenceCase[] =>
  cases.filter(({ name }) => name.startsWith(text))

function standIn(): CallbackModel {
  return {
    name: 'm',
    label: 'Model "m"',
    optimizer: new SGD({ learningRate: 1 }),
    stopTraining: false,
    getWeights: async () => [],
    setWeights: async () => undefined,
  }
}

test.each(starting('early stopping'))('$name', async (found: ReferenceCase) => {
  const options = found.config as EarlyStoppingOptions
  covers('model', 'EarlyStopping', Object.keys(options))
  const callback = new EarlyStopping({ monitor: 'val_loss', ...options })
  callback.model = standIn()
  callback.onTrainBegin()
  for (const [epoch, value] of found.numberList('values').entries()) {
    await callback.onEpochEnd(epoch, { val_loss: value })
    if (callback.model.stopTraining) break
  }
  expect(callback.stoppedEpoch).toBe(found.number('stopped'))
  expect(callback.bestEpoch).toBe(found.number('best'))
  noteComparison(found.name, 0, callback.stoppedEpoch)
})

test.each(starting('plateau'))('$name', (found: ReferenceCase) => {
  const options = found.config as ReduceLROnPlateauOptions
  covers('model', 'ReduceLROnPlateau', Object.keys(options))
  const callback = new ReduceLROnPlateau({ monitor: 'val_loss', ...options })
  callback.model = standIn()
  callback.onTrainBegin()
  const rates = found.numberList('values').map((value, epoch) => {
    callback.onEpochEnd(epoch, { val_loss: value })
    return callback.model.optimizer.learningRate
  })
  found.numberList('rates').forEach((rate, i) => {
    const difference = Math.abs((rates[i] as number) - rate)
    // Keras holds the rate in float32, whose rounding adds up with each reduction.
    expect(difference).toBeLessThanOrEqual(14 * 2 ** -24 * rate)
    noteComparison(found.name, difference, rate)
  })
})
