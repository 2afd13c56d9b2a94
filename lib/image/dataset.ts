/** imageDataset: a folder of any size, in memory or streamed. */
import { knownOptions, nonEmptyString, nonNegativeNumber } from '../check'
import { DecodedFile } from './decoded_file'
import { folderFiles, readAll } from './folder'
import { FOLDER_OPTIONS, folderReading, type ImageFolderOptions } from './folder_options'
import type { ImageSet } from './image_set'
import { ImageStream } from './image_stream'
import { PictureReader } from './picture_reader'

/** Pictures to train on. Both have `length`, `imageShape`, `sample`, `batches` and `close`. */
export type ImageDataset = ImageSet | ImageStream

/** Options of {@link imageDataset}. */
export interface ImageDatasetOptions extends ImageFolderOptions {
  /**
   * Bytes that decoded pictures may take; a folder that needs more is streamed, and keeps so much.
   * Default: a quarter of the memory that is free. 0 streams any folder and keeps nothing.
   */
  memory?: number
  /**
   * A folder on a disk with room for the bytes of all pictures: a stream keeps there what it has
   * decoded and memory can't hold, in a file that is gone after `close` or with the process. Reading it
   * back takes a fraction of decoding. Default: such pictures are decoded anew each time.
   */
  cacheFolder?: string
}

/**
 * The pictures of a folder and its subfolders, read by the rules of `imageFolder`: all of them in
 * memory as an ImageSet where they fit, otherwise an ImageStream, which decodes while one trains.
 * `onProgress` is for reading into memory.
 *
 * An ImageSet that is sampled holds its bytes twice, for JavaScript and for native code.
 *
 * @param options as of `imageFolder`, and `memory` in bytes
 * @throws as `imageFolder`; a stream finds broken pictures when it comes to them
 * @example
 * const pictures = await imageDataset('faces', { height: 128, width: 160 })
 * const real = await pictures.sample(50)    // float32 [50, 128, 160, 3] in [-1, 1]
 */
export async function imageDataset(
  folder: string,
  options: ImageDatasetOptions,
): Promise<ImageDataset> {
  const where = 'imageDataset'
  knownOptions(where, options, [...FOLDER_OPTIONS, 'memory', 'cacheFolder'])
  const memory = nonNegativeNumber(where, 'memory', options.memory ?? process.availableMemory() / 4)
  const { cacheFolder } = options
  if (cacheFolder !== undefined) nonEmptyString(where, 'cacheFolder', cacheFolder)
  const reading = await folderReading(where, options)
  const files = await folderFiles(where, folder, reading)
  const { size, channels } = reading.decode
  const item = size.height * size.width * channels
  if (files.length * item <= memory) return readAll(where, folder, files, reading)
  const file =
    cacheFolder === undefined ? undefined : await DecodedFile.open(where, cacheFolder, item)
  const reader = new PictureReader('ImageStream', folder, files, reading, memory, file)
  return new ImageStream(reader, files, reading)
}
