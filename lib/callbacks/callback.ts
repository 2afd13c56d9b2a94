/** Callback: what is told about training, evaluation and prediction while they run. */
import { fail, isList } from '../check'
import type { NDArray } from '../array'
import type { Optimizer } from '../optimizers'

/** Numbers by name; a callback may add to those of an epoch. */
export type Logs = Record<string, number>

/** What a callback may do with the model that runs. */
export interface CallbackModel {
  readonly name: string
  readonly label: string
  readonly optimizer: Optimizer
  /** Set it to true to end training after this batch. */
  stopTraining: boolean
  /** A copy of all weights. */
  getWeights(): Promise<NDArray[]>
  /** Gives all weights new values, in the order of `getWeights`. */
  setWeights(values: readonly NDArray[]): Promise<void>
}

/** What a callback may know about the run. */
export interface CallbackParams {
  readonly verbose: 0 | 1 | 2
  readonly epochs: number
  /** Batches of an epoch; undefined where a dataset does not tell. */
  readonly steps: number | undefined
}

/** What a method of a callback returns; a promise is awaited. */
export type Answer = void | Promise<void>

/**
 * Base of all callbacks; each method may be async. Source: https://keras.io/api/callbacks/
 *
 * @example
 * class Pictures extends Callback {
 *   override async onEpochEnd(epoch: number): Promise<void> {
 *     await saveGrid(await generator.predict(noise), 5, 5, `images/${epoch}.png`)
 *   }
 * }
 */
export abstract class Callback {
  /** Set before anything else is called. */
  model!: CallbackModel
  /** How the run was started. */
  params!: CallbackParams

  /** Before the first epoch of `fit`. */
  onTrainBegin(_logs: Logs): Answer {}
  /** After the last epoch. */
  onTrainEnd(_logs: Logs): Answer {}
  /** Before an epoch, counted from 0. */
  onEpochBegin(_epoch: number, _logs: Logs): Answer {}
  /** After an epoch, with its losses and metrics, those of validation as `val_...`. */
  onEpochEnd(_epoch: number, _logs: Logs): Answer {}
  /** Before a training step, counted from 0 in each epoch. */
  onTrainBatchBegin(_batch: number, _logs: Logs): Answer {}
  /** After a training step, with the means of the epoch so far. */
  onTrainBatchEnd(_batch: number, _logs: Logs): Answer {}
  /** Before `evaluate` and before validation. */
  onTestBegin(_logs: Logs): Answer {}
  /** After it, with its losses and metrics. */
  onTestEnd(_logs: Logs): Answer {}
  /** Before a batch of evaluation. */
  onTestBatchBegin(_batch: number, _logs: Logs): Answer {}
  /** After a batch of evaluation, with the means so far. */
  onTestBatchEnd(_batch: number, _logs: Logs): Answer {}
  /** Before `predict`. */
  onPredictBegin(_logs: Logs): Answer {}
  /** After `predict`. */
  onPredictEnd(_logs: Logs): Answer {}
  /** Before a batch of `predict`. */
  onPredictBatchBegin(_batch: number, _logs: Logs): Answer {}
  /** After a batch of `predict`. */
  onPredictBatchEnd(_batch: number, _logs: Logs): Answer {}
}

type Event = Exclude<keyof Callback, 'model' | 'params'>

/** Callbacks, told one after the other. */
export class CallbackList {
  constructor(
    private readonly callbacks: readonly Callback[],
    model: CallbackModel,
    params: CallbackParams,
  ) {
    for (const callback of callbacks) Object.assign(callback, { model, params })
  }

  async tell(
    event: Event,
    ...args: readonly [logs: Logs] | readonly [number, Logs]
  ): Promise<void> {
    for (const callback of this.callbacks) {
      await (callback[event] as (...args: readonly unknown[]) => Answer).apply(callback, [...args])
    }
  }
}

/** The option `callbacks`, checked. */
export function checkCallbacks(where: string, value: unknown): readonly Callback[] {
  const list = value instanceof Callback ? [value] : (value ?? [])
  if (isList(list) && list.every((item) => item instanceof Callback)) return list
  return fail(where, 'callbacks', 'a callback or a list of them', value)
}
