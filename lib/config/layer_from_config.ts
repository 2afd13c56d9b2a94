/** A layer from its config, for everyone. */
import { fail } from '../check'
import type { AnyLayer } from '../layers/layer'
import { isObject } from './json'
import { isModelClass, layerFromRecord, layersAsRecords, mapValues } from './records'
import type { CustomObjects } from './registered'

/**
 * A layer or model, with new weights, from the name of its class (`Dense`, `Custom>Scale`,
 * `Sequential`) and what `getConfig` gave, perhaps changed. Layers among the options are made anew
 * too. Throws an ArgumentError for a class or an option that is unknown.
 * Source: https://keras.io/api/layers/base_layer/#from_config
 *
 * @example
 * const sameSeed = layerFromConfig('Dropout', { ...dropout.getConfig(), seed: 1337 })
 */
export function layerFromConfig(
  className: string,
  config: Readonly<Record<string, unknown>>,
  customObjects: CustomObjects = {},
): AnyLayer {
  const where = 'layerFromConfig'
  if (typeof className !== 'string') fail(where, 'className', 'a string', className)
  if (!isObject(config)) fail(where, 'config', 'an object', config)
  if (!isObject(customObjects)) fail(where, 'customObjects', 'an object', customObjects)
  const options = isModelClass(className) ? config : mapValues(config, layersAsRecords)
  return layerFromRecord(where, { className, config: options }, customObjects)
}
