/** What weights must fulfil, restored after each update. Source: https://keras.io/api/layers/constraints/ */
import { shapeText } from './array'
import { fail, finiteNumber, integerOrIntegers, nonNegativeNumber } from './check'
import { ArgumentError, ShapeError } from './errors'
import { SymbolicTensor } from './graph/tensor'
import { callableClass } from './layers/callable'
import { add, clip, div, maximum, mul, sqrt, square } from './ops/math'
import { sum } from './ops/reduce'
import { optionsOf } from './option_readers'
import { resolveObject, type Kind, type SerializedObject } from './serialization'

/** Keras's `backend.epsilon()`: keeps a norm of zero from being divided by. */
const EPSILON = 1e-7

/**
 * Base of all constraints. One of your own implements `apply`; a plain function over `ops` works in
 * its place.
 *
 * @example
 * class Halved extends Constraint {
 *   apply(weight: SymbolicTensor) {
 *     return ops.mul(weight, 0.5)
 *   }
 * }
 */
export abstract class Constraint {
  /** The weight as it must be after an update: same shape and element type. */
  abstract apply(weight: SymbolicTensor): SymbolicTensor

  /** Options that make an equal constraint. */
  getConfig(): Record<string, unknown> {
    return {}
  }
}

/** One axis or several; norms are taken over all of them together. */
export type ConstraintAxis = number | readonly number[]

function norms(weight: SymbolicTensor, axis: ConstraintAxis): SymbolicTensor {
  return sqrt(sum(square(weight), axis, true))
}

/** The weight with its norms changed to `desired`. */
function rescaled(
  weight: SymbolicTensor,
  current: SymbolicTensor,
  desired: SymbolicTensor,
): SymbolicTensor {
  return mul(weight, div(desired, add(current, EPSILON)))
}

/** Options of {@link MaxNorm}. */
export interface MaxNormOptions {
  /** Default 2. */
  readonly maxValue?: number | null
  /** Default 0, right for a Dense kernel; [0, 1, 2] for the filters of a Conv2D. */
  readonly axis?: ConstraintAxis | null
}

export class MaxNormConstraint extends Constraint {
  readonly maxValue: number
  readonly axis: ConstraintAxis

  constructor(...args: [options?: MaxNormOptions] | [maxValue?: number, axis?: ConstraintAxis]) {
    super()
    const where = this.constructor.name
    const { maxValue = 2, axis = 0 } = optionsOf<MaxNormOptions>(where, args, ['maxValue', 'axis'])
    this.maxValue = nonNegativeNumber(where, 'maxValue', maxValue)
    this.axis = integerOrIntegers(where, 'axis', axis)
  }

  override apply(weight: SymbolicTensor): SymbolicTensor {
    const current = norms(weight, this.axis)
    return rescaled(weight, current, clip(current, 0, this.maxValue))
  }

  override getConfig(): Record<string, unknown> {
    return { maxValue: this.maxValue, axis: this.axis }
  }
}

/**
 * Shortens vectors along `axis` whose norm is above `maxValue`. Source: https://keras.io/api/layers/constraints/
 *
 * @class
 */
export const MaxNorm = callableClass('MaxNorm', MaxNormConstraint)
export type MaxNorm = MaxNormConstraint

/** Options of {@link UnitNorm}. */
export interface UnitNormOptions {
  /** Default 0. */
  readonly axis?: ConstraintAxis | null
}

export class UnitNormConstraint extends Constraint {
  readonly axis: ConstraintAxis

  constructor(...args: [options?: UnitNormOptions] | [axis?: ConstraintAxis]) {
    super()
    const { axis = 0 } = optionsOf<UnitNormOptions>(this.constructor.name, args, ['axis'])
    this.axis = integerOrIntegers(this.constructor.name, 'axis', axis)
  }

  override apply(weight: SymbolicTensor): SymbolicTensor {
    return div(weight, add(norms(weight, this.axis), EPSILON))
  }

  override getConfig(): Record<string, unknown> {
    return { axis: this.axis }
  }
}

/** Gives vectors along `axis` the norm 1. Source: https://keras.io/api/layers/constraints/ @class */
export const UnitNorm = callableClass('UnitNorm', UnitNormConstraint)
export type UnitNorm = UnitNormConstraint

/** Options of {@link MinMaxNorm}. */
export interface MinMaxNormOptions {
  /** Default 0. */
  readonly minValue?: number | null
  /** Default 1. */
  readonly maxValue?: number | null
  /** Share of the way to the nearest allowed norm; default 1. */
  readonly rate?: number | null
  /** Default 0. */
  readonly axis?: ConstraintAxis | null
}

export class MinMaxNormConstraint extends Constraint {
  readonly minValue: number
  readonly maxValue: number
  readonly rate: number
  readonly axis: ConstraintAxis

  constructor(
    ...args:
      | [options?: MinMaxNormOptions]
      | [minValue?: number, maxValue?: number, rate?: number, axis?: ConstraintAxis]
  ) {
    super()
    const where = this.constructor.name
    const names = ['minValue', 'maxValue', 'rate', 'axis'] as const
    const options = optionsOf<MinMaxNormOptions>(where, args, names)
    const { minValue = 0, maxValue = 1, rate = 1, axis = 0 } = options
    this.minValue = nonNegativeNumber(where, 'minValue', minValue)
    this.maxValue = nonNegativeNumber(where, 'maxValue', maxValue)
    requireOrder(where, ['minValue', this.minValue], ['maxValue', this.maxValue])
    this.rate = nonNegativeNumber(where, 'rate', rate)
    this.axis = integerOrIntegers(where, 'axis', axis)
  }

