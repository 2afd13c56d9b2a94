/** Where the options of a layer in Keras's JSON aren't simply ours in snake_case. */
import { isList } from '../check'
import { ArgumentError } from '../errors'
import { switchesOf } from './attention_calls'
import { isObject, type ConfigFormat, type Json } from './json'

/** Options that gantorch lacks, or reads with the same default: left out where they hold it. */
const DEFAULTS: Readonly<Record<string, readonly Json[]>> = {
  data_format: ['channels_last'],
  groups: [1],
  synchronized: [false],
  renorm: [false],
  renorm_momentum: [0.99],
  autocast: [true],
  dynamic: [false],
  sparse: [false],
  ragged: [false],
  optional: [false],
  implementation: [1, 2],
  time_major: [false],
  softmax_robust_masking: [false],
  // How TensorFlow draws random numbers.
  rng_type: ['legacy_stateful', 'stateful', 'stateless'],
  auto_vectorize: [true, false],
}

/** Options whose default in one class is not the one above. */
const OTHER_DEFAULT: Readonly<Record<string, readonly string[]>> = {
  GroupNormalization: ['groups'],
}

/** What Keras 2 writes of a class's base, or of how it was built, and nothing depends on. */
const KERNEL = ['kernel_initializer', 'kernel_regularizer', 'kernel_constraint']
const UNUSED: Readonly<Record<string, readonly string[]>> = {
  SeparableConv1D: KERNEL,
  SeparableConv2D: KERNEL,
  MultiHeadAttention: ['query_shape', 'key_shape', 'value_shape'],
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
  const options = new Map(Object.entries(without(config, UNUSED[className] ?? [])))
  for (const [now, before] of renamed) {
    if (!options.has(before) || options.has(now)) continue
    options.set(now, options.get(before))
    options.delete(before)
  }
  for (const [key, value] of options) {
    const isOther = OTHER_DEFAULT[className]?.includes(key) ?? false
    const defaults = Object.hasOwn(DEFAULTS, key) ? DEFAULTS[key] : undefined
    if (!isOther && defaults?.includes(value as Json)) options.delete(key)
  }
  const axis = options.get('axis')
  // tf.keras writes the one axis of BatchNormalization as a list.
  if (className === 'BatchNormalization' && isList(axis) && axis.length === 1) {
    options.set('axis', axis[0])
  }
  return Object.fromEntries(options)
}

/** Layers of ours that are not part of Keras. */
export const KERAS_LACKS: ReadonlySet<string> = new Set(['InstanceNormalization'])

/** Options that Keras 2 lacks, with the value that it always takes. */
const KERAS2_LACKS: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  Attention: { seed: null },
  AdditiveAttention: { seed: null },
  MultiHeadAttention: { seed: null, use_gate: false, sliding_window: null },
  LayerNormalization: { rms_scaling: false },
  ZeroPadding1D: { data_format: 'channels_last' },
  RandomFlip: { data_format: 'channels_last' },
  RandomTranslation: { data_format: 'channels_last' },
  Resizing: {
    data_format: 'channels_last',
    antialias: false,
    pad_to_aspect_ratio: false,
    fill_mode: 'constant',
    fill_value: 0,
  },
}

/** Options that Keras 3 refuses though they mean nothing: these layers have no weights. */
const KERAS3_REFUSES: Readonly<Record<string, readonly string[]>> = {
  SpatialDropout1D: ['trainable'],
  SpatialDropout2D: ['trainable'],
}

/** All entries but some. */
export function without<T>(
  options: Readonly<Record<string, T>>,
  keys: readonly string[],
): Record<string, T> {
  return Object.fromEntries(Object.entries(options).filter(([key]) => !keys.includes(key)))
}

/** Options as the format names them. */
export function formatOptions(
  where: string,
  className: string,
  options: Readonly<Record<string, Json>>,
  format: ConfigFormat,
): Record<string, Json> {
  const calls = switchesOf(className)
  if (format === 'keras3') return without(options, [...calls, ...(KERAS3_REFUSES[className] ?? [])])
  const names = KERAS2_NAMES[className] ?? {}
  const lacking = KERAS2_LACKS[className] ?? {}
  for (const [key, value] of Object.entries(lacking)) {
    if ((options[key] ?? value) === value) continue
    throw new ArgumentError(where, `has ${key}: ${JSON.stringify(options[key])}; Keras 2 lacks it`)
  }
  const kept = Object.entries(without(options, [...Object.keys(lacking), ...calls]))
  return Object.fromEntries(kept.map(([key, value]) => [names[key] ?? key, value]))
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
