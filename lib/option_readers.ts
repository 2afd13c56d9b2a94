/** Options with checks and defaults, written once for the function and the class that take them. */
import {
  boolean,
  describe,
  fail,
  finiteNumber,
  integer,
  isInteger,
  isList,
  knownOptions,
  optionsObject,
} from './check'
import { nonNegativeNumber, oneOf, positiveInteger, shareOf } from './check'
import { ArgumentError } from './errors'
import { isRecord } from './serialization'

type Reader<T> = (where: string, name: string, value: unknown) => T

/** How each option is checked. What is undefined, or null as in Python's JSON, has its default. */
export type Readers<O> = { readonly [K in keyof O]: Reader<O[K]> }

/** All options, checked. `others` may stand beside them. */
export function readOptions<O extends object>(
  where: string,
  readers: Readers<O>,
  options: unknown,
  others: readonly string[] = [],
): O {
  const names = Object.keys(readers)
  knownOptions(where, options, [...names, ...others])
  const given = options as Readonly<Record<string, unknown>>
  const read = (name: string): unknown => readers[name as keyof O](where, name, given[name])
  return Object.fromEntries(names.map((name) => [name, read(name)])) as O
}

function withDefault<T>(value: T, reader: Reader<T>): Reader<T> {
  return (where, name, given) =>
    given === undefined || given === null ? value : reader(where, name, given)
}

export function flag(value: boolean): Reader<boolean> {
  return withDefault(value, boolean)
}

/** An axis, which may count from the end. */
export function axis(value: number): Reader<number> {
  return withDefault(value, integer)
}

/** A number from 0 to 1. */
export function share(value: number): Reader<number> {
  return withDefault(value, shareOf)
}

export function nonNegative(value: number): Reader<number> {
  return withDefault(value, nonNegativeNumber)
}

export function finite(value: number): Reader<number> {
  return withDefault(value, finiteNumber)
}

export function choice<const T extends string>(value: T, allowed: readonly T[]): Reader<T> {
  return withDefault<T>(value, (where, name, given) => oneOf(where, name, given, allowed))
}

/** One number, or a list of them. */
export function numberOrNumbers(value: number): Reader<number | readonly number[]> {
  return withDefault<number | readonly number[]>(value, (where, name, given) => {
    const list: readonly unknown[] = isList(given) ? given : [given]
    return list.length > 0 && list.every(Number.isFinite)
      ? (given as number | readonly number[])
      : fail(where, name, 'a number or a list of numbers', given)
  })
}

/** A positive integer such as the k of the k best. */
export function count(value: number): Reader<number> {
  return withDefault(value, positiveInteger)
}

/** An integer, or null for none. */
export function integerOrNull(): Reader<number | null> {
  return withDefault<number | null>(null, (where, name, given) =>
    isInteger(given) ? given : fail(where, name, 'an integer or null', given),
  )
}

/**
 * Options given as in Keras, by position in the order of `names`, or in one object. An option that
 * is null counts as not given, since that is how Python's JSON says so.
 */
export function optionsOf<Options extends object>(
  where: string,
  args: readonly unknown[],
  names: readonly (keyof Options & string)[],
): Options {
  let options: Readonly<Record<string, unknown>>
  if (args.length === 1 && isRecord(args[0])) {
    options = args[0]
    knownOptions(where, options, names)
  } else {
    if (args.length > names.length) {
      const given = args.slice(names.length).map(describe).join(', ')
      throw new ArgumentError(where, `takes at most ${names.join(', ')}, received also ${given}`)
    }
    options = Object.fromEntries(args.map((value, i) => [names[i] as string, value]))
  }
  const isGiven = ([, value]: [string, unknown]): boolean => value !== undefined && value !== null
  return Object.fromEntries(Object.entries(options).filter(isGiven)) as Options
}

/**
 * Arguments of which the first may be the value of option `Name`, before an object with the others:
 * `(3, { padding: 'same' })`; or the first is the object with all options.
 */
export type OptionFirst<Options extends object, Name extends keyof Options> = object extends Options
  ? [first?: Options | Options[Name], others?: Omit<Options, Name>]
  : [first: Options | Options[Name], others?: Omit<Options, Name>]

/** The options in such arguments. Lists are values, other objects are options. */
export function optionFirst<Options extends object>(
  where: string,
  name: keyof Options & string,
  args: readonly unknown[],
): Options {
  const [first, others = {}, ...more] = args
  const isValue = typeof first !== 'object' || isList(first)
  const beyond = isValue ? more : args.slice(1).filter((value) => value !== undefined)
  const rest = isValue ? optionsObject(where, others) : optionsObject(where, first)
  if (beyond.length > 0) {
    const expected = isValue ? `${name} and one options object` : 'one options object'
    const given = beyond.map(describe).join(', ')
    throw new ArgumentError(where, `takes ${expected}, received also ${given}`)
  }
  if (!isValue || first === undefined) return rest as Options
  if ((rest as Partial<Options>)[name] !== undefined) {
    throw new ArgumentError(where, `takes ${name} by position or in options, received both`)
  }
  return { ...rest, [name]: first } as Options
}
