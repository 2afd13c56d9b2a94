/** What a model was compiled with, as the `compile_config` of Keras 3's JSON. */
import { describe, isList } from '../check'
import { ArgumentError } from '../errors'
import type { AnyTensors } from '../graph/tensor'
import { Loss, resolveLoss, serializeLoss } from '../losses'
import { Metric, serializeMetric } from '../metrics'
import type { CompileOptions } from '../models/compile_options'
import { resolveOptimizer, type Optimizer } from '../optimizers'
import { isObject, objectAt, type Json, type JsonObject } from './json'
import { camelKey, snakeKey } from './keys'
import { without } from './layer_keys'
import { objectNamed, registeredNameOf, type CustomObjects } from './registered'
import { serialized } from './write_value'

/** The JSON, or undefined where it can't name all parts, such as a loss that is a plain function. */
export function compileJSON(options: CompileOptions<AnyTensors>): JsonObject | undefined {
  try {
    return {
      optimizer: writeOptimizer(resolveOptimizer('toJSON', options.optimizer)),
      loss: writeEach(options.loss, writeLoss),
      loss_weights: (options.lossWeights ?? null) as Json,
      metrics: writeEach(options.metrics, writeMetric),
      weighted_metrics: writeEach(options.weightedMetrics, writeMetric),
    }
  } catch (error) {
    if (error instanceof ArgumentError) return undefined
    throw error
  }
}

/** One value, a list, lists in lists, or a record by output name. */
function writeEach(value: unknown, write: (value: unknown) => Json): Json {
  if (value === undefined || value === null) return null
  if (isList(value)) return value.map((item) => writeEach(item, write))
  const isByName = isObject(value) && Object.getPrototypeOf(value) === Object.prototype
  if (!isByName || typeof value.className === 'string') return write(value)
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, writeEach(item, write)]),
  )
}

interface Described {
  readonly className: string
  readonly config: Readonly<Record<string, unknown>>
}

function isRecord(value: unknown): value is Described {
  return isObject(value) && typeof value.className === 'string' && isObject(value.config)
}

function writeOptimizer(optimizer: Optimizer): Json {
  const { name } = optimizer.constructor
  const record = keras3Optimizer({ className: name, config: optimizer.getConfig() })
  return writeRecord('keras.optimizers', record, optimizer.constructor)
}

/** Keras 3 has no `decay`; its schedule InverseTimeDecay is the same. */
function keras3Optimizer({ className, config }: Described): Described {
  const { decay, ...rest } = config
  if (typeof rest.learningRate === 'string') {
    throw new ArgumentError('toJSON', 'a function as the learning rate has no place in JSON')
  }
  if (!decay) return { className, config: rest }
  if (typeof rest.learningRate !== 'number') {
    throw new ArgumentError('toJSON', 'decay beside a schedule has no place in JSON')
  }
  const schedule = { initialLearningRate: rest.learningRate, decaySteps: 1, decayRate: decay }
  const learningRate = { className: 'InverseTimeDecay', config: schedule }
  return { className, config: { ...rest, learningRate } }
}

interface Configurable {
  getConfig(): Record<string, unknown>
}

function writeObject(module: string, object: Configurable): Json {
  const { name } = object.constructor
  return writeRecord(module, { className: name, config: object.getConfig() }, object.constructor)
}

function writeRecord(module: string, { className, config }: Described, target?: unknown): Json {
  const registered = target === undefined ? undefined : registeredNameOf(target)
  const written = Object.entries(config).flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [[snakeKey(key), writeOption(key, value)]],
  )
  const options = Object.fromEntries(written) as JsonObject
  if (registered !== undefined) return serialized('keras3', null, className, options, registered)
  return serialized('keras3', module, className, options)
}

function writeOption(key: string, value: unknown): Json {
  if (isRecord(value)) {
    if (key === 'learningRate') return writeRecord('keras.optimizers.schedules', value)
    return writeRecord('keras.optimizers', keras3Optimizer(value))
  }
  if (isList(value)) return value.map((item) => writeOption(key, item))
  const isPlain = typeof value === 'string' || typeof value === 'boolean'
  if (isPlain || (typeof value === 'number' && Number.isFinite(value))) return value
  throw new ArgumentError('toJSON', `${key} has no place in JSON`)
}

function writeLoss(value: unknown): Json {
  if (typeof value === 'string') return value
  const registered = registeredNameOf(value)
  if (registered !== undefined) {
    return serialized('keras3', 'builtins', 'function', registered, registered)
  }
  if (isRecord(value)) return writeRecord('keras.losses', value)
  const loss = resolveLoss('toJSON', value as never)
  if (loss instanceof Loss) return writeObject('keras.losses', loss)
  const name = serializeLoss(loss)
  // Only the names of our own functions, which are Keras's, stand for them.
  if (typeof name === 'string' && resolveLoss('toJSON', name as never) === loss) return name
  throw new ArgumentError('toJSON', 'the loss has no name')
}

function writeMetric(value: unknown): Json {
  if (isRecord(value)) return writeRecord('keras.metrics', value)
  if (value instanceof Metric) {
    const { className, config } = serializeMetric(value)
    return writeRecord('keras.metrics', { className, config }, value.constructor)
  }
  return writeLoss(value)
}

/** The arguments for `compile`. Which device runs how is left out: it changes no result. */
export function compileOptionsOf(
  where: string,
  json: unknown,
  custom: CustomObjects,
): CompileOptions<AnyTensors> {
  const config = objectAt(where, 'compile_config', json)
  const read = (key: string): unknown => {
    const value = readEach(`${where} compile_config`, config[key], custom)
    return value ?? undefined
  }
  const options = {
    optimizer: read('optimizer'),
    loss: read('loss') ?? null,
    lossWeights: config.loss_weights ?? undefined,
    metrics: read('metrics'),
    weightedMetrics: read('weighted_metrics'),
  }
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as CompileOptions<AnyTensors>
}

function readEach(where: string, value: unknown, custom: CustomObjects): unknown {
  if (isList(value)) return value.map((item) => readEach(where, item, custom))
  if (typeof value === 'string') return objectNamed(value, custom) ?? value
  if (!isObject(value)) return value
  if (typeof value.class_name !== 'string') {
    const entries = Object.entries(value).map(([key, item]) => [key, readEach(where, item, custom)])
    return Object.fromEntries(entries) as unknown
  }
  return readSerialized(where, value.class_name, value, custom)
}

/** Options of Keras that gantorch lacks, which must say nothing. */
const LACKING = ['gradient_accumulation_steps']

function withoutLacking(
  where: string,
  className: string,
  json: unknown,
): Readonly<Record<string, unknown>> {
  const config = objectAt(where, `config of ${className}`, json)
  for (const key of LACKING) {
    if (!config[key]) continue
    throw new ArgumentError(
      where,
      `${className} has ${key}: ${describe(config[key])}, which gantorch lacks; read the model with compile: false`,
    )
  }
  return without(config, LACKING)
}

function readSerialized(
  where: string,
  className: string,
  json: Readonly<Record<string, unknown>>,
  custom: CustomObjects,
): unknown {
  if (className === 'function') return readEach(where, json.config, custom)
  const given = withoutLacking(where, className, json.config)
  const config = Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) =>
      value === null ? [] : [[camelKey(key), readEach(where, value, custom)]],
    ),
  ) as Readonly<Record<string, unknown>>
  const registered = typeof json.registered_name === 'string' ? json.registered_name : className
  const found = objectNamed(registered, custom)
  if (found) return new (found as unknown as new (options: unknown) => unknown)(config)
  return { className, config }
}
