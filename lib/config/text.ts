/** Models as JSON text, and from it. */
import { fail, knownOptions, oneOf } from '../check'
import { ArgumentError } from '../errors'
import type { AnyLayer } from '../layers/layer'
import type { AnyModel } from '../models/base_model'
import { isObject, type ConfigFormat } from './json'
import { ModelReader } from './read_model'
import { isModelClass, layerFromRecord } from './records'
import type { CustomObjects } from './registered'
import { modelJSON } from './write_model'

export interface ToJSONOptions {
  /** Default 'keras3'. */
  readonly format?: ConfigFormat
  /** Spaces by which inner lines are indented; default 0, all in one line. */
  readonly indent?: number
}

/** A model as text. `JSON.stringify` calls `toJSON` with a key, which says nothing. */
export function modelText(model: AnyLayer, label: string, options: ToJSONOptions | string): string {
  const where = `${label} toJSON`
  const given = typeof options === 'string' ? {} : options
  knownOptions(where, given, ['format', 'indent'])
  const { format = 'keras3', indent = 0 } = given
  if (!(Number.isInteger(indent) && indent >= 0 && indent <= 10)) {
    fail(where, 'indent', 'a whole number from 0 to 10', indent)
  }
  const allowed = ['keras3', 'keras2'] as const
  return JSON.stringify(modelJSON(model, oneOf(where, 'format', format, allowed)), null, indent)
}

export interface ModelFromJSONOptions {
  /** Layer classes, functions and other classes by the names that they have in the JSON. */
  readonly customObjects?: CustomObjects
}

/**
 * A model from the JSON that `toJSON` or Keras's `to_json` wrote, Keras 3's or Keras 2's; with new
 * weights. Throws an ArgumentError that names what it can't read, such as a layer that is unknown
 * or an option that gantorch lacks.
 * Source: https://keras.io/api/models/model_saving_apis/model_config_serialization/
 *
 * @example
 * const generator = modelFromJSON(await readFile('generator.json', 'utf8'))
 */
export function modelFromJSON(text: string, options: ModelFromJSONOptions = {}): AnyModel {
  const where = 'modelFromJSON'
  knownOptions(where, options, ['customObjects'])
  if (typeof text !== 'string') fail(where, 'text', 'a string', text)
  return modelFromObject(where, parsed(where, text), options)
}

function parsed(where: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ArgumentError(where, `received no JSON: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** A model from parsed JSON. */
export function modelFromObject(
  where: string,
  json: unknown,
  { customObjects = {} }: ModelFromJSONOptions = {},
): AnyModel {
  if (!isObject(customObjects)) fail(where, 'customObjects', 'an object', customObjects)
  const record = new ModelReader(where, customObjects).read(json)
  if (!isModelClass(record.className)) fail(where, 'JSON', 'that of a model', record.className)
  return layerFromRecord(where, record, customObjects) as unknown as AnyModel
}
