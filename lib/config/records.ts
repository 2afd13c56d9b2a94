/** The config of models: plain objects with live option values, from which equal models can be made. */
import type { Shape } from '../../binding'
import type { DType } from '../array'
import { describe, isList } from '../check'
import { ArgumentError } from '../errors'
import { isRecord, itemsOf } from '../graph/structure'
import type { SymbolicTensor } from '../graph/tensor'
import { Input } from '../layers/input'
import { Layer, type AnyLayer } from '../layers/layer'
import { layerFromConfig, registeredName } from '../layers/registry'
import { isObject, listAt, objectAt, textAt } from './json'
import { kindOf } from './keys'
import { objectNamed, type CustomObjects } from './registered'

/** A layer by the name of its class and its options. */
export interface LayerRecord {
  /** `Dense`, `Custom>Scale`; `Sequential` and `Model` for models, `InputLayer` for inputs. */
  readonly className: string
  readonly config: Readonly<Record<string, unknown>>
}

/** A tensor of a model: the how manyth output of the how manyth call of which layer. */
export interface TensorRecord {
  readonly layer: string
  readonly call: number
  readonly tensor: number
  readonly shape?: Shape
  readonly dtype?: string
}

/** The inputs or outputs of a model: one, a list, or by name. */
export type Places = TensorRecord | readonly TensorRecord[] | Readonly<Record<string, TensorRecord>>

/** A record of places, told from one place by what stands under its keys. */
export function isNamedPlaces(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && Object.values(value).every((item) => isList(item) || isRecord(item))
}

/** All of them in order. */
export function placeList(places: Places): readonly TensorRecord[] {
  const isSeveral = isList(places) || isNamedPlaces(places)
  return (isSeveral ? itemsOf(places) : [places]) as readonly TensorRecord[]
}

/** A layer of a functional model, and what each of its calls is given. */
export interface CalledRecord extends LayerRecord {
  readonly name: string
  readonly calls: readonly (readonly TensorRecord[])[]
}

/** What `getConfig` of a Sequential gives. */
export interface SequentialConfig {
  readonly name: string
  readonly trainable?: boolean
  readonly dtype?: string
  /** An InputLayer first where the input's shape is known. */
  readonly layers: readonly LayerRecord[]
}

/** What `getConfig` of a functional model gives. */
export interface FunctionalConfig {
  readonly name: string
  readonly trainable?: boolean
  readonly dtype?: string
  readonly layers: readonly CalledRecord[]
  readonly inputs: Places
  readonly outputs: Places
}

export const INPUT_CLASS = 'InputLayer'

/** How models are made of configs; each model class enters itself, so that models can nest. */
const modelClasses = new Map<string, (config: never, custom: CustomObjects) => AnyLayer>()

export function modelClass(
  name: string,
  fromConfig: (config: never, custom: CustomObjects) => AnyLayer,
): void {
  modelClasses.set(name, fromConfig)
}

export function isModelClass(className: string): boolean {
  return modelClasses.has(className)
}

/** By its config: the layer that a record was made of, to tell layers that stand in several places. */
const sources = new WeakMap<object, AnyLayer>()

export function sourceOf({ config }: LayerRecord): AnyLayer | undefined {
  return sources.get(config)
}

export function mapValues(
  options: Readonly<Record<string, unknown>>,
  change: (value: unknown, key: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [key, change(value, key)]),
  )
}

/** Layers among the options of another one as records too, so that all of it can be made anew. */
export function layersAsRecords(value: unknown): unknown {
  if (isList(value)) return value.map(layersAsRecords)
  return value instanceof Layer ? recordOf(value as AnyLayer) : value
}

/** Whether an option holds the record of a layer, and not an initialiser's, say. */
export function isLayerRecord(key: string, value: unknown): value is LayerRecord {
  const kind = kindOf(key)
  const canBeLayer = kind === undefined || kind === 'activation'
  return canBeLayer && isObject(value) && typeof value.className === 'string'
}

/** A layer's class and options; a class that isn't registered by its plain name. */
export function recordOf(layer: AnyLayer): LayerRecord {
  const className = registeredName(layer) ?? layer.constructor.name
  const given = layer.getConfig()
  const config = isModelClass(className) ? given : mapValues(given, layersAsRecords)
  sources.set(config, layer)
  return { className, config }
}

/** By the config of a record that stands in several places: the one layer that is made of it. */
const sharedLayers = new WeakMap<object, { layer?: AnyLayer }>()

/** Has `layerFromRecord` make one layer of all records with this config. */
export function shareLayer({ config }: LayerRecord): void {
  if (!sharedLayers.has(config)) sharedLayers.set(config, {})
}

/** The record of a tensor where data enters a model. */
export function inputRecord(name: string, { shape, dtype }: SymbolicTensor): LayerRecord {
  return { className: INPUT_CLASS, config: { batchShape: shape, dtype, name } }
}

/** An input from its record. */
export function inputFromRecord(where: string, { config }: LayerRecord): SymbolicTensor {
  const name = textAt(where, 'name of an InputLayer', config.name)
  const shape = listAt(where, `batchShape of the input "${name}"`, config.batchShape)
  if (shape[0] !== null) {
    throw new ArgumentError(
      where,
      `the input "${name}" has the fixed batch size ${describe(shape[0])}; here models take any number of items: set it to null`,
    )
  }
  const dtype = (config.dtype ?? 'float32') as DType
  return Input({ shape: shape.slice(1) as number[], dtype, name })
}

type LayerConstructor = new (config: unknown) => AnyLayer

/** A layer or model from its record. */
export function layerFromRecord(
  where: string,
  record: unknown,
  custom: CustomObjects = {},
): AnyLayer {
  const { className: givenName, config: givenConfig } = objectAt(where, 'layer', record)
  const className = textAt(where, 'className of a layer', givenName)
  const config = objectAt(where, `config of a ${className}`, givenConfig)
  const shared = sharedLayers.get(config)
  if (shared?.layer) return shared.layer
  try {
    const layersAgain = (value: unknown, key: string): unknown => {
      if (isList(value)) return value.map((item) => layersAgain(item, key))
      return isLayerRecord(key, value) ? layerFromRecord(where, value, custom) : value
    }
    const options = isModelClass(className) ? config : mapValues(config, layersAgain)
    const layer = makeLayer(where, className, options, custom)
    if (shared) shared.layer = layer
    return layer
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const name = typeof config.name === 'string' ? ` "${config.name}"` : ''
    throw new ArgumentError(where, `can't make the layer ${className}${name}: ${error.message}`, {
      cause: error,
    })
  }
}

function makeLayer(
  where: string,
  className: string,
  config: Readonly<Record<string, unknown>>,
  custom: CustomObjects,
): AnyLayer {
  const makeModel = modelClasses.get(className)
  if (makeModel) return makeModel(config as never, custom)
  const found = objectNamed(className, custom)
  if (!found) return layerFromConfig(className, config)
  if (found.prototype instanceof Layer) return new (found as unknown as LayerConstructor)(config)
  throw new ArgumentError(where, `customObjects has no class of layers under ${className}`)
}

/** One thing or a list of them, as a list. */
export function asList<T>(value: T | readonly T[]): readonly T[] {
  return isList(value) ? value : [value]
}

/** Options without those that are undefined. */
export function givenOptions(options: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
