/** Models as JSON text, and from it. */
import { boolean, fail, knownOptions, oneOf } from '../check'
import { ArgumentError } from '../errors'
import type { AnyModel } from '../models/base_model'
import { compileOptionsOf } from './compile_json'
import { isObject, type ConfigFormat } from './json'
import { ModelReader } from './read_model'
import { isModelClass, layerFromRecord } from './records'
import type { CustomObjects } from './registered'
import { modelJSON } from './write_model'

/** Options of `model.toJSON`. */
export interface ToJSONOptions {
  /** Default 'keras3'. */
  readonly format?: ConfigFormat
  /** Spaces by which inner lines are indented; default 0, all in one line. */
  readonly indent?: number
}

/** A model as text. `JSON.stringify` calls `toJSON` with a key, which says nothing. */
export function modelText(model: AnyModel, label: string, options: ToJSONOptions | string): string {
  const where = `${label} toJSON`
  const given = typeof options === 'string' ? {} : options
  knownOptions(where, given, ['format', 'indent'])
  const { format = 'keras3', indent = 0 } = given
  if (!(Number.isInteger(indent) && indent >= 0 && indent <= 10)) {
    fail(where, 'indent', 'a whole number from 0 to 10', indent)
  }
  const allowed = ['keras3', 'keras2'] as const
  const json = modelJSON(model, oneOf(where, 'format', format, allowed))
  return withFloats(JSON.stringify(json, null, indent))
}

/** Python tells 1 from 1.0, and Keras's optimizers refuse the former. */
function withFloats(text: string): string {
  return text.replace(/"(learning_rate|momentum)": ?-?\d+(?=[,}\s])/g, '$&.0')
}

/** Options of {@link modelFromJSON}. */
export interface ModelFromJSONOptions {
  /** Layer classes, functions and other classes by the names that they have in the JSON. */
  readonly customObjects?: CustomObjects
  /** Whether to compile the model as Keras 3's JSON says, where it does; default true, as in Keras. */
  readonly compile?: boolean
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
  knownOptions(where, options, ['customObjects', 'compile'])
  boolean(where, 'compile', options.compile ?? true)
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
  { customObjects = {}, compile = true }: ModelFromJSONOptions = {},
): AnyModel {
  if (!isObject(customObjects)) fail(where, 'customObjects', 'an object', customObjects)
  const record = new ModelReader(where, customObjects).read(json)
  if (!isModelClass(record.className)) fail(where, 'JSON', 'that of a model', record.className)
  const model = layerFromRecord(where, record, customObjects) as unknown as AnyModel
  const { compile_config: compiling } = json as { readonly compile_config?: unknown }
  if (compile && isObject(compiling) && Object.keys(compiling).length > 0) {
    model.compile(compileOptionsOf(where, compiling, customObjects))
  }
  return model
}
