/** What all learning-rate schedules share. */
import { fail } from '../check'
import { callableClass, type CallableClass } from '../layers/callable'
import { optionsOf, readOptions, type Readers } from '../option_readers'

/** The learning rate after `step` steps; plain numbers, computed before each step. */
export type ScheduleFunction = (step: number) => number

/**
 * Base of all schedules. One of your own implements `at`; a plain function works in its place. The
 * step count is each compiled model's own.
 *
 * @example
 * class Halving extends LearningRateSchedule {
 *   at(step: number) {
 *     return 0.001 * 0.5 ** Math.floor(step / 1000)
 *   }
 * }
 * const optimizer = new Adam(new Halving())   // also new Adam((step) => 0.001 / (1 + step))
 */
export abstract class LearningRateSchedule {
  /** The rate after this many steps. */
  abstract at(step: number): number

  /** Options that make an equal schedule. */
  getConfig(): Record<string, unknown> {
    return {}
  }
}

type Reader<T> = (where: string, name: string, value: unknown) => T

/** An option: a string. */
export const name = (value: string): Reader<string> => {
  return (where, option, given = value) =>
    typeof given === 'string' ? given : fail(where, option, 'a string', given)
}

/** Options in one object, or Keras's positional arguments. */
export type ScheduleArguments<Options, Positional extends unknown[]> =
  [options: Options] | Positional

/**
 * A class of schedules from its options, in Keras's order, and the formula. Each can be given by
 * position or in one object.
 */
export function schedule<Options extends object, Positional extends unknown[]>(
  where: string,
  readers: Readers<Required<Options>>,
  rate: (settings: Required<Options>, step: number) => number,
  check: (settings: Required<Options>) => void = () => undefined,
): CallableClass<new (...args: ScheduleArguments<Options, Positional>) => LearningRateSchedule> {
  return callableClass(
    where,
    class extends LearningRateSchedule {
      readonly settings: Required<Options>

      constructor(...args: ScheduleArguments<Options, Positional>) {
        super()
        const names = Object.keys(readers)
        this.settings = readOptions(where, readers, optionsOf(where, args, names as never[]))
        check(this.settings)
      }

      override at(step: number): number {
        return rate(this.settings, step)
      }

      override getConfig(): Record<string, unknown> {
        return Object.fromEntries(Object.entries(this.settings))
      }
    },
  )
}
