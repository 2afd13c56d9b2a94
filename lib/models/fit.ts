/** fit: epochs of training steps, with validation and callbacks. */
import {
  boolean,
  fail,
  isList,
  isPositiveInteger,
  knownOptions,
  nonNegativeInteger,
  numberInRange,
  positiveInteger,
} from '../check'
import { ArgumentError } from '../errors'
import { CallbackList, checkCallbacks, type CallbackModel } from '../callbacks/callback'
import { History } from '../callbacks/history'
import { ProgressLogger } from '../callbacks/progress_logger'
import {
  ArrayBatches,
  DatasetBatches,
  Epochs,
  feedReader,
  isDataset,
  splitFeed,
  type Batches,
  type Dataset,
} from './batches'
import type { Data } from './data'
import { epochsOf, evaluated, runEpoch, verbosity, type RunOptions } from './evaluate'
import { readFeed, requireFinite, type Feed } from './feed'
import type { WeightOptions } from './sample_weights'
import type { Trainer } from './train'

export interface FitOptions extends RunOptions, WeightOptions {
  /** Default 32; datasets have batches of their own. */
  readonly batchSize?: number
  /** Training ends before the epoch of this number; default 1. */
  readonly epochs?: number
  /** Number of the first epoch; default 0. */
  readonly initialEpoch?: number
  /** [x, y], [x, y, sampleWeight] or a dataset, evaluated after epochs. */
  readonly validationData?:
    | readonly [x: Data, y: Data]
    | readonly [x: Data, y: Data, sampleWeight: NonNullable<WeightOptions['sampleWeight']>]
    | Dataset
  /** Share of the items, the last ones, that are evaluated and not trained on; default 0. */
  readonly validationSplit?: number
  /** Default true: another order in each epoch, by `random`. Datasets are never shuffled. */
  readonly shuffle?: boolean
  /** Batches of an epoch; default all there are. */
  readonly stepsPerEpoch?: number
  /** Batches of a validation; default all there are. */
  readonly validationSteps?: number
  /** Default: batchSize. */
  readonly validationBatchSize?: number
  /** Every how many epochs, or after which (from 1), validation takes place; default 1. */
  readonly validationFreq?: number | readonly number[]
}

export const FIT_OPTIONS = [
  ...['batchSize', 'epochs', 'initialEpoch', 'validationData', 'validationSplit', 'shuffle'],
  ...['stepsPerEpoch', 'validationSteps', 'validationBatchSize', 'validationFreq'],
  ...['classWeight', 'sampleWeight', 'callbacks', 'verbose', 'signal'],
]

/** The options with defaults, checked. */
function checked(where: string, options: FitOptions) {
  knownOptions(where, options, FIT_OPTIONS)
  const { validationFreq: frequency = 1, stepsPerEpoch: steps } = options
  const isFrequency = isList(frequency)
    ? frequency.every(isPositiveInteger)
    : isPositiveInteger(frequency)
  if (!isFrequency) {
    fail(where, 'validationFreq', 'a positive integer or a list of epochs from 1', frequency)
  }
  return {
    batchSize: positiveInteger(where, 'batchSize', options.batchSize ?? 32),
    epochs: positiveInteger(where, 'epochs', options.epochs ?? 1),
    initialEpoch: nonNegativeInteger(where, 'initialEpoch', options.initialEpoch ?? 0),
    split: numberInRange(where, 'validationSplit', options.validationSplit ?? 0, 0, 1),
    shuffle: boolean(where, 'shuffle', options.shuffle ?? true),
    steps: steps === undefined ? undefined : positiveInteger(where, 'stepsPerEpoch', steps),
    isTime: (epoch: number): boolean =>
      isList(frequency) ? frequency.includes(epoch + 1) : (epoch + 1) % frequency === 0,
    verbose: verbosity(where, options.verbose),
    callbacks: checkCallbacks(where, options.callbacks),
  }
}

type Checked = ReturnType<typeof checked>

interface Sources {
  readonly training: Epochs<Feed>
  readonly validation: Epochs<Feed> | undefined
}

