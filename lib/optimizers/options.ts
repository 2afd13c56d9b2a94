/** Options that all optimizers share. */
import {
  boolean,
  nonEmptyString,
  nonNegativeNumber,
  positiveInteger,
  positiveNumber,
  shareOf,
} from '../check'
import { ArgumentError } from '../errors'
import { optionsOf, readOptions, type Readers } from '../option_readers'
import { type SerializedObject } from '../serialization'
import type { LearningRateSchedule, ScheduleFunction } from './schedule'

/** A number, or the rate as a function of the steps done. */
export type LearningRate = number | LearningRateSchedule | ScheduleFunction

/** Options of every optimizer. */
export interface OptimizerOptions {
  /** Default 0.001 (SGD: 0.01). */
  readonly learningRate?: LearningRate | SerializedObject
  /** Keras 2's name of `learningRate`. */
  readonly lr?: number
  /** Keras 2's: the learning rate is divided by 1 + decay * steps done; default 0. */
  readonly decay?: number
  /** Share of each weight, times the learning rate, that is taken off before each update. */
  readonly weightDecay?: number
  /** Largest Euclidean norm of each weight's gradient; longer ones are shortened. */
  readonly clipnorm?: number
  /** Largest absolute value of each element of a gradient. */
  readonly clipvalue?: number
  /** Largest Euclidean norm of all gradients together. */
  readonly globalClipnorm?: number
  /** Keep a moving average of each weight; default false. */
  readonly useEma?: boolean
  /** Kept share of that average; default 0.99. */
  readonly emaMomentum?: number
  /** Every so many steps the weights become their averages; default never. */
  readonly emaOverwriteFrequency?: number
  /** The loss is multiplied by it and gradients divided, against underflow in half precision. */
  readonly lossScaleFactor?: number
  /** Begins the names of its state; default the class name in lower case. */
  readonly name?: string
}

/** In Keras's order of positional arguments. */
const SHARED = [
  'weightDecay',
  'clipnorm',
  'clipvalue',
  'globalClipnorm',
  'useEma',
  'emaMomentum',
  'emaOverwriteFrequency',
  'lossScaleFactor',
  'name',
  'lr',
  'decay',
] as const

/** What an optimizer's constructor takes: options in one object, or Keras's positional ones. */
export type OptimizerArguments<Own extends object, Positional extends unknown[]> =
  [options?: Partial<Own> & OptimizerOptions] | [learningRate?: LearningRate, ...others: Positional]

/** The shared options and an optimizer's own, which are checked; null counts as not given. */
export function optimizerOptions<Own extends object>(
  where: string,
  args: readonly unknown[],
  readers: Readers<Own>,
  first: readonly string[] = Object.keys(readers),
): [shared: OptimizerOptions, own: Own] {
  const owned = Object.keys(readers)
  const names = [...new Set(['learningRate', ...first, ...owned, ...SHARED])]
  const options = optionsOf<Record<string, unknown>>(where, args, names)
  const isOwn = ([name]: [string, unknown]): boolean => owned.includes(name)
  const entries = Object.entries(options)
  const shared = Object.fromEntries(entries.filter((entry) => !isOwn(entry)))
  return [shared, readOptions(where, readers, Object.fromEntries(entries.filter(isOwn)))]
}

/** The shared options as they are kept, checked. */
export interface SharedSettings {
  readonly name: string
  readonly weightDecay: number | undefined
  readonly clipnorm: number | undefined
  readonly clipvalue: number | undefined
  readonly globalClipnorm: number | undefined
  readonly useEma: boolean
  readonly emaMomentum: number
  readonly emaOverwriteFrequency: number | undefined
  readonly lossScaleFactor: number | undefined
  readonly decay: number
}

export function sharedSettings(where: string, options: OptimizerOptions): SharedSettings {
  const { name = where.toLowerCase(), useEma = false, emaMomentum = 0.99 } = options
  nonEmptyString(where, 'name', name)
  const clips = ['clipnorm', 'clipvalue', 'globalClipnorm'] as const
  const several = clips.filter((clip) => options[clip] !== undefined)
  if (several.length > 1) {
    throw new ArgumentError(
      where,
      `takes one of clipnorm, clipvalue and globalClipnorm, received ${several.join(' and ')}`,
    )
  }
  return {
    name,
    weightDecay: given(nonNegativeNumber, where, options, 'weightDecay'),
    clipnorm: given(positiveNumber, where, options, 'clipnorm'),
    clipvalue: given(positiveNumber, where, options, 'clipvalue'),
    globalClipnorm: given(positiveNumber, where, options, 'globalClipnorm'),
    useEma: boolean(where, 'useEma', useEma),
    emaMomentum: shareOf(where, 'emaMomentum', emaMomentum),
    emaOverwriteFrequency: given(positiveInteger, where, options, 'emaOverwriteFrequency'),
    lossScaleFactor: given(positiveNumber, where, options, 'lossScaleFactor'),
    decay: nonNegativeNumber(where, 'decay', options.decay ?? 0),
  }
}

/** The option as checked, where it is given. */
function given<T>(
  check: (where: string, name: string, value: unknown) => T,
  where: string,
  options: OptimizerOptions,
  name: keyof OptimizerOptions,
): T | undefined {
  return options[name] === undefined ? undefined : check(where, name, options[name])
}
