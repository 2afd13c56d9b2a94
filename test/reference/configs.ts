/** Recorded JSON of layers and models as gantorch reads it, and gantorch's own JSON of the same. */
import {
  Input,
  Model,
  modelFromJSON,
  type AnyModel,
  type NDArray,
  type Tensors,
} from '../../lib/index'
import type { AnyLayer } from '../../lib/layers/layer'
import { layerFromConfig, layerNames } from '../../lib/layers/registry'
import { readReference, type Json, type ReferenceCase } from './read'

export const FORMATS = ['keras3', 'keras2'] as const
export type Format = (typeof FORMATS)[number]

/** The cases of config.json, without layers that gantorch has no class for (yet). */
export function configCases(): ReferenceCase[] {
  const known = new Set<Json | undefined>([undefined, ...layerNames()])
  return readReference('config').cases.filter(({ config }) => known.has(config.layer))
}

type Fields = Readonly<Record<string, Json>>

/** Shape and type of an input, for one item. */
interface InputSpec {
  readonly shape: readonly number[]
  readonly dtype: NDArray['dtype']
}

/** A recorded layer's inputs, and whether it takes them as a list. */
export function inputSpecs(reference: ReferenceCase): { specs: InputSpec[]; isList: boolean } {
  const isList = reference.has('x.0')
  const arrays = isList ? reference.list('x') : reference.has('x') ? [reference.array('x')] : []
  const specs = arrays.map(({ shape, dtype }) => ({ shape: shape.slice(1), dtype }))
  if (specs.length > 0) return { specs, isList }
  return { specs: [{ shape: reference.numberList('inputShape'), dtype: 'float32' }], isList }
}

/** The functional model that holds the recorded entry of a layer, as each format has it. */
export function modelJSON(entry: Fields, reference: ReferenceCase, format: Format): Json {
  const { specs, isList } = inputSpecs(reference)
  const key = format === 'keras3' ? 'batch_shape' : 'batch_input_shape'
  const inputs = specs.map(({ shape, dtype }, i) => ({
    class_name: 'InputLayer',
    config: { [key]: [null, ...shape], dtype, name: `x${i}` },
    name: `x${i}`,
    inbound_nodes: [],
  }))
  const places = specs.map((_, i) => [`x${i}`, 0, 0])
  const { options } = reference.config as { options: Fields }
  const outputs = (options.returnAttentionScores === true ? [0, 1] : [0]).map((tensor): Json => [
    'layer',
    0,
    tensor,
  ])
  const config = {
    name: 'model',
    trainable: true,
    layers: [...inputs, entry],
    input_layers: isList || format === 'keras2' ? places : (places[0] as Json),
    output_layers: outputs.length > 1 || format === 'keras2' ? outputs : (outputs[0] as Json),
  }
  return { class_name: 'Functional', config }
}

/** Our own model of a recorded layer: the same inputs, and the layer made from its options. */
export function ownModel(reference: ReferenceCase): AnyModel {
  const { layer, options } = reference.config as { layer: string; options: Fields }
  const made = layerFromConfig(layer, { ...withInnerName(options), name: 'layer' })
  const { specs, isList } = inputSpecs(reference)
  const inputs = specs.map((spec, i) => Input({ ...spec, name: `x${i}` }))
  const tensors = (isList ? inputs : inputs[0]) as Tensors
  const call = made as unknown as (tensors: Tensors) => Tensors
  return new Model(tensors, call(tensors), { name: 'model' })
}

/** A layer among the options, with a name. */
function withInnerName(options: Fields): Fields {
  if (options.layer === undefined) return options
  const { className, config } = options.layer as { className: string; config: Fields }
  return { ...options, layer: { className, config: { ...config, name: 'inner' } } }
}

export function layerOf(model: AnyModel): AnyLayer {
  return model.getLayer('layer')
}

/** The case of layers*.json that a case of config.json is about. */
export function layerCase({ config }: ReferenceCase): ReferenceCase {
  return readReference(config.topic as string).find(config.case as string)
}

/** What gantorch writes today for a case of config.json; null where Keras 2 has no such thing. */
export function ownText(reference: ReferenceCase, format: Format): string | null {
  const recorded = reference.config[format]
  if (recorded === null || recorded === undefined) return null
  return typeof reference.config.topic === 'string'
    ? ownModel(layerCase(reference)).toJSON({ format })
    : modelFromJSON(JSON.stringify(recorded)).toJSON({ format })
}
