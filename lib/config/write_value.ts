/** Option values as JSON. */
import { activationName } from '../activations'
import { describe, isList } from '../check'
import { Clip, Constraint, resolveConstraint } from '../constraints'
import { ArgumentError } from '../errors'
import { Initializer, resolveInitializer } from '../initializers'
import { Layer, type AnyLayer } from '../layers/layer'
import { Regularizer, resolveRegularizer } from '../regularizers'
import type { Configured, FromFunction } from '../serialization'
import { isObject, type ConfigFormat, type Json, type JsonObject } from './json'
import { kindOf, snakeKey } from './keys'
import { isLayerRecord, recordOf, type LayerRecord } from './records'
import { registeredNameOf, unnamed } from './registered'

/** How the values of one layer (or another object) are written. */
export interface ValueWriter {
  /** What owns the values, for messages. */
  readonly where: string
  readonly format: ConfigFormat
  /** Writes a layer that is an option of another one. */
  readonly writeLayer: (record: LayerRecord) => Json
}

/** Begins the registered names of what Keras lacks; a Python program must register its own of them. */
export const OUR_PACKAGE = 'gantorch>'

/** From `{ module, class_name, config, registered_name }` what the format has. */
export function serialized(
  format: ConfigFormat,
  module: string | null,
  className: string,
  config: Json,
  registeredName: string | null = null,
): JsonObject {
  if (format === 'keras2') {
    const isOurs = registeredName?.startsWith(OUR_PACKAGE) ?? true
    return { class_name: isOurs ? className : registeredName, config }
  }
  return { module, class_name: className, config, registered_name: registeredName }
}

/** A live object, or a name that stands for one, under the option `key`. */
export function writeValue(key: string, value: unknown, writer: ValueWriter): Json {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return finite(key, value, writer.where)
  if (typeof value === 'string') return writeName(key, value, writer)
  if (isList(value)) return value.map((item) => writeValue(key, item, writer))
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Array.from(value as unknown as ArrayLike<number>)
  }
  if (value instanceof Layer) return writer.writeLayer(recordOf(value as AnyLayer))
  if (isLayerRecord(key, value)) return writer.writeLayer(value)
  if (typeof value === 'function') return writeFunction(key, value, writer)
  const object = asObject(key, value, writer.where)
  if (object) return writeObject(key, object, writer)
  if (isObject(value)) return writeEntries(value, writer, (name) => name)
  return unnamed(writer.where, key, describe(value))
}

/** All entries, with their names as `rename` has them. */
export function writeEntries(
  entries: Readonly<Record<string, unknown>>,
  writer: ValueWriter,
  rename: (key: string) => string = snakeKey,
): JsonObject {
  return Object.fromEntries(
    Object.entries(entries).map(([key, value]) => [rename(key), writeValue(key, value, writer)]),
  )
}

function finite(key: string, value: number, where: string): number {
  if (Number.isFinite(value)) return value
  throw new ArgumentError(where, `${key} is ${value}, which JSON can't hold`)
}

function writeName(key: string, value: string, writer: ValueWriter): Json {
  const object = asObject(key, value, writer.where)
  return object ? writeObject(key, object, writer) : value
}

type AnyObject = Configured & Partial<FromFunction>

const MODULES = new Map<string, string>([
  ['initializer', 'keras.initializers'],
  ['regularizer', 'keras.regularizers'],
  ['constraint', 'keras.constraints'],
])

/** The initialiser, regulariser or constraint that an option means, or any object with a config. */
function asObject(key: string, value: unknown, where: string): AnyObject | undefined {
  const kind = kindOf(key)
  if (kind === 'initializer') return resolveInitializer(where, key, value as never)
  if (kind === 'regularizer') return resolveRegularizer(where, key, value as never)
  if (kind === 'constraint') return resolveConstraint(where, key, value as never)
  const isKnown =
    value instanceof Initializer || value instanceof Regularizer || value instanceof Constraint
  return isKnown ? value : undefined
}

function moduleOf(key: string, value: AnyObject): string {
  if (value instanceof Initializer) return 'keras.initializers'
  if (value instanceof Regularizer) return 'keras.regularizers'
  return MODULES.get(kindOf(key) ?? '') ?? 'keras.constraints'
}

function writeObject(key: string, object: AnyObject, writer: ValueWriter): Json {
  const { where, format } = writer
  if (object.functionName !== undefined) {
    return writeFunction(key, (object as { readonly call?: unknown }).call, writer)
  }
  // Null is the default of all of them, and other versions of Keras lack some.
  const given = Object.entries(object.getConfig()).filter(([, item]) => (item ?? null) !== null)
  const config = writeEntries(Object.fromEntries(given), writer)
  const target = object.constructor
  const registered = registeredNameOf(target)
  if (registered !== undefined) return serialized(format, null, target.name, config, registered)
  if (!isBuiltIn(object)) unnamed(where, key, `a ${target.name}`)
  if (object instanceof Clip) return serialized(format, null, 'Clip', config, `${OUR_PACKAGE}Clip`)
  return serialized(format, moduleOf(key, object), target.name, config)
}

/** Whether the name of the object's class stands for that class. */
function isBuiltIn(object: AnyObject): boolean {
  const { name } = object.constructor
  const resolve =
    object instanceof Initializer
      ? resolveInitializer
      : object instanceof Regularizer
        ? resolveRegularizer
        : resolveConstraint
  try {
    return (
      resolve('', '', { className: name, config: object.getConfig() })?.constructor ===
      object.constructor
    )
  } catch {
    return false
  }
}

function writeFunction(key: string, value: unknown, { where, format }: ValueWriter): Json {
  const registered = registeredNameOf(value)
  if (registered !== undefined) {
    return format === 'keras2'
      ? registered
      : serialized(format, 'builtins', 'function', registered, registered)
  }
  const builtIn = kindOf(key) === 'activation' ? activationName(value) : undefined
  return builtIn ?? unnamed(where, key, describe(value))
}
