/** imageFolder: a folder of pictures -> one ImageSet. */
import { join } from 'node:path'
import { NDArray } from '../array'
import { fail, knownOptions } from '../check'
import { FileError, OutOfMemoryError } from '../errors'
import { decodersAtOnce, eachAtOnce } from './at_once'
import { PICTURE_EXTENSIONS } from './decode'
import {
  FOLDER_OPTIONS,
  folderReading,
  type FolderReading,
  type ImageFolderOptions,
} from './folder_options'
import { ImageSet, type SkippedPicture } from './image_set'
import { readPicture } from './read_picture'
import { scanFolder, type Scan } from './scan'
import { loadSharp } from './sharp'

/**
 * Reads all pictures of a folder and its subfolders into memory as uint8
 * [n, height, width, channels], in the sorted order of their paths. Hidden files and files with
 * other extensions are passed over.
 *
 * Reads png, jpg, jpeg, jpe, jfif, webp, gif, avif, tif, tiff and svg; the content decides, not the
 * extension. Of an animation the first frame counts. EXIF orientation and colour profiles are
 * applied, 16 bits become 8, alpha is composed over the background. A picture that has the wanted
 * size already keeps its exact pixels. Four threads decode; where there are more cores, start Node with
 * UV_THREADPOOL_SIZE set to their number.
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
  const where = 'imageFolder'
  knownOptions(where, options, FOLDER_OPTIONS)
  const reading = await folderReading(where, options)
  return readAll(where, folder, await folderFiles(where, folder, reading), reading)
}

/** The pictures in a folder, up to `limit`, in their order. */
export async function folderFiles(
  where: string,
  folder: unknown,
  { limit, signal }: FolderReading,
): Promise<readonly string[]> {
  if (typeof folder !== 'string' || folder === '') return fail(where, 'folder', 'a path', folder)
  signal?.throwIfAborted()
  const scan = await scanFolder(where, folder, signal)
  if (scan.files.length === 0) throw noPictures(where, folder, scan)
  return scan.files.slice(0, limit)
}

/** Decodes all files into one buffer. */
export async function readAll(
  where: string,
  folder: string,
  files: readonly string[],
  reading: FolderReading,
): Promise<ImageSet> {
  const { height, width } = reading.decode.size
  const { channels } = reading.decode
  const item = height * width * channels
  const buffer = allocateBytes(where, files.length, item)
  const reasons = await decodeAll(where, folder, files, buffer, item, reading)

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
    throw new FileError(where, `no readable picture in ${folder}${listed(skipped)}`)
  if (skipped.length > 0) warn(where, folder, files.length, skipped)
  const images = new NDArray(buffer.subarray(0, kept.length * item), [
    kept.length,
    height,
    width,
    channels,
  ])
  return new ImageSet({ images, colorOrder: reading.decode.colorOrder, files: kept, skipped })
}

/** Fills `buffer` picture by picture; gives the reason for each broken one, undefined for the rest. */
async function decodeAll(
  where: string,
  folder: string,
  files: readonly string[],
  buffer: Uint8Array,
  item: number,
  reading: FolderReading,
): Promise<readonly (string | undefined)[]> {
  const { onProgress, signal } = reading
  const sharp = await loadSharp(where)
  const reasons = files.map((): string | undefined => undefined)
  let done = 0
  await eachAtOnce(files, decodersAtOnce(), async (file, i) => {
    signal?.throwIfAborted()
    const pixels = await readPicture(where, sharp, join(folder, file), reading)
    if (typeof pixels === 'string') reasons[i] = pixels
    else buffer.set(pixels, i * item)
    signal?.throwIfAborted()
    onProgress?.({ done: ++done, total: files.length, file })
  })
  return reasons
}

function allocateBytes(where: string, count: number, item: number): Uint8Array {
  try {
    return new Uint8Array(count * item)
  } catch (error) {
    const gigabytes = ((count * item) / 1e9).toFixed(1)
    throw new OutOfMemoryError(
      where,
      `${count} pictures of this size need ${gigabytes} GB in one piece; lower height and width, set limit, or read it as imageDataset`,
      { cause: error },
    )
  }
}

function noPictures(where: string, folder: string, { ignored }: Scan): FileError {
  const others = ignored > 0 ? ` ${ignored} other file(s) passed over.` : ''
  return new FileError(
    where,
    `no pictures in ${folder}.${others} Looked for ${PICTURE_EXTENSIONS.join(', ')}, also in subfolders`,
  )
}

/** `: a.png (reason), b.png (reason) and 3 more` */
function listed(skipped: readonly SkippedPicture[]): string {
  const shown = skipped.slice(0, 5).map(({ file, reason }) => `${file} (${reason})`)
  const rest = skipped.length - shown.length
  return `: ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

function warn(
  where: string,
  folder: string,
  total: number,
  skipped: readonly SkippedPicture[],
): void {
  process.emitWarning(
    `[${where}] skipped ${skipped.length} of ${total} pictures in ${folder}${listed(skipped)}`,
    { type: 'GantorchWarning', code: 'GANTORCH_SKIPPED_PICTURES' },
  )
}
