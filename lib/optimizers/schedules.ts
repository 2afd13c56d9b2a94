/** Learning rates that depend on the steps done. Source: https://keras.io/api/optimizers/learning_rate_schedules/ */
import { fail, finiteNumber, isList, nonNegativeNumber, positiveNumber } from '../check'
import { ArgumentError } from '../errors'
import { finite, flag } from '../option_readers'
import { resolveObject, type Kind } from '../serialization'
import { CosineDecay, CosineDecayRestarts } from './cosine_schedules'
import { LearningRateSchedule, name, schedule, type ScheduleFunction } from './schedule'

function numbers(where: string, name: string, value: unknown): readonly number[] {
  if (isList(value) && value.every(Number.isFinite)) return value as readonly number[]
  return fail(where, name, 'a list of numbers', value)
}

/** Options of {@link schedules.ExponentialDecay}. */
export interface ExponentialDecayOptions {
  /** The rate of the first step. */
  readonly initialLearningRate: number
  /** After how many steps the formula has gone its way once. */
  readonly decaySteps: number
  /** What the rate is multiplied by. */
  readonly decayRate: number
  /** Whole powers only; default false. */
  readonly staircase?: boolean
  readonly name?: string
}

/** `initialLearningRate * decayRate ^ (step / decaySteps)`. @class */
export const ExponentialDecay = schedule<
  ExponentialDecayOptions,
  [initialLearningRate: number, decaySteps: number, decayRate: number, staircase?: boolean]
>(
  'ExponentialDecay',
  {
    initialLearningRate: finiteNumber,
    decaySteps: positiveNumber,
    decayRate: finiteNumber,
    staircase: flag(false),
    name: name('ExponentialDecay'),
  },
  ({ initialLearningRate, decaySteps, decayRate, staircase }, step) => {
    const power = step / decaySteps
    return initialLearningRate * decayRate ** (staircase ? Math.floor(power) : power)
  },
)

/** Options of {@link schedules.PiecewiseConstantDecay}. */
export interface PiecewiseConstantDecayOptions {
  /** Last steps of all values but the last. */
  readonly boundaries: readonly number[]
  readonly values: readonly number[]
  readonly name?: string
}

/** `values[i]` up to and including step `boundaries[i]`, and the last value after that. @class */
export const PiecewiseConstantDecay = schedule<
  PiecewiseConstantDecayOptions,
  [boundaries: readonly number[], values: readonly number[]]
>(
  'PiecewiseConstantDecay',
  { boundaries: numbers, values: numbers, name: name('PiecewiseConstant') },
  ({ boundaries, values }, step) => {
    const place = boundaries.findIndex((boundary) => step <= boundary)
    return values.at(place) as number
  },
  ({ boundaries, values }) => {
    if (boundaries.length === values.length - 1) return
    throw new ArgumentError(
      'PiecewiseConstantDecay',
      `needs one value more than boundaries, received ${values.length} and ${boundaries.length}`,
    )
  },
)

/** Options of {@link schedules.PolynomialDecay}. */
export interface PolynomialDecayOptions {
  /** The rate of the first step. */
  readonly initialLearningRate: number
  /** After how many steps the formula has gone its way once. */
  readonly decaySteps: number
  /** Default 0.0001. */
  readonly endLearningRate?: number
  /** Default 1: a straight line. */
  readonly power?: number
  /** Start again, more slowly each time; default false. */
  readonly cycle?: boolean
  readonly name?: string
}

/** From initialLearningRate to endLearningRate along `(1 - step / decaySteps) ^ power`. @class */
export const PolynomialDecay = schedule<
  PolynomialDecayOptions,
  [
    initialLearningRate: number,
    decaySteps: number,
    endLearningRate?: number,
    power?: number,
    cycle?: boolean,
  ]
>(
  'PolynomialDecay',
  {
    initialLearningRate: finiteNumber,
    decaySteps: positiveNumber,
    endLearningRate: finite(0.0001),
    power: finite(1),
    cycle: flag(false),
    name: name('PolynomialDecay'),
  },
  ({ initialLearningRate, decaySteps, endLearningRate, power, cycle }, step) => {
    const rounds = cycle && step > 0 ? Math.ceil(step / decaySteps) : 1
    const part = (cycle ? step : Math.min(step, decaySteps)) / (decaySteps * rounds)
    return (initialLearningRate - endLearningRate) * (1 - part) ** power + endLearningRate
  },
)

/** Options of {@link schedules.InverseTimeDecay}. */
export type InverseTimeDecayOptions = ExponentialDecayOptions

/** `initialLearningRate / (1 + decayRate * step / decaySteps)`. @class */
export const InverseTimeDecay = schedule<
  InverseTimeDecayOptions,
  [initialLearningRate: number, decaySteps: number, decayRate: number, staircase?: boolean]
>(
  'InverseTimeDecay',
  {
    initialLearningRate: finiteNumber,
    decaySteps: positiveNumber,
    decayRate: finiteNumber,
    staircase: flag(false),
    name: name('InverseTimeDecay'),
  },
  ({ initialLearningRate, decaySteps, decayRate, staircase }, step) => {
    const part = step / decaySteps
    return initialLearningRate / (1 + decayRate * (staircase ? Math.floor(part) : part))
  },
)

export type ExponentialDecay = InstanceType<typeof ExponentialDecay>
export type PiecewiseConstantDecay = InstanceType<typeof PiecewiseConstantDecay>
export type PolynomialDecay = InstanceType<typeof PolynomialDecay>
export type InverseTimeDecay = InstanceType<typeof InverseTimeDecay>

class FunctionSchedule extends LearningRateSchedule {
  readonly functionName: string

  constructor(private readonly call: ScheduleFunction) {
    super()
    this.functionName = call.name
  }

  override at(step: number): number {
    return this.call(step)
  }
}

const KIND: Kind<LearningRateSchedule, ScheduleFunction> = {
  noun: 'a LearningRateSchedule',
  base: LearningRateSchedule,
  classes: {
    ExponentialDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
    InverseTimeDecay,
    CosineDecay,
    CosineDecayRestarts,
  },
  fromFunction: (call) => new FunctionSchedule(call),
}

/** A number, or a schedule from an object, a function or its configuration. */
export function resolveLearningRate(where: string, value: unknown): number | LearningRateSchedule {
  if (typeof value === 'object' || typeof value === 'function') {
    return resolveObject(where, 'learningRate', value, KIND)
  }
  return nonNegativeNumber(where, 'learningRate', value)
}
