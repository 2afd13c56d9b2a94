/** Records of layers and models as Keras's JSON. */
import type { AnyLayer } from '../layers/layer'
import { isList } from '../check'
import { ArgumentError } from '../errors'
import { structureOf } from '../graph/structure'
import { registeredName } from '../layers/registry'
import type { CompiledWith } from '../models/compile_options'
import { callSwitches, requireNoSwitches, tensorArguments } from './attention_calls'
import { compileJSON } from './compile_json'
import type { ConfigFormat, Json, JsonObject } from './json'
import { formatOptions, KERAS_LACKS, without, writePolicy } from './layer_keys'
import {
  INPUT_CLASS,
  isNamedPlaces,
  isModelClass,
  placeList,
  recordOf,
  sourceOf,
  type CalledRecord,
  type FunctionalConfig,
  type LayerRecord,
  type Places,
  type SequentialConfig,
  type TensorRecord,
} from './records'
import { OUR_PACKAGE, serialized, writeEntries } from './write_value'

/** A version of Keras 2 that reads what is written. */
const KERAS2_VERSION = '2.15.0'

/** Writes one model: it knows which layers stand in several places. */
class ModelWriter {
  private readonly seen = new Map<AnyLayer, { id: number; first: Record<string, Json> }>()

  constructor(private readonly format: ConfigFormat) {}

  /** A layer, input or model. */
  write(record: LayerRecord): Record<string, Json> {
    const written: Record<string, Json> = { ...this.writeClass(record) }
    const source = sourceOf(record)
    const before = source && this.seen.get(source)
    if (before) {
      // As Keras does when it saves: what has the same number is one layer.
      before.first.shared_object_id = before.id
      written.shared_object_id = before.id
    } else if (source) this.seen.set(source, { id: this.seen.size + 1, first: written })
    return written
  }

  private writeClass(record: LayerRecord): JsonObject {
    const { className, config } = record
    if (className === INPUT_CLASS) return this.writeInput(config)
    if (className === 'Sequential') return this.writeSequential(config as never)
    if (isModelClass(className)) return this.writeFunctional(config as never)
    const source = sourceOf(record)
    const label = source?.label ?? className
    if (source && registeredName(source) === undefined) {
      throw new ArgumentError(
        label,
        `is of the class ${className}, which JSON can't name; make it known with registerLayer`,
      )
    }
    const written = formatOptions(label, className, this.writeOptions(label, config), this.format)
    if (KERAS_LACKS.has(className)) {
      return serialized(this.format, null, className, written, OUR_PACKAGE + className)
    }
    if (!className.includes('>')) {
      return serialized(this.format, 'keras.layers', className, written)
    }
    const name = className.split('>').at(-1) as string
    return serialized(this.format, null, name, written, className)
  }

  private writeOptions(
    where: string,
    options: Readonly<Record<string, unknown>>,
  ): Record<string, Json> {
    const { dtype, ...rest } = options
    const writer = {
      where,
      format: this.format,
      writeLayer: (record: LayerRecord) => {
        requireNoSwitches(sourceOf(record)?.label ?? record.className, record)
        return this.write(record)
      },
    }
    // The shape of the input stands in the InputLayer.
    const written = writeEntries(without(rest, ['inputShape']), writer)
    return typeof dtype === 'string'
      ? { ...written, dtype: writePolicy(dtype, this.format) }
      : written
  }

  private writeInput({ batchShape, dtype, name }: Readonly<Record<string, unknown>>): JsonObject {
    const key = this.format === 'keras3' ? 'batch_shape' : 'batch_input_shape'
    const rest = { dtype: dtype as string, sparse: false, ragged: false, name: name as string }
    const config = { [key]: batchShape as Json, ...rest }
    return serialized(this.format, 'keras.layers', INPUT_CLASS, config)
  }

  private writeSequential({ name, trainable = true, dtype, layers }: SequentialConfig): JsonObject {
    const [first] = layers
    const shape = first?.className === INPUT_CLASS ? first.config.batchShape : undefined
    const config = {
      name,
      ...(this.format === 'keras3' && {
        trainable,
        dtype: writePolicy(dtype ?? 'float32', this.format),
      }),
      layers: layers.map((layer) => this.write(layer)),
      ...(shape !== undefined && { build_input_shape: shape as Json }),
    }
    return serialized(this.format, 'keras', 'Sequential', config)
  }

