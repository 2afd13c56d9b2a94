/** Option values from JSON: what layers take, with functions and objects made again. */
import { fail, isList } from '../check'
import { ArgumentError } from '../errors'
import { isObject, objectAt, textAt } from './json'
import { camelKey, kindOf } from './keys'
import type { LayerRecord } from './records'
import { objectNamed, type CustomObjects } from './registered'
import { OUR_PACKAGE } from './write_value'

/** How the values of one layer (or another object) are read. */
export interface ValueReader {
  /** What owns the values, for messages. */
  readonly where: string
  readonly custom: CustomObjects
  /** Reads a layer that is an option of another one. */
  readonly readLayer: (json: unknown) => LayerRecord
}

/** Deeper lists and objects are refused: nothing that Keras writes comes near. */
export const DEEPEST = 100

/** What a layer takes under the camelCase option `key`; undefined for null, which is "not given". */
export function readValue(key: string, json: unknown, reader: ValueReader, depth = 0): unknown {
  if (depth > DEEPEST) fail(reader.where, key, `nested at most ${DEEPEST} deep`, json)
  if (json === null) return kindOf(key) === 'activation' ? 'linear' : undefined
  if (isList(json)) return json.map((item) => readValue(key, item, reader, depth + 1) ?? null)
  if (typeof json === 'string') return readName(key, json, reader)
  if (!isObject(json)) return json
  if (typeof json.class_name === 'string') return readObject(key, json, reader, depth)
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [name, readValue(name, value, reader, depth + 1)]),
  )
}

/** A name stands for itself, unless a function or class of that name is known. */
function readName(key: string, name: string, { custom }: ValueReader): unknown {
  return kindOf(key) ? (objectNamed(name, custom) ?? name) : name
}

function readObject(
  key: string,
  json: Readonly<Record<string, unknown>>,
  reader: ValueReader,
  depth: number,
): unknown {
  const { where } = reader
  const className = json.class_name as string
  if (className === '__lambda__') return refuseLambda(where, key)
  if (className === 'function') return readFunction(key, json, reader)
  if (className === '__numpy__' || className === '__tensor__') {
    return objectAt(where, `${key}.config`, json.config).value
  }
  if (className.startsWith('__')) fail(where, key, 'something that gantorch can read', className)
  if (!kindOf(key) || json.module === 'keras.layers') return reader.readLayer(json)
  return readConfigured(key, json, reader, depth)
}

export function refuseLambda(where: string, key: string): never {
  throw new ArgumentError(
    where,
    `${key} holds Python code, which only Python can run; use a function or layer that is registered by name in its place`,
  )
}

function readFunction(
  key: string,
  json: Readonly<Record<string, unknown>>,
  { where, custom }: ValueReader,
): unknown {
  const name = textAt(where, `${key}.config`, json.config)
  const registered = typeof json.registered_name === 'string' ? json.registered_name : name
  const found = objectNamed(registered, custom) ?? objectNamed(name, custom)
  if (found) return found
  const isBuiltIn = typeof json.module === 'string' && /^(keras|builtins)\b/.test(json.module)
  if (isBuiltIn && !name.includes('>')) return name
  return unknownName(where, key, 'function', registered)
}

export function unknownName(where: string, key: string, kind: string, name: string): never {
  throw new ArgumentError(
    where,
    `${key} names the ${kind} ${name}, which is not known; make it known with registerSerializable, or give it in customObjects`,
  )
}

/** An initialiser, regulariser or constraint, in the form that options take. */
function readConfigured(
  key: string,
  json: Readonly<Record<string, unknown>>,
  reader: ValueReader,
  depth: number,
): unknown {
  const { where, custom } = reader
  const className = json.class_name as string
  const given = objectAt(where, `${key}.config`, json.config ?? {})
  const config = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      const read = readValue(camelKey(name), value, reader, depth + 1)
      return read === undefined ? [] : [[camelKey(name), read]]
    }),
  )
  const registered = json.registered_name
  const isCustom = typeof registered === 'string' && !registered.startsWith(OUR_PACKAGE)
  const found = objectNamed(isCustom ? registered : className, custom)
  if (found) return new (found as unknown as new (options: unknown) => unknown)(config)
  if (isCustom && registered.includes('>')) return unknownName(where, key, 'class', registered)
  return { className, config }
}
