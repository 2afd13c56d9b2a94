/** imageFolder: a folder of pictures -> one ImageSet. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { NDArray } from '../array'
import { fail, knownOptions, oneOf, positiveInteger } from '../check'
import { FileError, OutOfMemoryError } from '../errors'
import { background, colorOrder, type Background, type ColorOrder } from './color'
import { decodeFile, PICTURE_EXTENSIONS, type DecodeOptions, type Fit } from './decode'
import { ImageSet, type SkippedPicture } from './image_set'
import { scanFolder, type Scan } from './scan'
import { loadSharp, reasonOf } from './sharp'

export interface ImageFolderProgress {
  /** Pictures dealt with so far, broken ones included. */
  readonly done: number
  readonly total: number
  /** The picture just dealt with, relative to the folder. */
  readonly file: string
}

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

interface Checked {
  readonly decode: DecodeOptions & { readonly size: { height: number; width: number } }
  readonly onError: 'skip' | 'throw'
  readonly onProgress?: (progress: ImageFolderProgress) => void
  readonly signal?: AbortSignal
  readonly limit: number
}

const WHERE = 'imageFolder'
const OPTIONS = [
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

/**
 * Reads all pictures of a folder and its subfolders into memory as uint8
 * [n, height, width, channels], in the sorted order of their paths. Hidden files and files with
 * other extensions are passed over.
 *
 * Reads png, jpg, jpeg, jpe, jfif, webp, gif, avif, tif, tiff and svg; the content decides, not the
 * extension. Of an animation the first frame counts. EXIF orientation and colour profiles are
 * applied, 16 bits become 8, alpha is composed over the background. A picture that has the wanted
 * size already keeps its exact pixels.
 *
 * @param folder path of the folder
 * @param options `height` and `width` in pixels are required; see {@link ImageFolderOptions}
 * @throws FileError no such folder, not a folder, no pictures in it, none readable, or the first
 *   broken file with `onError: 'throw'`; ArgumentError for a bad option; OutOfMemoryError
 * @example
 * const pictures = await imageFolder('faces', { height: 128, width: 160, colorOrder: 'rgb' })
 * console.log(`${pictures.length} pictures, ${pictures.skipped.length} broken`)
 */
export async function imageFolder(folder: string, options: ImageFolderOptions): Promise<ImageSet> {
  if (typeof folder !== 'string' || folder === '') fail(WHERE, 'folder', 'a path', folder)
  const checked = await check(options)
  checked.signal?.throwIfAborted()
  const scan = await scanFolder(WHERE, folder, checked.signal)
  const files = scan.files.slice(0, checked.limit)
  if (files.length === 0) throw noPictures(folder, scan)
  const { height, width } = checked.decode.size
  const { channels } = checked.decode
  const item = height * width * channels
  const buffer = allocateBytes(files.length, item)
  const reasons = await decodeAll(folder, files, buffer, item, checked)

  const kept: string[] = []
  const skipped: SkippedPicture[] = []
  files.forEach((file, i) => {
    const reason = reasons[i]
    if (reason !== undefined) return skipped.push({ file, reason })
    // Closes the gaps that broken files left, so that one buffer suffices.
    if (skipped.length > 0) buffer.copyWithin(kept.length * item, i * item, (i + 1) * item)
    return kept.push(file)
  })
  if (kept.length === 0)
    throw new FileError(WHERE, `no readable picture in ${folder}${listed(skipped)}`)
  if (skipped.length > 0) warn(folder, files.length, skipped)
  const images = new NDArray(buffer.subarray(0, kept.length * item), [
    kept.length,
    height,
    width,
    channels,
  ])
  return new ImageSet({ images, colorOrder: checked.decode.colorOrder, files: kept, skipped })
}

async function check(options: ImageFolderOptions): Promise<Checked> {
  knownOptions(WHERE, options, OPTIONS)
  const { onProgress, signal, channels = 3 } = options
  if (channels !== 1 && channels !== 3) fail(WHERE, 'channels', '1 or 3', channels)
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    fail(WHERE, 'onProgress', 'a function', onProgress)
  }
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function') {
    fail(WHERE, 'signal', 'an AbortSignal', signal)
  }
  const size = {
    height: positiveInteger(WHERE, 'height', options.height),
    width: positiveInteger(WHERE, 'width', options.width),
  }
  const { limit, onError = 'skip', fit = 'cover' } = options
  return {
    decode: {
      size,
      channels,
      colorOrder: colorOrder(WHERE, options.colorOrder ?? 'rgb'),
      fit: oneOf(WHERE, 'fit', fit, ['cover', 'contain', 'fill']),
      background: await background(WHERE, options.background ?? 'white'),
    },
    onError: oneOf(WHERE, 'onError', onError, ['skip', 'throw']),
    onProgress,
    signal,
    limit: limit === undefined ? Infinity : positiveInteger(WHERE, 'limit', limit),
  }
}

