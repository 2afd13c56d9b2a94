/** How tensors stand together: one, a list, or a record by name. */
import { isList } from '../check'
import { ArgumentError } from '../errors'

/** A plain object, as opposed to an array, a function or an instance of a class. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** The same names, with _1, _2 ... behind those that stood before. */
export function uniqueNames(names: readonly string[]): string[] {
  const counts = new Map<string, number>()
  return names.map((name) => {
    const count = counts.get(name) ?? 0
    counts.set(name, count + 1)
    return count === 0 ? name : `${name}_${count}`
  })
}

/** The values of a record in the order of `names`; undefined for names that it does not hold. */
export function byName<T>(
  where: string,
  kind: string,
  record: Readonly<Record<string, T>>,
  names: readonly string[],
): (T | undefined)[] {
  const unknown = Object.keys(record).find((key) => !names.includes(key))
  if (unknown !== undefined) {
    throw new ArgumentError(
      where,
      `there is no ${kind} "${unknown}"; names are ${names.join(', ')}`,
    )
  }
  // Layers may be called toString.
  return names.map((name) => (Object.hasOwn(record, name) ? record[name] : undefined))
}

/** The same where none may be missing. */
export function allByName<T>(
  where: string,
  kind: string,
  record: Readonly<Record<string, T>>,
  names: readonly string[],
): T[] {
  const values = byName(where, kind, record, names)
  const missing = names.find((_, i) => values[i] === undefined)
  if (missing === undefined) return values as T[]
  throw new ArgumentError(
    where,
    `the ${kind} "${missing}" is missing; names are ${names.join(', ')}`,
  )
}

export type PerOutputRecord<T> = Readonly<Record<string, T>>

export type Form = 'one' | 'list' | 'record'

export class Structure {
  constructor(
    readonly form: Form,
    /** Of a record its keys, otherwise the names of the tensors, each unique. */
    readonly names: readonly string[],
  ) {}

  /** Items in order, put together as the model's own are. */
  pack<T>(items: readonly T[]): T | readonly T[] | Readonly<Record<string, T>> {
    if (this.form === 'list') return items
    if (this.form === 'one') return items[0] as T
    return Object.fromEntries(this.names.map((name, i) => [name, items[i] as T]))
  }
}

/** What stands in a list or a record, or the one thing that is neither. */
export function itemsOf(value: unknown): readonly unknown[] {
  if (isRecord(value)) return Object.values(value)
  return isList(value) ? value : [value]
}

/** How a value stands; `names` are for what has no keys. */
export function structureOf(value: unknown, names: readonly string[] = []): Structure {
  if (isRecord(value)) return new Structure('record', Object.keys(value))
  return new Structure(isList(value) ? 'list' : 'one', names)
}
