/** The calls of layers in the JSON of a functional model: Keras 3's arguments, Keras 2's lists. */
import { describe, fail, isList } from '../check'
import { ArgumentError } from '../errors'
import { switchesOf, tensorArguments, type CallSwitches } from './attention_calls'
import { isObject, listAt, objectAt, textAt, type ConfigFormat } from './json'
import { isNamedPlaces, type LayerRecord, type Places, type TensorRecord } from './records'
import { firstOutputCall } from './write_model'

interface Part {
  readonly record: LayerRecord
  readonly name: string
  readonly nodes: readonly unknown[]
}

/** What one call is given. */
interface Call {
  readonly inputs: readonly TensorRecord[]
  readonly switches: CallSwitches
}

export interface CallsReader {
  read(record: LayerRecord, name: string, node: unknown): Call
  /** The tensor of an entry in `input_layers` or `output_layers`. */
  place(name: string, value: unknown): TensorRecord
  readonly format: ConfigFormat
}

/** Whether a value is `["layer", 0, 0]`, also with arguments behind. */
export function isTensorPlace(value: unknown): value is readonly [string, number, number] {
  return isList(value) && value.length >= 3 && value.length <= 4 && typeof value[0] === 'string'
}

/** Every `["layer", call, tensor]` in lists of lists. */
function placesIn(value: unknown): (readonly [string, number, number])[] {
  if (isTensorPlace(value)) return [value]
  return isList(value) ? value.flatMap(placesIn) : []
}

export function callsReader(
  where: string,
  parts: readonly Part[],
  ends: readonly unknown[],
): CallsReader {
  const nodes = parts.flatMap((part) => part.nodes)
  const format = nodes.some(isList) ? 'keras2' : 'keras3'
  const classes = new Map(parts.map(({ name, record }) => [name, record.className]))
  // Some Keras 2 versions count the calls of inner models from 0.
  const all = placesIn(format === 'keras2' ? [nodes, ends] : [])
  const countsFromZero = new Set(all.filter(([, call]) => call === 0).map(([name]) => name))
  const firstCall = (name: string): number =>
    countsFromZero.has(name) ? 0 : firstOutputCall(format, classes.get(name))

  const fromPlace = (name: string, value: unknown): TensorRecord => {
    if (!isTensorPlace(value)) fail(where, name, '[layer, call, tensor]', value)
    const [layer, call, tensor] = value
    return { layer, call: call - firstCall(layer), tensor }
  }
  return {
    format,
    place: fromPlace,
    read: ({ className }, name, node) => {
      const given = isList(node) ? listed(where, name, node, fromPlace) : spelled(where, name, node)
      return sorted(where, className, name, given)
    },
  }
}

/** Inputs or outputs of a model: one, a list, or by name. */
export function readPlaces(
  where: string,
  name: string,
  value: unknown,
  reader: CallsReader,
): Places {
  if (isTensorPlace(value)) return reader.place(name, value)
  if (isNamedPlaces(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, place]) => [key, reader.place(name, place)]),
    )
  }
  const places = listAt(where, name, value).map((item) => reader.place(name, item))
  // Keras 2 writes one tensor as a list of one.
  return places.length === 1 && places[0] && reader.format === 'keras2' ? places[0] : places
}

/** A call in either form. */
interface Arguments {
  readonly tensors: TensorRecord[]
  readonly named: readonly (readonly [string, unknown])[]
  readonly tensor: (value: unknown) => TensorRecord
}

/** Keras 2's: tensors with the call's other arguments behind each. */
function listed(
  where: string,
  name: string,
  node: readonly unknown[],
  place: (name: string, value: unknown) => TensorRecord,
): Arguments {
  const entries = isTensorPlace(node) ? [node] : node
  const tensor = (value: unknown): TensorRecord => place(`input of "${name}"`, value)
  const named = entries.flatMap((entry) => {
    const extra: unknown = isList(entry) ? entry[3] : undefined
    const given = extra === undefined ? {} : objectAt(where, argumentsName(name), extra)
    // In Keras 2, unlike Keras 3, a call's own `training` overrides that of the whole model.
    return Object.entries(given).filter(([, value]) => value !== null)
  })
  return { tensors: entries.map(tensor), named, tensor }
}

function argumentsName(name: string): string {
  return `arguments of a call of "${name}"`
}

/** Keras 3's `args` and `kwargs`. */
function spelled(where: string, name: string, node: unknown): Arguments {
  const { args, kwargs = {} } = objectAt(where, `call of "${name}"`, node)
  const tensor = (value: unknown): TensorRecord => readTensor(where, name, value)
  const given = listAt(where, `args of "${name}"`, args).flatMap((item) =>
    isList(item) ? item : [item],
  )
  while (given.length > 0 && given.at(-1) === null) given.pop()
  // Keras 3 writes `training`, which the call of the whole model overrides.
  const named = Object.entries(objectAt(where, `kwargs of "${name}"`, kwargs)).filter(
    ([key, value]) => key !== 'training' && value !== null,
  )
  return { tensors: given.map(tensor), named, tensor }
}

/** The tensors of a call in the order of our list, and its switches. */
function sorted(
  where: string,
  className: string,
  name: string,
  { tensors, named, tensor }: Arguments,
): Call {
  const names = tensorArguments(className)
  const known = switchesOf(className)
  const switches: Record<string, boolean> = Object.fromEntries(known.map((key) => [key, false]))
  // The last of them, a mask, is never one of the tensors given by position.
  const byName = new Map(tensors.map((item, i) => [names.slice(0, -1)[i] ?? String(i), item]))
  for (const [key, value] of named) {
    if (names.includes(key) && !byName.has(key)) byName.set(key, tensor(value))
    else if (known.includes(key) && typeof value === 'boolean') switches[key] = value
    // What is switched off says nothing, but for Keras 2's `training`.
    else if (value !== false || key === 'training') refuseArgument(where, name, key, value)
  }
  if (byName.has('attention_mask') && !byName.has('key') && byName.has('value')) {
    byName.set('key', byName.get('value') as TensorRecord)
  }
  const isGiven = (key: string): boolean => byName.has(key)
  const missing = names.find((key, i) => !isGiven(key) && names.slice(i + 1).some(isGiven))
  if (missing !== undefined) {
    throw new ArgumentError(where, `the layer "${name}" is called without ${missing}`)
  }
  const others = [...byName.keys()].filter((key) => !names.includes(key))
  const inputs = [...names, ...others].flatMap((key) => byName.get(key) ?? [])
  return { inputs, switches }
}

function refuseArgument(where: string, name: string, key: string, value: unknown): never {
  throw new ArgumentError(
    where,
    `the layer "${name}" is called with ${key}: ${describe(value)}, for which gantorch has no place`,
  )
}

function readTensor(where: string, name: string, value: unknown): TensorRecord {
  if (!isObject(value) || value.class_name !== '__keras_tensor__') {
    fail(where, `argument of "${name}"`, 'a tensor of the model', value)
  }
  const { keras_history: history } = objectAt(where, `tensor for "${name}"`, value.config)
  const [layer, call, tensor] = listAt(where, `keras_history for "${name}"`, history)
  return { layer: textAt(where, 'layer in keras_history', layer), call, tensor } as TensorRecord
}