/** Fills `buffer` picture by picture; gives the reason for each broken one, undefined for the rest. */
async function decodeAll(
  folder: string,
  files: readonly string[],
  buffer: Uint8Array,
  item: number,
  { decode, onError, onProgress, signal }: Checked,
): Promise<readonly (string | undefined)[]> {
  const sharp = await loadSharp(WHERE)
  const reasons = files.map((): string | undefined => undefined)
  let done = 0
  await eachAtOnce(files, decodersAtOnce(), async (file, i) => {
    signal?.throwIfAborted()
    const path = join(folder, file)
    try {
      buffer.set((await decodeFile(sharp, path, decode)).data, i * item)
    } catch (error) {
      const reason = reasonOf(error)
      if (onError === 'throw') {
        throw new FileError(WHERE, `can't read ${path}: ${reason}`, { cause: error })
      }
      reasons[i] = reason
    }
    signal?.throwIfAborted()
    onProgress?.({ done: ++done, total: files.length, file })
  })
  return reasons
}

/** Libuv decodes on four threads; one more is read from disk meanwhile. */
function decodersAtOnce(): number {
  return Math.min(availableParallelism(), 4) + 1
}

/** Runs `work` for every item, at most `limit` at once; after a failure nothing is left running. */
async function eachAtOnce<T>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries()
  const failures: unknown[] = []
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (failures.length > 0) return
      await work(item, index).catch((error: unknown) => void failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  if (failures.length > 0) throw failures[0]
}

function allocateBytes(count: number, item: number): Uint8Array {
  try {
    return new Uint8Array(count * item)
  } catch (error) {
    const gigabytes = ((count * item) / 1e9).toFixed(1)
    throw new OutOfMemoryError(
      WHERE,
      `${count} pictures of this size need ${gigabytes} GB in one piece; lower height and width or set limit`,
      { cause: error },
    )
  }
}

function noPictures(folder: string, { ignored }: Scan): FileError {
  const others = ignored > 0 ? ` ${ignored} other file(s) passed over.` : ''
  return new FileError(
    WHERE,
    `no pictures in ${folder}.${others} Looked for ${PICTURE_EXTENSIONS.join(', ')}, also in subfolders`,
  )
}

/** `: a.png (reason), b.png (reason) and 3 more` */
function listed(skipped: readonly SkippedPicture[]): string {
  const shown = skipped.slice(0, 5).map(({ file, reason }) => `${file} (${reason})`)
  const rest = skipped.length - shown.length
  return `: ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

function warn(folder: string, total: number, skipped: readonly SkippedPicture[]): void {
  process.emitWarning(
    `[${WHERE}] skipped ${skipped.length} of ${total} pictures in ${folder}${listed(skipped)}`,
    { type: 'GantorchWarning', code: 'GANTORCH_SKIPPED_PICTURES' },
  )
}
