/** Small objects with options (initialisers, regularisers, ...): by name, by position, from JSON. */
import { fail } from './check'

/** What JSON holds of such an object; Keras's own further entries are allowed beside these. */
export interface SerializedObject {
  readonly className: string
  /** Options under their camelCase Keras names. */
  readonly config: Readonly<Record<string, unknown>>
}

/** Options by which an equal object can be made: `new Class(object.getConfig())`. */
export interface Configured {
  getConfig(): Record<string, unknown>
}

/** One kind of object: its base class, and its classes by their Keras names. */
export interface Kind<T extends Configured, Call> {
  /** `an Initializer`, as messages call it. */
  readonly noun: string
  readonly base: abstract new (...args: never[]) => T
  /** Each class checks the options that it is given. */
  readonly classes: Readonly<Record<string, new (options: never) => T>>
  /** Wraps a function that stands for an object, where one can. */
  readonly fromFunction?: (call: Call) => T
}

/** A plain object, and no instance of a class. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** The object itself, or one made from a class, its name, `{ className, config }` or a function. */
export function resolveObject<T extends Configured, Call>(
  where: string,
  name: string,
  value: unknown,
  kind: Kind<T, Call>,
): T {
  if (value instanceof kind.base) return value
  const ofName = isRecord(value) ? value.className : value
  const config = isRecord(value) ? (value.config ?? {}) : {}
  const isName = typeof ofName === 'string' && Object.hasOwn(kind.classes, ofName)
  const found = isName ? kind.classes[ofName] : classOf(value, kind)
  if (found && isRecord(config)) return new found(config as never)
  if (typeof value === 'function' && kind.fromFunction) return kind.fromFunction(value as Call)
  const snakeNames = Object.keys(kind.classes).filter((key) => /^[a-z]/.test(key))
  const names = snakeNames.length > 0 ? snakeNames : Object.keys(kind.classes)
  const call = kind.fromFunction ? ', a function' : ''
  const forms = `${kind.noun}${call}, { className, config } or one of ${names.join(', ')}`
  return fail(where, name, forms, isRecord(value) ? ofName : value)
}

/** The class itself, as in `{ optimizer: Adam }`: its default options are meant. */
function classOf<T extends Configured>(
  value: unknown,
  { classes }: Kind<T, never>,
): (new (options: never) => T) | undefined {
  return Object.values(classes).find((each) => each === value)
}

/** Objects made from a plain function; JSON holds the function's name. */
export interface FromFunction {
  readonly functionName: string
}

/** What stands for an object in a configuration: `{ className, config }`, or a function's name. */
export function serialize(
  value: (Configured & Partial<FromFunction>) | undefined,
): SerializedObject | string | null {
  if (value === undefined) return null
  if (value.functionName !== undefined) return value.functionName
  return { className: value.constructor.name, config: value.getConfig() }
}
