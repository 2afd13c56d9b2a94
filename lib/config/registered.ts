/** Functions and classes of users, known by name so that JSON can hold them. */
import { fail, knownOptions } from '../check'
import { ArgumentError } from '../errors'

/** A function, or a class whose objects have `getConfig`. */
export type Serializable = (...args: never[]) => unknown
/** A class whose objects have `getConfig`. */
export type SerializableClass = abstract new (...args: never[]) => unknown

/** What `customObjects` holds: functions and classes by the names that stand in the JSON. */
export type CustomObjects = Readonly<Record<string, Serializable | SerializableClass>>

/** Options of {@link registerSerializable}. */
export interface RegisterSerializableOptions {
  /** Keeps things of one name apart; default 'Custom'. */
  readonly package?: string
  /** Default: the name of the function or class. */
  readonly name?: string
}

const byName = new Map<string, Serializable | SerializableClass>()

/**
 * Makes a function (an activation, a loss, an initialiser, ...), or a class of initialisers,
 * regularisers, constraints, losses, metrics or optimizers of your own known as `package>name`, so
 * that the JSON of a model can hold it. Returns it. Layers have `registerLayer`.
 * Source: https://keras.io/api/models/model_saving_apis/serialization_utils/
 *
 * @example
 * const doubled = registerSerializable((x: SymbolicTensor) => ops.mul(x, 2), { name: 'doubled' })
 * const layer = Dense(8, { activation: doubled })
 */
export function registerSerializable<T extends Serializable | SerializableClass>(
  target: T,
  options: RegisterSerializableOptions = {},
): T {
  const where = 'registerSerializable'
  if (typeof target !== 'function') fail(where, 'target', 'a function or a class', target)
  knownOptions(where, options, ['package', 'name'])
  const { package: packageName = 'Custom', name = target.name } = options
  for (const [key, value] of Object.entries({ package: packageName, name })) {
    if (typeof value === 'string' && value !== '' && !value.includes('>')) continue
    fail(where, key, "a non-empty string without '>'", value)
  }
  byName.set(`${packageName}>${name}`, target)
  return target
}

/** `package>name` of something registered. */
export function registeredNameOf(target: unknown): string | undefined {
  return [...byName].find(([, value]) => value === target)?.[0]
}

/**
 * What is known under a name that stands in JSON: among `custom` first, then what was registered,
 * there also by its bare name.
 */
export function objectNamed(
  name: string,
  custom: CustomObjects,
): Serializable | SerializableClass | undefined {
  const bare = name.split('>').at(-1) as string
  for (const key of [name, bare]) if (Object.hasOwn(custom, key)) return custom[key]
  if (name !== bare) return byName.get(name)
  return [...byName].findLast(([known]) => known.endsWith(`>${name}`))?.[1]
}

/** The error for a function or class that JSON can't name. */
export function unnamed(where: string, key: string, what: string): never {
  throw new ArgumentError(
    where,
    `${key} is ${what}, which JSON can't hold; make it known by name with registerSerializable`,
  )
}
