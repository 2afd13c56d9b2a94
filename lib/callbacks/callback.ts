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
  getWeights(): Promise<NDArray[]>
  setWeights(values: readonly NDArray[]): Promise<void>
}

export interface CallbackParams {
  readonly verbose: 0 | 1 | 2
  readonly epochs: number
  /** Batches of an epoch; undefined where a dataset does not tell. */
  readonly steps: number | undefined
}

type Answer = void | Promise<void>

/**
 * Base of all callbacks; each method may be async. Source: https://keras.io/api/callbacks/
 *
 * @example
 * class Pictures extends Callback {
 *   override async onEpochEnd(epoch: number): Promise<void> {
 *     await saveGrid(`images/${epoch}.png`, await generator.predict(noise))
 *   }
 * }
 */
export abstract class Callback {
  /** Set before anything else is called. */
  model!: CallbackModel
  params!: CallbackParams

  onTrainBegin(_logs: Logs): Answer {}
  onTrainEnd(_logs: Logs): Answer {}
  onEpochBegin(_epoch: number, _logs: Logs): Answer {}
  onEpochEnd(_epoch: number, _logs: Logs): Answer {}
  onTrainBatchBegin(_batch: number, _logs: Logs): Answer {}
  onTrainBatchEnd(_batch: number, _logs: Logs): Answer {}
  onTestBegin(_logs: Logs): Answer {}
  onTestEnd(_logs: Logs): Answer {}
  onTestBatchBegin(_batch: number, _logs: Logs): Answer {}
  onTestBatchEnd(_batch: number, _logs: Logs): Answer {}
  onPredictBegin(_logs: Logs): Answer {}
  onPredictEnd(_logs: Logs): Answer {}
  onPredictBatchBegin(_batch: number, _logs: Logs): Answer {}
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
