/** Records of layers and models as Keras's JSON. */
import type { AnyLayer } from '../layers/layer'
import { isList } from '../check'
import { ArgumentError } from '../errors'
import { structureOf } from '../graph/structure'
import { registeredName } from '../layers/registry'
import type { CompileOptions } from '../models/compile'
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
      writeLayer: (record: LayerRecord) => this.write(record),
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
      Object.assign(this.write(layer), {
        name: layer.name,
        inbound_nodes: layer.calls.map((call) => this.writeCall(call, classes, layer.className)),
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

  private writeCall(
    call: readonly TensorRecord[],
    classes: ReadonlyMap<string, string>,
    className: string,
  ): Json {
    if (this.format === 'keras2') {
      if (className === 'MultiHeadAttention') {
        throw new ArgumentError(className, "is written in the format 'keras3' only")
      }
      return call.map(({ layer: name, call: index, tensor }) => [
        name,
        index + firstOutputCall(this.format, classes.get(name)),
        tensor,
        {},
      ])
    }
    const tensors = call.map(({ layer: name, call: index, tensor, shape = [], dtype = null }) => ({
      class_name: '__keras_tensor__',
      config: { shape, dtype, keras_history: [name, index, tensor] },
    }))
    const [only] = tensors
    // Keras takes query, value and key one by one, and the value where there is only the query.
    if (className === 'MultiHeadAttention' && only) {
      const [query, value = query, key, mask] = tensors
      const args = [query, value, ...(key ? [key] : [])] as Json
      return { args, kwargs: mask ? { attention_mask: mask } : {} }
    }
    return { args: tensors.length === 1 && only ? [only] : [tensors], kwargs: {} }
  }
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
  model: AnyLayer & { readonly compileOptions?: CompileOptions | undefined },
  format: ConfigFormat,
): JsonObject {
  const written = new ModelWriter(format).write(recordOf(model))
  if (format === 'keras3') {
    const compiled = model.compileOptions && compileJSON(model.compileOptions)
    return compiled ? { ...written, compile_config: compiled } : written
  }
  return { ...written, keras_version: KERAS2_VERSION, backend: 'tensorflow' }
}
