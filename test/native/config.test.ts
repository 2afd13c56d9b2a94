/** JSON that real Keras wrote makes the same models here; and Keras accepted what is written here. */
import { modelFromJSON, NDArray, type AnyModel } from '../../lib/index'
import { isList } from '../../lib/check'
import { layerNames } from '../../lib/layers/registry'
import {
  configCases,
  FORMATS,
  inputSpecs,
  layerCase,
  layerOf,
  modelJSON,
  ownModel,
  ownText,
  type Format,
} from '../reference/configs'
import { readReference, type Json, type ReferenceCase } from '../reference/read'
import { covers } from './coverage'
import { runLayer } from './evaluate'
import { expectClose } from './tolerance'

const cases = configCases()
const accepted = readReference('config_accepted')
const both = cases.flatMap((reference) =>
  FORMATS.filter((format) => reference.config[format] !== null).map((format) => ({
    name: `${reference.name}, ${format}`,
    reference,
    format,
  })),
)
const layers = both.filter(({ reference }) => typeof reference.config.topic === 'string')
const models = both.filter(({ reference }) => reference.config.topic === undefined)

/** Layers that hold code, for which JSON has no place. */
const WITHOUT_JSON = ['Lambda']

test('every layer has a recorded config', () => {
  const recorded = new Set([...WITHOUT_JSON, ...cases.map(({ config }) => config.layer)])
  expect(layerNames().filter((name) => !recorded.has(name))).toEqual([])
})

/** As Keras 2 itself wrote it, before tf.keras added where classes come from. */
function withoutModules(json: Json): Json {
  if (isList(json)) return json.map(withoutModules)
  if (typeof json !== 'object' || json === null) return json
  const entries = Object.entries(json).filter(([key]) => !/^(module|registered_name)$/.test(key))
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutModules(value)]))
}

/**
 * A model's JSON without what two ways of writing leave open: Keras 2 rounds numbers to float32, and
 * a built layer counts its axes from the start, in a list.
 */
function comparable(model: AnyModel, rank: number): unknown {
  const change = (key: string, value: unknown): unknown => {
    if (key === 'axis' && value !== null) {
      return [value].flat().map((axis) => ((axis as number) + rank) % rank)
    }
    if (key === 'attention_axes') {
      const axes = (value ?? Array.from({ length: rank - 2 }, (_, i) => i + 1)) as number | number[]
      return [axes].flat().map((axis) => (axis + rank) % rank)
    }
    return typeof value === 'number' ? Math.fround(value) : value
  }
  return JSON.parse(model.toJSON(), change) as unknown
}

function read(json: Json): AnyModel {
  return modelFromJSON(JSON.stringify(json))
}

test.each(layers)('$name: read as the same layer', async ({ reference, format }) => {
  const recorded = layerCase(reference)
  const { layer: className, training } = recorded.config as { layer: string; training: boolean }
  covers('model', `config of ${className}`, [format])
  const json = modelJSON(
    reference.config[format] as Readonly<Record<string, Json>>,
    recorded,
    format,
  )
  const model = read(json)
  const rank = 1 + (inputSpecs(recorded).specs[0]?.shape.length ?? 0)
  expect(comparable(model, rank)).toEqual(comparable(ownModel(recorded), rank))
  if (format === 'keras2') expect(read(withoutModules(json)).toJSON()).toBe(model.toJSON())
  if (!recorded.has('y')) return
  const x = recorded.has('x') ? recorded.array('x') : recorded.list('x')
  const layer = layerOf(model)
  await layer.setWeights(recorded.list('weights'))
  const { y } = await runLayer(layer, x, recorded.array('r'), training)
  expectClose('y', y, recorded.array('y'), recorded.number('drift', 'y'))
})

function listed(outputs: NDArray | readonly NDArray[] | Record<string, NDArray>): NDArray[] {
  return outputs instanceof NDArray ? [outputs] : Object.values(outputs)
}

test.each(models)('$name: read as the same model', async ({ reference, format }) => {
  covers('model', `config of ${reference.name}`, [format])
  const json = reference.config[format] as Json
  const model = read(json)
  if (format === 'keras2') expect(read(withoutModules(json)).toJSON()).toBe(model.toJSON())
  await model.setWeights(model.weights.map(({ name }) => reference.array(name)))
  const x = reference.list('x')
  const outputs = listed(await model.predict(x.length === 1 ? (x[0] as NDArray) : x))
  const expected = reference.list('y')
  expect(outputs).toHaveLength(expected.length)
  outputs.forEach((y, i) => {
    expectClose(`y.${i}`, y, expected[i] as NDArray, reference.number('drift', i))
  })
})

test.each(both)('$name: written as Keras accepted it', ({ reference, format }) => {
  expect(JSON.parse(ownText(reference, format) ?? 'null')).toEqual(acceptedJSON(reference, format))
})

function acceptedJSON({ name }: ReferenceCase, format: Format): unknown {
  return accepted.find(name).config[format]
}
