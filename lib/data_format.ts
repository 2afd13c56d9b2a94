/** Where images carry their channels. Source: https://keras.io/api/utils/config_utils/ */
import { oneOf } from './check'

/** (batch, height, width, channels) or (batch, channels, height, width); 1-D likewise. */
export type DataFormat = 'channels_last' | 'channels_first'

let globalFormat: DataFormat = 'channels_last'

/** What a `dataFormat` option says; `setImageDataFormat`'s where it says nothing. */
export function resolveDataFormat(where: string, value: unknown): DataFormat {
  if (value === undefined || value === null) return globalFormat
  return oneOf(where, 'dataFormat', value, ['channels_last', 'channels_first'])
}

/**
 * Sets the format of all layers and ops that are made from now on without a `dataFormat` of their
 * own.
 *
 * @example
 * setImageDataFormat('channels_first')
 */
export function setImageDataFormat(dataFormat: DataFormat): void {
  globalFormat = oneOf('setImageDataFormat', 'dataFormat', dataFormat, [
    'channels_last',
    'channels_first',
  ])
}

/** The format of layers and ops without a `dataFormat`; 'channels_last' at first. */
export function imageDataFormat(): DataFormat {
  return globalFormat
}

/** Where the first of the spatial axes stands. */
export function firstSpatialAxis(dataFormat: DataFormat): number {
  return dataFormat === 'channels_last' ? 1 : 2
}

/** One entry for each axis of an image: the batch's, the spatial ones, the channels'. */
export function inFormat<T>(
  dataFormat: DataFormat,
  batch: T,
  spatial: readonly T[],
  channels: T,
): readonly T[] {
  return dataFormat === 'channels_last'
    ? [batch, ...spatial, channels]
    : [batch, channels, ...spatial]
}