  private writeFunctional(model: FunctionalConfig): JsonObject {
    const { name, trainable = true } = model
    const classes = new Map(model.layers.map((layer) => [layer.name, layer.className]))
    const layers = model.layers.map((layer) =>
      Object.assign(this.writeBuilt(layer), {
        name: layer.name,
        inbound_nodes: layer.calls.map((call) => this.writeCall(call, classes, layer)),
      }),
    )
    const place = (record: TensorRecord): Json => [
      record.layer,
      record.call + firstOutputCall(this.format, classes.get(record.layer)),
      record.tensor,
    ]
    const places = (value: Places): Json => {
      const list = placeList(value).map(place)
      // In Keras 2 there are only lists.
      if (this.format === 'keras2') return list
      const isOne = !isList(value) && !isNamedPlaces(value)
      return structureOf(isOne ? undefined : value).pack(list)
    }
    const config = {
      name,
      trainable,
      layers,
      input_layers: places(model.inputs),
      output_layers: places(model.outputs),
    }
    return this.format === 'keras3'
      ? serialized(this.format, 'keras.src.models.functional', 'Functional', config, 'Functional')
      : serialized(this.format, null, 'Model', config)
  }

  /** A layer with the shapes that Keras 2 builds a MultiHeadAttention by when it reads it. */
  private writeBuilt(layer: CalledRecord): Record<string, Json> {
    const written = this.write(layer)
    const [[query, value, key = value] = []] = layer.calls
    if (this.format === 'keras3' || layer.className !== 'MultiHeadAttention') return written
    const shapes = { query_shape: query?.shape, key_shape: key?.shape, value_shape: value?.shape }
    return Object.assign(written, { config: { ...(written.config as JsonObject), ...shapes } })
  }

  private writeCall(
    call: readonly TensorRecord[],
    classes: ReadonlyMap<string, string>,
    layer: LayerRecord,
  ): Json {
    const place = ({ layer: name, call: index, tensor }: TensorRecord): Json[] => [
      name,
      index + firstOutputCall(this.format, classes.get(name)),
      tensor,
    ]
    const switches = Object.fromEntries(Object.entries(callSwitches(layer)).filter(([, on]) => on))
    const names = tensorArguments(layer.className)
    if (names.length === 0) {
      if (this.format === 'keras2') return call.map((record) => [...place(record), switches])
      const tensors = call.map(writeTensor)
      return { args: tensors.length === 1 ? tensors : [tensors], kwargs: switches }
    }
    // Keras takes the value for the key where there is none; here the mask stands behind a key.
    const hasOwnKey = call.length <= 3 || !isSame(call[1], call[2])
    const named = call
      .map((record, i) => [names[i] as string, record] as const)
      .filter(([name]) => name !== 'key' || hasOwnKey)
    if (this.format === 'keras2') {
      const [[, query], ...others] = named as [(typeof named)[0], ...typeof named]
      const given = Object.fromEntries(others.map(([name, record]) => [name, place(record)]))
      return [[...place(query), { ...given, ...switches }]]
    }
    const isMask = ([name]: readonly [string, unknown]): boolean => name === 'attention_mask'
    const masks = named.filter(isMask).map(([name, record]) => [name, writeTensor(record)])
    return {
      args: named.filter((entry) => !isMask(entry)).map(([, record]) => writeTensor(record)),
      kwargs: { ...Object.fromEntries(masks), ...switches } as JsonObject,
    }
  }
}

function writeTensor({ layer, call, tensor, shape, dtype }: TensorRecord): JsonObject {
  const config = {
    shape: shape ?? [],
    dtype: dtype ?? null,
    keras_history: [layer, call, tensor],
  }
  return { class_name: '__keras_tensor__', config }
}

function isSame(a: TensorRecord | undefined, b: TensorRecord | undefined): boolean {
  return a?.layer === b?.layer && a?.call === b?.call && a?.tensor === b?.tensor
}

/**
 * What number the first call of a layer has where a model's outputs are listed (in Keras 2
 * everywhere): inner models count one call of their own, in Keras 3 only functional ones.
 */
export function firstOutputCall(format: ConfigFormat, className: string | undefined): 0 | 1 {
  if (className === undefined || !isModelClass(className)) return 0
  return format === 'keras2' || className !== 'Sequential' ? 1 : 0
}

/** A model (or layer) as the JSON that `to_json` of Keras gives. */
export function modelJSON(
  model: AnyLayer & { readonly compileOptions?: CompiledWith | undefined },
  format: ConfigFormat,
): JsonObject {
  const written = new ModelWriter(format).write(recordOf(model))
  if (format === 'keras3') {
    const compiled = model.compileOptions && compileJSON(model.compileOptions)
    return compiled ? { ...written, compile_config: compiled } : written
  }
  return { ...written, keras_version: KERAS2_VERSION, backend: 'tensorflow' }
}
