/** Arguments of `compile` for one output, a list of outputs, or outputs by name. */
import { fail, isList } from '../check'
import { byName, isRecord } from '../graph/structure'

/** One for all outputs, a list with one for each, or a record by the names of outputs. */
export type PerOutput<T> = T | readonly T[] | Readonly<Record<string, T>>

/** What each output has; undefined where a record does not name it. */
export function perOutput<T>(
  where: string,
  name: string,
  noun: string,
  value: PerOutput<T>,
  names: readonly string[],
): (T | undefined)[] {
  if (isRecord(value)) return byName(where, 'output', value as Record<string, T>, names)
  if (!isList(value)) return names.map(() => value)
  if (value.length === names.length) return [...value] as T[]
  return fail(where, name, `one ${noun} or ${names.length} of them`, value)
}
