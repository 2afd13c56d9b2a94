/** evaluate: loss and metrics over many batches. */
import { knownOptions, oneOf, positiveInteger } from '../check'
import {
  CallbackList,
  checkCallbacks,
  type Callback,
  type CallbackModel,
} from '../callbacks/callback'
import { ProgressLogger } from '../callbacks/progress_logger'
import {
  ArrayBatches,
  DatasetBatches,
  Epochs,
  feedReader,
  isDataset,
  type Dataset,
} from './batches'
import type { Data } from './data'
import { readFeed, requireFinite, type Feed } from './feed'
import { Totals } from './reported'
import type { WeightOptions } from './sample_weights'
import type { Mode, Trainer } from './train'

/** 0 silent, 1 a bar, 2 a line for each epoch; 'auto' (default): 1 on a terminal, 2 elsewhere. */
export type Verbose = 0 | 1 | 2 | 'auto'

/** Options of everything that runs over batches. */
export interface RunOptions {
  readonly verbose?: Verbose
  readonly callbacks?: Callback | readonly Callback[]
  /** Stops between two batches; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** Options of `model.evaluate`. */
export interface EvaluateOptions extends RunOptions, Pick<WeightOptions, 'sampleWeight'> {
  /** Items computed at a time; default 32. */
  readonly batchSize?: number
  /** Batches to take; default all. */
  readonly steps?: number
}

export const EVALUATE_OPTIONS = [
  ...['batchSize', 'sampleWeight', 'steps', 'callbacks', 'verbose', 'signal'],
]

export function verbosity(where: string, value: Verbose = 'auto'): 0 | 1 | 2 {
  if (value === 'auto') return process.stdout.isTTY ? 1 : 2
  return Number(oneOf(where, 'verbose', String(value), ['0', '1', '2'])) as 0 | 1 | 2
}

/** Batches of a user's data, or of a user's dataset. */
export function epochsOf(
  where: string,
  trainer: Trainer,
  x: Data | Dataset,
  y: Data | undefined,
  options: EvaluateOptions,
): Epochs<Feed> {
  const { batchSize, sampleWeight, steps, signal } = options
  const { compiled } = trainer
  const weights = sampleWeight === undefined ? {} : { sampleWeight }
  const batches = isDataset(x)
    ? new DatasetBatches(x, feedReader(where, compiled))
    : new ArrayBatches(
        requireFinite(where, readFeed(where, compiled, x, y, weights)),
        positiveInteger(where, 'batchSize', batchSize ?? 32),
        false,
      )
  const wanted = steps === undefined ? undefined : positiveInteger(where, 'steps', steps)
  return new Epochs(where, batches, wanted, signal)
}

/** Runs one epoch and gives its totals; callbacks hear of each batch. */
export async function runEpoch(
  mode: Mode,
  where: string,
  trainer: Trainer,
  epochs: Epochs<Feed>,
  list: CallbackList,
  goesOn: () => boolean = () => true,
): Promise<Totals> {
  let totals: Totals | undefined
  const [begin, end] =
    mode === 'train'
      ? (['onTrainBatchBegin', 'onTrainBatchEnd'] as const)
      : (['onTestBatchBegin', 'onTestBatchEnd'] as const)
  await epochs.run(async (feed, step) => {
    await list.tell(begin, step, {})
    const { reported, results, items } = await trainer.run(mode, where, feed)
    totals ??= new Totals(reported)
    totals.add(results, items)
    await list.tell(end, step, totals.logs())
    return goesOn()
  })
  return totals as unknown as Totals
}

export async function evaluate(
  model: CallbackModel,
  trainer: Trainer,
  x: Data | Dataset,
  y: Data | undefined,
  options: EvaluateOptions,
): Promise<Totals> {
  const where = `${model.label} evaluate`
  knownOptions(where, options, EVALUATE_OPTIONS)
  const verbose = verbosity(where, options.verbose)
  const epochs = epochsOf(where, trainer, x, y, options)
  const callbacks = checkCallbacks(where, options.callbacks)
  const params = { verbose, epochs: 1, steps: epochs.count }
  const list = new CallbackList([...callbacks, new ProgressLogger()], model, params)
  return evaluated(where, trainer, epochs, list)
}

/** Also `fit`'s validation, with its callbacks. */
export async function evaluated(
  where: string,
  trainer: Trainer,
  epochs: Epochs<Feed>,
  list: CallbackList,
): Promise<Totals> {
  await list.tell('onTestBegin', {})
  try {
    const totals = await runEpoch('test', where, trainer, epochs, list)
    await list.tell('onTestEnd', totals.logs())
    return totals
  } finally {
    await epochs.close()
  }
}
