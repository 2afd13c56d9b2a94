/** JSON values as `JSON.parse` gives them, and checks that name the place of what is wrong. */
import { fail, isList } from '../check'

export type Json = null | boolean | number | string | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [key: string]: Json
}

/** The two dialects: Keras 3's, and that of Keras 2 and tf.keras. */
export type ConfigFormat = 'keras3' | 'keras2'

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !isList(value)
}

/** An entry that must be an object. */
export function objectAt(
  where: string,
  name: string,
  value: unknown,
): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : fail(where, name, 'an object', value)
}

/** An entry that must be a list. */
export function listAt(where: string, name: string, value: unknown): readonly unknown[] {
  return isList(value) ? value : fail(where, name, 'a list', value)
}

/** An entry that must be a string with something in it. */
export function textAt(where: string, name: string, value: unknown): string {
  return typeof value === 'string' && value !== ''
    ? value
    : fail(where, name, 'a non-empty string', value)
}