  override apply(weight: SymbolicTensor): SymbolicTensor {
    const { minValue, maxValue, rate } = this
    const current = norms(weight, this.axis)
    const allowed = clip(current, minValue, maxValue)
    return rescaled(weight, current, add(mul(allowed, rate), mul(current, 1 - rate)))
  }

  override getConfig(): Record<string, unknown> {
    const { minValue, maxValue, rate, axis } = this
    return { minValue, maxValue, rate, axis }
  }
}

function requireOrder(where: string, low: [string, number], high: [string, number]): void {
  if (low[1] > high[1]) fail(where, low[0], `at most ${high[0]} (${high[1]})`, low[1])
}

/** Brings norms along `axis` between two bounds. Source: https://keras.io/api/layers/constraints/ @class */
export const MinMaxNorm = callableClass('MinMaxNorm', MinMaxNormConstraint)
export type MinMaxNorm = MinMaxNormConstraint

export class NonNegConstraint extends Constraint {
  constructor(...args: [options?: Record<string, never>]) {
    super()
    optionsOf(this.constructor.name, args, [])
  }

  override apply(weight: SymbolicTensor): SymbolicTensor {
    return maximum(weight, 0)
  }
}

/** Sets negative elements to 0. Source: https://keras.io/api/layers/constraints/ @class */
export const NonNeg = callableClass('NonNeg', NonNegConstraint)
export type NonNeg = NonNegConstraint

/** Options of {@link Clip}. */
export interface ClipOptions {
  /** Default -0.01. */
  readonly minValue?: number | null
  /** Default 0.01. */
  readonly maxValue?: number | null
}

export class ClipConstraint extends Constraint {
  readonly minValue: number
  readonly maxValue: number

  constructor(...args: [options?: ClipOptions] | [minValue?: number, maxValue?: number]) {
    super()
    const where = this.constructor.name
    const options = optionsOf<ClipOptions>(where, args, ['minValue', 'maxValue'])
    const { minValue = -0.01, maxValue = 0.01 } = options
    this.minValue = finiteNumber(where, 'minValue', minValue)
    this.maxValue = finiteNumber(where, 'maxValue', maxValue)
    requireOrder(where, ['minValue', this.minValue], ['maxValue', this.maxValue])
  }

  override apply(weight: SymbolicTensor): SymbolicTensor {
    return clip(weight, this.minValue, this.maxValue)
  }

  override getConfig(): Record<string, unknown> {
    return { minValue: this.minValue, maxValue: this.maxValue }
  }
}

/**
 * Limits each element to minValue..maxValue; default -0.01..0.01. Keras has no such constraint: it
 * is the weight clipping of the Wasserstein GAN. Source: Arjovsky, Chintala and Bottou (2017)
 *
 * @class
 * @example
 * const critic = Dense(1, { kernelConstraint: new Clip(-0.01, 0.01) })
 */
export const Clip = callableClass('Clip', ClipConstraint)
export type Clip = ClipConstraint

/** The limits of each element by itself; nothing where a constraint does anything else. */
export function boundsOf(constraint: Constraint | undefined): [number, number] | undefined {
  if (!constraint) return [-Infinity, Infinity]
  // A class of a user's own may apply something else.
  if (constraint.constructor === NonNegConstraint) return [0, Infinity]
  if (constraint.constructor !== ClipConstraint) return undefined
  const { minValue, maxValue } = constraint as ClipConstraint
  return [minValue, maxValue]
}

/** What a weight becomes after each step. */
export type ConstraintFunction = (weight: SymbolicTensor) => SymbolicTensor

export class FunctionConstraint extends Constraint {
  readonly functionName: string

  constructor(private readonly call: ConstraintFunction) {
    super()
    this.functionName = call.name
  }

  override apply(weight: SymbolicTensor): SymbolicTensor {
    const where = `constraint ${this.functionName}`
    const result: unknown = this.call(weight)
    if (!(result instanceof SymbolicTensor)) {
      throw new ArgumentError(where, 'must return a symbolic tensor')
    }
    if (shapeText(result.shape) === shapeText(weight.shape)) return result
    throw new ShapeError(
      where,
      `must keep the shape ${shapeText(weight.shape)}, returned ${shapeText(result.shape)}`,
    )
  }
}

const CLASSES = {
  max_norm: MaxNorm,
  unit_norm: UnitNorm,
  min_max_norm: MinMaxNorm,
  non_neg: NonNeg,
  clip: Clip,
  MaxNorm,
  UnitNorm,
  MinMaxNorm,
  NonNeg,
  Clip,
} as const

const KIND: Kind<Constraint, ConstraintFunction> = {
  noun: 'a Constraint',
  base: Constraint,
  classes: CLASSES,
  fromFunction: (call) => new FunctionConstraint(call),
}

/** A constraint by its Keras name, with default options. */
export type ConstraintName = keyof typeof CLASSES

/** What options such as `kernelConstraint` take; a name stands for Keras's default options. */
export type ConstraintArgument = ConstraintName | Constraint | ConstraintFunction | SerializedObject

/** A constraint from what the option holds; undefined where it holds none. */
export function resolveConstraint(
  where: string,
  name: string,
  value: ConstraintArgument | null | undefined,
): Constraint | undefined {
  return value === undefined || value === null ? undefined : resolveObject(where, name, value, KIND)
}
