/** The calls of layers in the JSON of a functional model: Keras 3's arguments, Keras 2's lists. */
import { describe, fail, isList } from '../check'
import { ArgumentError } from '../errors'
import { isObject, listAt, objectAt, textAt, type ConfigFormat } from './json'
import { isNamedPlaces, type LayerRecord, type Places, type TensorRecord } from './records'
import { firstOutputCall } from './write_model'

/** Arguments of layers that take their inputs one by one and not as a list, in our order. */
const INPUT_ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  MultiHeadAttention: ['query', 'value', 'key', 'attention_mask'],
}

interface Part {
  readonly record: LayerRecord
  readonly name: string
  readonly nodes: readonly unknown[]
}

export interface CallsReader {
  /** The tensors that one call is given. */
  read(record: LayerRecord, name: string, node: unknown): TensorRecord[]
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
    read: (record, name, node) =>
      isList(node)
        ? readList(where, name, node, fromPlace)
        : readArguments(where, record.className, name, node),
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

function readList(
  where: string,
  name: string,
  node: readonly unknown[],
  place: (name: string, value: unknown) => TensorRecord,
): TensorRecord[] {
  const entries = isTensorPlace(node) ? [node] : node
  return entries.map((entry) => {
    const extra: unknown = isList(entry) ? entry[3] : undefined
    if (extra !== undefined) requireNoArguments(where, name, extra)
    return place(`input of "${name}"`, entry)
  })
}

function requireNoArguments(where: string, name: string, given: unknown): void {
  const entries = Object.entries(objectAt(where, `arguments of a call of "${name}"`, given))
  // In Keras 2, unlike Keras 3, a call's own `training` overrides that of the whole model.
  const extra = entries.find(([key, value]) =>
    key === 'training' ? value !== null : saysSomething([key, value]),
  )
  if (extra) refuseArgument(where, name, extra[0], extra[1])
}

/** Keras 3 writes `training`, which the call of the whole model overrides, and switches that are off. */
function saysSomething([key, value]: readonly [string, unknown]): boolean {
  return key !== 'training' && value !== null && value !== false
}

function refuseArgument(where: string, name: string, key: string, value: unknown): never {
  throw new ArgumentError(
    where,
    `the layer "${name}" is called with ${key}: ${describe(value)}, for which gantorch has no place`,
  )
}

function readArguments(
  where: string,
  className: string,
  name: string,
  node: unknown,
): TensorRecord[] {
  const { args, kwargs = {} } = objectAt(where, `call of "${name}"`, node)
  const tensors = listAt(where, `args of "${name}"`, args)
    .flatMap((item) => (isList(item) ? item : [item]))
    .map((item) => readTensor(where, name, item))
  const names = INPUT_ARGUMENTS[className] ?? []
  const given = Object.entries(objectAt(where, `kwargs of "${name}"`, kwargs))
  for (const [key, value] of given.filter(saysSomething)) {
    if (names[tensors.length] !== key) refuseArgument(where, name, key, value)
    tensors.push(readTensor(where, name, value))
  }
  return tensors
}

function readTensor(where: string, name: string, value: unknown): TensorRecord {
  if (!isObject(value) || value.class_name !== '__keras_tensor__') {
    fail(where, `argument of "${name}"`, 'a tensor of the model', value)
  }
  const { keras_history: history } = objectAt(where, `tensor for "${name}"`, value.config)
  const [layer, call, tensor] = listAt(where, `keras_history for "${name}"`, history)
  return { layer: textAt(where, 'layer in keras_history', layer), call, tensor } as TensorRecord
}
