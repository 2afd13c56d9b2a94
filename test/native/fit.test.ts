/** fit and evaluate against Keras; datasets, callbacks, signals. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CSVLogger,
  EarlyStopping,
  LambdaCallback,
  LearningRateScheduler,
  type NDArray,
  setRandomSeed,
  StateError,
  TerminateOnNaN,
  type Data,
  type DatasetBatch,
  type FitOptions,
  type Model,
} from '../../lib/index'
import { readReference, type ReferenceCase } from '../reference/read'
import { covers } from './coverage'
import { expectResults, expectWeights, modelOf } from './training_models'

const reference = readReference('training')
const named = (prefix: RegExp): ReferenceCase[] =>
  reference.cases.filter(({ name }) => prefix.test(name))
const one = (list: NDArray[]): Data => (list.length === 1 ? (list[0] as NDArray) : list)
const weightsOf = (found: ReferenceCase): { sampleWeight?: NDArray } =>
  found.has('sampleWeight') ? { sampleWeight: found.array('sampleWeight') } : {}

test.each(named(/^fit/))('$name', async (found: ReferenceCase) => {
  const call = found.config.call as unknown as FitOptions
  covers('model', 'fit', [...Object.keys(call), ...Object.keys(weightsOf(found))])
  const model = await modelOf(found)
  const [x, y] = [one(found.list('x')), one(found.list('y'))]
  const options = { ...call, ...weightsOf(found), shuffle: false, verbose: 0 } as const
  const { history, epoch, params } = await model.fit(x, y, options)
  const epochs = found.numbers.results as unknown as Record<string, number>[]
  expect(epoch[0]).toBe(call.initialEpoch ?? 0)
  expect(epoch).toHaveLength(history.loss!.length)
  expect(params.epochs).toBe(call.epochs)
  epochs.forEach((_, i) => {
    const numbers = Object.entries(history).map(([name, values]) => [name, values[i]] as const)
    expectResults(found, i, Object.fromEntries(numbers))
  })
  for (const name of Object.keys(epochs[0]!)) {
    const length = epochs.filter((numbers) => name in numbers).length
    expect([name, history[name]!.length]).toEqual([name, length])
  }
  await expectWeights(found, model)
})

test.each(named(/^evaluate/))('$name', async (found: ReferenceCase) => {
  const call = found.config.call as { batchSize: number; steps?: number }
  covers('model', 'evaluate', [...Object.keys(call), ...Object.keys(weightsOf(found))])
  const model = await modelOf(found)
  const options = { ...call, ...weightsOf(found), verbose: 0 } as const
  const result = await model.evaluate(one(found.list('x')), one(found.list('y')), options)
  expectResults(found, 0, result)
})

const fitted = reference.find('fit, uneven batches')
const [x, y] = [fitted.array('x.0'), fitted.array('y.0')]
const quiet = { verbose: 0, batchSize: 4, shuffle: false } as const

function* batches(): Generator<DatasetBatch> {
  for (let start = 0; start < 11; start += 4) {
    const end = Math.min(start + 4, 11)
    yield [x.slice(start, end), y.slice(start, end)]
  }
}

test.each(['iterable', 'async iterable'])('a dataset that is an %s', async (kind) => {
  const model = await modelOf(fitted)
  const dataset =
    kind === 'iterable'
      ? { [Symbol.iterator]: batches }
      : {
          async *[Symbol.asyncIterator](): AsyncGenerator<DatasetBatch> {
            yield* batches()
          },
        }
  await model.fit(dataset, undefined, { epochs: 3, verbose: 0 })
  await expectWeights(fitted, model)
})

test('stepsPerEpoch goes on where the last epoch ended', async () => {
  const model = await modelOf(fitted)
  const seen: number[] = []
  function* endless(): Generator<DatasetBatch> {
    for (let i = 0; ; i++) {
      seen.push(i)
      yield [x.slice(0, 4), y.slice(0, 4)]
    }
  }
  const options = { epochs: 3, stepsPerEpoch: 2, verbose: 0 } as const
  const { params } = await model.fit(endless(), undefined, options)
  expect(seen).toEqual([0, 1, 2, 3, 4, 5])
  expect(params.steps).toBe(2)
})

test('a generator that ran gives no second epoch', async () => {
  const model = await modelOf(fitted)
  const act = model.fit(batches(), undefined, { epochs: 2, verbose: 0 })
  await expect(act).rejects.toThrow(StateError)
  await expect(act).rejects.toThrow('the dataset gave no batch')
})

test('shuffling depends on the seed alone, and changes the order', async () => {
  const run = async (seed: number): Promise<unknown> => {
    const model = await modelOf(fitted)
    setRandomSeed(seed)
    return (await model.fit(x, y, { ...quiet, shuffle: true, epochs: 2 })).history
  }
  const first = await run(3)
  expect(await run(3)).toEqual(first)
  expect(await run(4)).not.toEqual(first)
})

test('a signal ends training between batches; the model stays usable', async () => {
  const model = await modelOf(fitted)
  const controller = new AbortController()
  const steps: number[] = []
  const stop = new LambdaCallback({
    onTrainBatchEnd: (batch) => {
      steps.push(batch)
      if (batch === 1) controller.abort()
    },
  })
  const { signal } = controller
  const act = model.fit(x, y, { ...quiet, callbacks: stop, signal, epochs: 5 })
  await expect(act).rejects.toMatchObject({ name: 'AbortError' })
  expect(steps).toEqual([0, 1])
  await expect(model.fit(x, y, quiet)).resolves.toBeDefined()
})

test('callbacks hear of everything in order, and wait for each other', async () => {
  const model = await modelOf(fitted)
  const heard: string[] = []
  const note = (event: string) => async () => {
    await new Promise((resolve) => setImmediate(resolve))
    heard.push(event)
  }
  const events = ['onTrainBegin', 'onEpochBegin', 'onTrainBatchBegin', 'onTrainBatchEnd']
  const later = ['onTestBegin', 'onTestBatchEnd', 'onTestEnd', 'onEpochEnd', 'onTrainEnd']
  const all = Object.fromEntries([...events, ...later].map((event) => [event, note(event)]))
  const callbacks = [new LambdaCallback(all)]
  await model.fit(x, y, { verbose: 0, batchSize: 11, validationData: [x, y], callbacks })
  expect(heard).toEqual([...events, ...later])
})

test('EarlyStopping stops, and gives the best weights back', async () => {
  const model = await modelOf(fitted)
  const rates = new LearningRateScheduler((epoch) => (epoch < 2 ? 0.01 : 1))
  const stop = new EarlyStopping({ monitor: 'val_loss', patience: 2, restoreBestWeights: true })
  const options = { ...quiet, epochs: 20, validationData: [x, y] as const }
  const { history, epoch } = await model.fit(x, y, { ...options, callbacks: [rates, stop] })
  expect(history.learning_rate!.slice(0, 3)).toEqual([0.01, 0.01, 1])
  expect(stop.stoppedEpoch).toBe(epoch.at(-1))
  expect(epoch.length).toBeLessThan(20)
  const { loss } = await model.evaluate(x, y, { verbose: 0, batchSize: 4 })
  expect(loss).toBe(Math.min(...history.val_loss!))
  expect(history.val_loss![stop.bestEpoch]).toBe(loss)
})

test('TerminateOnNaN, and CSVLogger with the form of Keras', async () => {
  const model = await modelOf(fitted, { loss: 'mse', metrics: [] })
  const folder = mkdtempSync(join(tmpdir(), 'gantorch-'))
  const path = join(folder, 'log.csv')
  await model.fit(x, y, { ...quiet, epochs: 2, callbacks: new CSVLogger(path) })
  const more = new CSVLogger(path, { append: true, separator: ',' })
  await model.fit(x, y, { ...quiet, callbacks: more })
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => line.replace(/0\.\d+/, 'n'))).toEqual([
    'epoch,loss,val_loss',
    '0,n,NA',
    '1,n,NA',
    '0,n,NA',
  ])
  rmSync(folder, { recursive: true })
  model.optimizer.learningRate = 1e38
  const { epoch } = await model.fit(x, y, { ...quiet, epochs: 9, callbacks: new TerminateOnNaN() })
  expect(epoch.length).toBeLessThan(9)
})

test('a line for each epoch with verbose 2', async () => {
  const model = await modelOf(fitted)
  const written: string[] = []
  const spy = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text))
    return true
  })
  await model.fit(x, y, { ...quiet, epochs: 2, verbose: 2 })
  spy.mockRestore()
  expect(written.join('')).toMatch(
    /^Epoch 1\/2\n3\/3 - \d+s - \d+ms\/step - loss: \d\.\d{4} - accuracy: \d\.\d{4}\nEpoch 2\/2\n/,
  )
})

test('predict on a dataset, with callbacks and a signal', async () => {
  const model = (await modelOf(fitted)) as unknown as Model
  const whole = await model.predict(x)
  function* rows(): Generator<NDArray> {
    yield x.slice(0, 4)
    yield x.slice(4, 11)
  }
  const heard: number[] = []
  const callbacks = new LambdaCallback({ onPredictBatchEnd: (batch) => void heard.push(batch) })
  const parts = await model.predict(rows(), { callbacks })
  expect(heard).toEqual([0, 1])
  expect(parts.shape).toEqual(whole.shape)
  parts.data.forEach((value: number, i: number) => expect(value).toBeCloseTo(whole.data[i]!, 6))
  const first = await model.predict(x, { batchSize: 4, steps: 2 })
  expect(first.shape).toEqual([8, 3])
  const act = model.predict(x, { signal: AbortSignal.abort() })
  await expect(act).rejects.toMatchObject({ name: 'AbortError' })
})
