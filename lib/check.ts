/** Argument checks with one message form: `[where] name must be <expected>, received <actual>`. */
import { ArgumentError } from './errors'

/** A short, safe description of any value for an error message. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'function') return value.name ? `function ${value.name}` : 'a function'
  if (Array.isArray(value)) {
    const shown = value.slice(0, 8).map(describe)
    return `[${shown.join(', ')}${value.length > 8 ? ', ...' : ''}]`
  }
  if (typeof value === 'object' && value !== null) {
    const name = (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)
      ?.constructor?.name
    return name && name !== 'Object' ? `an object of type ${name}` : 'an object'
  }
  return String(value)
}

/** Throws the one form of argument error. */
export function fail(where: string, name: string, expected: string, value: unknown): never {
  throw new ArgumentError(where, `${name} must be ${expected}, received ${describe(value)}`)
}

/** `Array.isArray` that keeps the type of the items. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

export function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

export function isPositiveInteger(value: unknown): value is number {
  return isInteger(value) && value > 0
}

export function isNonNegativeInteger(value: unknown): value is number {
  return isInteger(value) && value >= 0
}

export function integer(where: string, name: string, value: unknown): number {
  return isInteger(value) ? value : fail(where, name, 'an integer', value)
}

export function positiveInteger(where: string, name: string, value: unknown): number {
  return isPositiveInteger(value) ? value : fail(where, name, 'a positive integer', value)
}

export function nonNegativeInteger(where: string, name: string, value: unknown): number {
  return isNonNegativeInteger(value) ? value : fail(where, name, 'a non-negative integer', value)
}

/** Such as an option `axis`: whether they exist shows later. */
export function integerOrIntegers(
  where: string,
  name: string,
  value: unknown,
): number | readonly number[] {
  if (isInteger(value)) return value
  if (isList(value) && value.length > 0 && value.every(isInteger)) return value
  return fail(where, name, 'an integer or a list of them', value)
}

export function finiteNumber(where: string, name: string, value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value)
    ? value
    : fail(where, name, 'a finite number', value)
}

export function positiveNumber(where: string, name: string, value: unknown): number {
  return typeof value === 'number' && value > 0 && value < Infinity
    ? value
    : fail(where, name, 'a positive number', value)
}

export function nonNegativeNumber(where: string, name: string, value: unknown): number {
  return typeof value === 'number' && value >= 0 && value < Infinity
    ? value
    : fail(where, name, 'a non-negative number', value)
}

export function nonEmptyString(where: string, name: string, value: unknown): string {
  return typeof value === 'string' && value !== ''
    ? value
    : fail(where, name, 'a non-empty string', value)
}

/** A number with low <= value < high (a share such as a dropout rate or a momentum). */
export function numberInRange(
  where: string,
  name: string,
  value: unknown,
  low: number,
  high: number,
): number {
  return typeof value === 'number' && value >= low && value < high
    ? value
    : fail(where, name, `a number from ${low} up to, not including, ${high}`, value)
}

/** A number with 0 <= value <= 1. */
export function shareOf(where: string, name: string, value: unknown): number {
  return typeof value === 'number' && value >= 0 && value <= 1
    ? value
    : fail(where, name, 'a number from 0 to 1', value)
}

export function boolean(where: string, name: string, value: unknown): boolean {
  return typeof value === 'boolean' ? value : fail(where, name, 'true or false', value)
}

export function oneOf<const T extends string>(
  where: string,
  name: string,
  value: unknown,
  allowed: readonly T[],
): T {
  return typeof value === 'string' && (allowed as readonly string[]).includes(value)
    ? (value as T)
    : fail(where, name, `one of ${allowed.map((item) => `'${item}'`).join(', ')}`, value)
}

/** What a table holds under a Keras name, or an error that lists the names. */
export function entryNamed<T>(
  where: string,
  name: string,
  value: unknown,
  table: Readonly<Record<string, T>>,
  alternative: string,
): T {
  const entry = typeof value === 'string' && Object.hasOwn(table, value) ? table[value] : undefined
  if (entry !== undefined) return entry
  return fail(where, name, `${alternative} or one of ${Object.keys(table).join(', ')}`, value)
}

/** One positive integer for each of one or two axes, or one number for all of them. */
export function perAxis(
  where: string,
  name: string,
  value: unknown,
  axes: number,
): readonly number[] {
  if (isPositiveInteger(value)) return new Array<number>(axes).fill(value)
  if (isList(value) && value.length === axes && value.every(isPositiveInteger)) return [...value]
  const expected = axes === 1 ? 'a positive integer' : 'a positive integer or a pair of them'
  return fail(where, name, expected, value)
}

/** One positive integer for both axes, or a pair [vertical, horizontal]. */
export function pair(where: string, name: string, value: unknown): readonly [number, number] {
  return perAxis(where, name, value, 2) as readonly [number, number]
}

/** The options themselves, if they are one object, such as `{ momentum: 0.8 }`. */
export function optionsObject<T>(where: string, options: T): T & object {
  if (typeof options === 'object' && options !== null && !isList(options)) return options
  return fail(where, 'options', 'an object', options)
}

/** Rejects option names that the callee doesn't know, so that a misspelt option is never ignored. */
export function knownOptions(
  where: string,
  options: unknown,
  known: readonly string[],
): asserts options is object {
  for (const key of Object.keys(optionsObject(where, options))) {
    if (!known.includes(key)) {
      throw new ArgumentError(where, `unknown option '${key}'; known are ${known.join(', ')}`)
    }
  }
}

/** The shape of one item, without the batch; undefined where none is given. */
export function checkItemShape(
  where: string,
  name: string,
  shape: unknown,
): readonly number[] | undefined {
  if (shape === undefined) return undefined
  if (isList(shape) && shape.every(isPositiveInteger)) return shape
  return fail(where, name, 'a list of positive integers (one item, without the batch)', shape)
}
