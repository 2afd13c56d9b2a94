/** How a folder of pictures is read. */
import { fail, oneOf, positiveInteger } from '../check'
import { background, colorOrder, type Background, type ColorOrder } from './color'
import type { DecodeOptions, Fit } from './decode'

/** How far the reading of a folder is. */
export interface ImageFolderProgress {
  /** Pictures dealt with so far, broken ones included. */
  readonly done: number
  readonly total: number
  /** The picture just dealt with, relative to the folder. */
  readonly file: string
}

/** Options of {@link imageFolder}. */
export interface ImageFolderOptions {
  /** Height of every picture in pixels. */
  height: number
  /** Width of every picture in pixels. */
  width: number
  /** 3 (default): colour, grey pictures become colour. 1: grey, colour becomes its luminance. */
  channels?: 1 | 3
  /** Order of the channels in memory. Default 'rgb'. */
  colorOrder?: ColorOrder
  /** How pictures of other proportions fit. Default 'cover': centred, the overlap cut off. */
  fit?: Fit
  /** What shows through alpha and beside a contained picture. Default 'white'. */
  background?: Background
  /** A broken file: left out with one warning for all (default 'skip'), or a FileError ('throw'). */
  onError?: 'skip' | 'throw'
  /** Called after every picture. */
  onProgress?: (progress: ImageFolderProgress) => void
  /** Stops reading; the promise then rejects with the signal's reason (an AbortError by default). */
  signal?: AbortSignal
  /** Reads only the first so many files in sorted order. Default: all. */
  limit?: number
}

export type SizedDecoding = DecodeOptions & {
  readonly size: { readonly height: number; readonly width: number }
}

export interface FolderReading {
  readonly decode: SizedDecoding
  readonly onError: 'skip' | 'throw'
  readonly onProgress?: (progress: ImageFolderProgress) => void
  readonly signal?: AbortSignal
  readonly limit: number
}

export const FOLDER_OPTIONS = [
  'height',
  'width',
  'channels',
  'colorOrder',
  'fit',
  'background',
  'onError',
  'onProgress',
  'signal',
  'limit',
]

/** The options with their defaults, checked, except for unknown names. */
export async function folderReading(
  where: string,
  options: ImageFolderOptions,
): Promise<FolderReading> {
  const { onProgress, signal, channels = 3 } = options
  if (channels !== 1 && channels !== 3) fail(where, 'channels', '1 or 3', channels)
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    fail(where, 'onProgress', 'a function', onProgress)
  }
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function') {
    fail(where, 'signal', 'an AbortSignal', signal)
  }
  const size = {
    height: positiveInteger(where, 'height', options.height),
    width: positiveInteger(where, 'width', options.width),
  }
  const { limit, onError = 'skip', fit = 'cover' } = options
  return {
    decode: {
      size,
      channels,
      colorOrder: colorOrder(where, options.colorOrder ?? 'rgb'),
      fit: oneOf(where, 'fit', fit, ['cover', 'contain', 'fill']),
      background: await background(where, options.background ?? 'white'),
    },
    onError: oneOf(where, 'onError', onError, ['skip', 'throw']),
    onProgress,
    signal,
    limit: limit === undefined ? Infinity : positiveInteger(where, 'limit', limit),
  }
}
