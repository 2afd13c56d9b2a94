/** Where the options of a layer in Keras's JSON aren't simply ours in snake_case. */
import { isList } from '../check'
import { ArgumentError } from '../errors'
import { isObject, type ConfigFormat, type Json } from './json'

/** Options that gantorch lacks, or reads with the same default: left out where they hold it. */
const DEFAULTS: Readonly<Record<string, readonly Json[]>> = {
  data_format: ['channels_last'],
  groups: [1],
  synchronized: [false],
  renorm: [false],
  autocast: [true],
  dynamic: [false],
  sparse: [false],
  ragged: [false],
  optional: [false],
  implementation: [1, 2],
  time_major: [false],
}

/** Keras 2's names of options, for one class. */
const KERAS2_NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  LeakyReLU: { negative_slope: 'alpha' },
}

/** Options for which null is a value of its own and not "as the default". */
const NULL_COUNTS: Readonly<Record<string, readonly string[]>> = { Normalization: ['axis'] }

export function nullCounts(className: string, key: string): boolean {
  return NULL_COUNTS[className]?.includes(key) ?? false
}

/** Options as Keras 3 would name them, without those that hold Keras's default and say nothing. */
export function keras3Options(
  className: string,
  config: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const renamed = Object.entries(KERAS2_NAMES[className] ?? {})
  const options = new Map(Object.entries(config))
  for (const [now, before] of renamed) {
    if (!options.has(before) || options.has(now)) continue
    options.set(now, options.get(before))
    options.delete(before)
  }
  for (const [key, value] of options) {
    if ((DEFAULTS[key] ?? []).includes(value as Json)) options.delete(key)
  }
  const axis = options.get('axis')
  // tf.keras writes the one axis of BatchNormalization as a list.
  if (className === 'BatchNormalization' && isList(axis) && axis.length === 1) {
    options.set('axis', axis[0])
  }
  return Object.fromEntries(options)
}

/** Options as the format names them. */
export function formatOptions(
  className: string,
  options: Readonly<Record<string, Json>>,
  format: ConfigFormat,
): Record<string, Json> {
  const names = format === 'keras2' ? (KERAS2_NAMES[className] ?? {}) : {}
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [names[key] ?? key, value]),
  )
}

/** Names of policies: a string, or Keras's object with one. */
export function readPolicy(where: string, value: unknown): unknown {
  if (!isObject(value)) return value ?? undefined
  const { config } = value
  if (isObject(config) && typeof config.name === 'string') return config.name
  throw new ArgumentError(where, 'dtype is a policy without a name')
}

export function writePolicy(name: string, format: ConfigFormat): Json {
  if (format === 'keras3') {
    return { module: 'keras', class_name: 'DTypePolicy', config: { name }, registered_name: null }
  }
  return name === 'float32' ? name : { class_name: 'Policy', config: { name } }
}
