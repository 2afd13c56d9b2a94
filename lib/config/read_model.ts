/** Keras's JSON, of Keras 3 or 2, as records of layers and models. */
import { describe, fail, isList } from '../check'
import { ArgumentError } from '../errors'
import { isLayerName } from '../layers/registry'
import { setCallSwitches } from './attention_calls'
import { isObject, listAt, objectAt, textAt } from './json'
import { camelKey } from './keys'
import { keras3Options, nullCounts, readPolicy } from './layer_keys'
import { callsReader, readPlaces } from './read_calls'
import { DEEPEST, readValue, refuseLambda } from './read_value'
import { INPUT_CLASS, shareLayer, type CalledRecord, type LayerRecord } from './records'
import { objectNamed, type CustomObjects } from './registered'

type Fields = Readonly<Record<string, unknown>>

/** Reads the JSON of one model. */
export class ModelReader {
  /** Layers by the number that says in how many places they stand. */
  private readonly shared = new Map<unknown, LayerRecord>()
  private depth = 0

  constructor(
    private readonly where: string,
    private readonly custom: CustomObjects,
  ) {}

  /** A layer, input or model. */
  read(json: unknown): LayerRecord {
    if (++this.depth > DEEPEST)
      fail(this.where, 'the model', `nested at most ${DEEPEST} deep`, json)
    const fields = objectAt(this.where, 'layer', json)
    const id = fields.shared_object_id
    const record = (id !== undefined && this.shared.get(id)) || this.readClass(fields)
    if (id !== undefined) {
      this.shared.set(id, record)
      shareLayer(record)
    }
    this.depth--
    return record
  }

  private readClass(fields: Fields): LayerRecord {
    const className = this.classNameOf(fields)
    const given = fields.config
    if (className === 'Sequential') {
      // Keras before 2.2.3 wrote the list of layers alone.
      return this.readSequential(isList(given) ? { layers: given } : this.configOf(fields))
    }
    const config = this.configOf(fields)
    if (className === 'Functional' || (className === 'Model' && isList(config.layers))) {
      return this.readFunctional(config)
    }
    if (className === INPUT_CLASS) return readInput(this.where, config)
    return this.readLayer(className, config)
  }

  private configOf(fields: Fields): Fields {
    return objectAt(this.where, `config of ${describe(fields.class_name)}`, fields.config)
  }

  /** The registered name of a layer class of a user's, else the name of the class. */
  private classNameOf(fields: Fields): string {
    const className = textAt(this.where, 'class_name of a layer', fields.class_name)
    const registered = fields.registered_name
    const isKnown = (name: string): boolean =>
      isLayerName(name) || objectNamed(name, this.custom) !== undefined
    if (typeof registered === 'string' && isKnown(registered)) return registered
    return className
  }

  private readLayer(className: string, config: Fields): LayerRecord {
    const name = typeof config.name === 'string' ? ` "${config.name}"` : ''
    const where = `${this.where}: ${className}${name}`
    if (className === 'Lambda') refuseLambda(where, 'function')
    const reader = {
      where,
      custom: this.custom,
      readLayer: (json: unknown) => this.read(json),
    }
    const options: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(keras3Options(className, config))) {
      if (key === 'dtype') options.dtype = readPolicy(where, value)
      else if (key === 'batch_input_shape') {
        options.inputShape = itemShape(where, value)
      } else if (value === null && nullCounts(className, key)) options[camelKey(key)] = null
      else options[camelKey(key)] = readValue(camelKey(key), value, reader)
    }
    const isGiven = ([, value]: [string, unknown]): boolean => value !== undefined
    return { className, config: Object.fromEntries(Object.entries(options).filter(isGiven)) }
  }

  private readSequential(config: Fields): LayerRecord {
    const layers = listAt(this.where, 'layers of a Sequential', config.layers).map((layer) =>
      this.read(layer),
    )
    const [first] = layers
    const shape = config.build_input_shape
    const hasShape = first?.className === INPUT_CLASS || first?.config.inputShape !== undefined
    if (isList(shape) && first && !hasShape) {
      const name = `${typeof config.name === 'string' ? config.name : 'sequential'}_input`
      layers.unshift(readInput(this.where, { batch_shape: shape, dtype: 'float32', name }))
    }
    return { className: 'Sequential', config: { ...this.modelOptions(config), layers } }
  }

  private modelOptions({ name, trainable, dtype }: Fields): Record<string, unknown> {
    const options = { name, trainable, dtype: readPolicy(this.where, dtype) }
    const isGiven = ([, value]: [string, unknown]): boolean => value !== undefined && value !== null
    return Object.fromEntries(Object.entries(options).filter(isGiven))
  }

  private readFunctional(config: Fields): LayerRecord {
    const listed = listAt(this.where, 'layers of a functional model', config.layers)
    const parts = listed.map((json) => {
      const fields = objectAt(this.where, 'layer', json)
      const record = this.read(fields)
      const name = textAt(this.where, 'name of a layer', fields.name ?? record.config.name)
      const nodes = listAt(this.where, `inbound_nodes of "${name}"`, fields.inbound_nodes ?? [])
      return { record, name, nodes }
    })
    const reader = callsReader(this.where, parts, [config.input_layers, config.output_layers])
    const layers: CalledRecord[] = parts.map(({ record, name, nodes }) => ({
      ...record,
      name,
      calls: nodes.map((node) => {
        const { inputs, switches } = reader.read(record, name, node)
        setCallSwitches(this.where, name, record, switches)
        return inputs
      }),
    }))
    const options = {
      ...this.modelOptions(config),
      layers,
      inputs: readPlaces(this.where, 'input_layers', config.input_layers, reader),
      outputs: readPlaces(this.where, 'output_layers', config.output_layers, reader),
    }
    return { className: 'Model', config: options }
  }
}

function readInput(where: string, config: Fields): LayerRecord {
  const { name, dtype = 'float32', sparse, ragged, optional } = config
  for (const [key, value] of Object.entries({ sparse, ragged, optional })) {
    if (value === undefined || value === null || value === false) continue
    throw new ArgumentError(where, `the input ${describe(name)} has ${key}: ${describe(value)}`)
  }
  const batchShape = config.batch_shape ?? config.batch_input_shape
  return { className: INPUT_CLASS, config: { batchShape, dtype: inputType(dtype), name } }
}

function inputType(dtype: unknown): unknown {
  return isObject(dtype) ? readPolicy('InputLayer', dtype) : dtype
}

/** Undefined where a length is open, as in an Embedding without input_length. */
function itemShape(where: string, value: unknown): readonly unknown[] | undefined {
  if (value === null) return undefined
  const items = listAt(where, 'batch_input_shape', value).slice(1)
  return items.includes(null) ? undefined : items
}