export async function fit(
  model: CallbackModel,
  trainer: Trainer,
  x: Data | Dataset,
  y: Data | undefined,
  options: FitOptions,
): Promise<History> {
  const where = `${model.label} fit`
  const settings = checked(where, options)
  const { training, validation } = sources(where, trainer, { x, y }, options, settings)
  const { verbose, epochs } = settings
  const history = new History()
  const all = [...settings.callbacks, new ProgressLogger(), history]
  const list = new CallbackList(all, model, { verbose, epochs, steps: training.count })
  model.stopTraining = false
  let logs: Record<string, number> = {}
  try {
    await list.tell('onTrainBegin', {})
    for (let epoch = settings.initialEpoch; epoch < epochs && !model.stopTraining; epoch++) {
      await list.tell('onEpochBegin', epoch, {})
      const goesOn = (): boolean => !model.stopTraining
      logs = (await runEpoch('train', where, trainer, training, list, goesOn)).logs()
      if (validation && settings.isTime(epoch)) {
        const totals = await evaluated(where, trainer, validation, list)
        for (const [name, value] of Object.entries(totals.logs())) logs[`val_${name}`] = value
      }
      await list.tell('onEpochEnd', epoch, logs)
    }
    await trainer.finish()
    await list.tell('onTrainEnd', logs)
  } finally {
    await training.close()
  }
  return history
}

function sources(
  where: string,
  trainer: Trainer,
  { x, y }: { x: Data | Dataset; y: Data | undefined },
  options: FitOptions,
  { batchSize, shuffle, split, steps }: Checked,
): Sources {
  const { sampleWeight, classWeight, validationData, signal } = options
  const { compiled } = trainer
  const asEpochs = (batches: Batches<Feed>): Epochs<Feed> =>
    new Epochs(where, batches, steps, signal)
  const size = options.validationBatchSize ?? batchSize
  const { validationSteps } = options
  const rest = {
    batchSize: size,
    ...(validationSteps === undefined ? {} : { steps: validationSteps }),
    ...(signal && { signal }),
  }
  if (isDataset(x)) {
    if (split > 0 || y !== undefined || sampleWeight !== undefined) {
      throw new ArgumentError(
        where,
        'y, sampleWeight and validationSplit are for arrays: the batches of a dataset hold [x, y, sampleWeight]',
      )
    }
    const batches = new DatasetBatches(x, feedReader(where, compiled, classWeight))
    return {
      training: asEpochs(batches),
      validation: validationOf(where, trainer, validationData, rest),
    }
  }
  const weights = {
    ...(sampleWeight !== undefined && { sampleWeight }),
    ...(classWeight !== undefined && { classWeight }),
  }
  const feed = requireFinite(where, readFeed(where, compiled, x, y, weights))
  if (split === 0 || validationData !== undefined) {
    const training = asEpochs(new ArrayBatches(feed, batchSize, shuffle))
    return { training, validation: validationOf(where, trainer, validationData, rest) }
  }
  const [first, last] = splitFeed(where, feed, split)
  // Class weights are for training alone.
  const held =
    classWeight === undefined ? last : { ...last, weights: last.weights.map(() => undefined) }
  return {
    training: asEpochs(new ArrayBatches(first, batchSize, shuffle)),
    validation: new Epochs(where, new ArrayBatches(held, size, false), validationSteps, signal),
  }
}

function validationOf(
  where: string,
  trainer: Trainer,
  data: FitOptions['validationData'],
  options: { readonly batchSize: number; readonly steps?: number; readonly signal?: AbortSignal },
): Epochs<Feed> | undefined {
  if (data === undefined) return undefined
  // Told apart at run time, since arrays are iterable too.
  const given: unknown = data
  if (isDataset(given)) return epochsOf(where, trainer, given as Dataset, undefined, options)
  if (!isList(given) || given.length < 2 || given.length > 3) {
    return fail(where, 'validationData', '[x, y], [x, y, sampleWeight] or a dataset', data)
  }
  const [x, y, sampleWeight] = given as readonly [Data, Data, WeightOptions['sampleWeight']?]
  const weights = sampleWeight === undefined ? {} : { sampleWeight }
  return epochsOf(where, trainer, x, y, { ...options, ...weights })
}
