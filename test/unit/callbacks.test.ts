/** What callbacks and fit refuse. */
import {
  ArgumentError,
  CSVLogger,
  Dense,
  EarlyStopping,
  LambdaCallback,
  LearningRateScheduler,
  NDArray,
  ReduceLROnPlateau,
  Sequential,
  type FitOptions,
} from '../../lib/index'

const wrong = (value: unknown): never => value as never

test.each<[() => unknown, string]>([
  [
    () => new EarlyStopping(wrong({ min_delta: 1 })),
    "[EarlyStopping] unknown option 'min_delta'; known are monitor, minDelta, mode, patience, baseline, restoreBestWeights, startFromEpoch",
  ],
  [
    () => new EarlyStopping({ patience: -1 }),
    '[EarlyStopping] patience must be a non-negative integer, received -1',
  ],
  [
    () => new EarlyStopping({ mode: wrong('less') }),
    "[EarlyStopping] mode must be one of 'auto', 'min', 'max', received \"less\"",
  ],
  [
    () => new ReduceLROnPlateau({ factor: 1 }),
    '[ReduceLROnPlateau] factor must be a number from 0 up to, not including, 1, received 1',
  ],
  [
    () => new LearningRateScheduler(wrong(0.1)),
    '[LearningRateScheduler] schedule must be a function, received 0.1',
  ],
  [() => new CSVLogger(''), '[CSVLogger] filename must be a path, received ""'],
  [
    () => new LambdaCallback({ onEpochEnd: wrong(1) }),
    '[LambdaCallback] onEpochEnd must be a function, received 1',
  ],
])('%#', (act, message) => {
  expect(act).toThrow(ArgumentError)
  expect(act).toThrow(new Error(message))
})

test('auto can not tell the direction of a name it does not know', async () => {
  const callback = new EarlyStopping({ monitor: 'beauty' })
  callback.onTrainBegin()
  await callback.onEpochEnd(0, { beauty: 1 })
  await expect(callback.onEpochEnd(1, { beauty: 2 })).rejects.toThrow(
    "[EarlyStopping] can't tell whether less or more of 'beauty' is better: give mode 'min' or 'max'",
  )
})

describe('fit', () => {
  const model = new Sequential([Dense(1, { inputDim: 2 })], { name: 's' })
  model.compile({ loss: 'mse', optimizer: 'adam' })
  const [x, y] = [NDArray.zeros([3, 2]), NDArray.zeros([3, 1])]
  test.each<[FitOptions, string]>([
    [{ epochs: 0 }, 'epochs must be a positive integer, received 0'],
    [{ verbose: wrong(3) }, "verbose must be one of '0', '1', '2', received \"3\""],
    [{ callbacks: wrong([1]) }, 'callbacks must be a callback or a list of them, received [1]'],
    [
      { validationSplit: 1 },
      'validationSplit must be a number from 0 up to, not including, 1, received 1',
    ],
    [{ validationSplit: 0.9 }, "can't split 3 items by validationSplit 0.9"],
    [
      { validationFreq: 0 },
      'validationFreq must be a positive integer or a list of epochs from 1, received 0',
    ],
    [
      { validationData: wrong([x]) },
      'validationData must be [x, y], [x, y, sampleWeight] or a dataset, received [an object of type NDArray]',
    ],
  ])('%#', async (options, message) => {
    const act = model.fit(x, y, { verbose: 0, ...options })
    await expect(act).rejects.toThrow(new Error(`[Sequential "s" fit] ${message}`))
  })
})
