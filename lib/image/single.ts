/** One picture: readImage and saveImage. */
import { NDArray } from '../array'
import { fail, knownOptions, oneOf, positiveInteger } from '../check'
import { ArgumentError, FileError } from '../errors'
import { background, colorOrder, type Background, type ColorOrder } from './color'
import { decodeFile, type Fit } from './decode'
import { saveSheet, type SaveGridOptions } from './grid'
import { loadSharp, reasonOf } from './sharp'

/** Options of {@link readImage}. */
export interface ReadImageOptions {
  /** Wanted height in pixels; give both or neither. Default: the picture's own size. */
  height?: number
  /** Wanted width in pixels. */
  width?: number
  /** 3 (default) or 1. */
  channels?: 1 | 3
  /** Order of the channels in the result. Default 'rgb'. */
  colorOrder?: ColorOrder
  /** How another shape fits. Default 'cover'. */
  fit?: Fit
  /** What shows through alpha. Default 'white'. */
  background?: Background
}

/**
 * Reads one picture as uint8 [height, width, channels], by the rules of `imageFolder`.
 *
 * @throws FileError when it can't be read; ArgumentError for a bad option
 * @example
 * const pixels = await readImage('cat.jpg', { height: 64, width: 64 })
 */
export async function readImage(
  path: string,
  options: ReadImageOptions = {},
): Promise<NDArray<Uint8Array>> {
  const where = 'readImage'
  if (typeof path !== 'string' || path === '') fail(where, 'path', 'a path', path)
  knownOptions(where, options, ['height', 'width', 'channels', 'colorOrder', 'fit', 'background'])
  const { channels = 3, height, width } = options
  if (channels !== 1 && channels !== 3) fail(where, 'channels', '1 or 3', channels)
  if ((height === undefined) !== (width === undefined)) {
    throw new ArgumentError(where, 'height and width must be given together')
  }
  const size = height !== undefined && {
    height: positiveInteger(where, 'height', height),
    width: positiveInteger(where, 'width', width),
  }
  const decode = {
    ...(size && { size }),
    channels,
    colorOrder: colorOrder(where, options.colorOrder ?? 'rgb'),
    fit: oneOf(where, 'fit', options.fit ?? 'cover', ['cover', 'contain', 'fill']),
    background: await background(where, options.background ?? 'white'),
  }
  const sharp = await loadSharp(where)
  try {
    const pixels = await decodeFile(sharp, path, decode)
    return new NDArray(new Uint8Array(pixels.data), [pixels.height, pixels.width, channels])
  } catch (error) {
    throw new FileError(where, `can't read ${path}: ${reasonOf(error)}`, { cause: error })
  }
}

/**
 * Writes one picture, by the rules of `saveGrid`.
 *
 * @param image [height, width, channels]: float32 in [-1, 1] or uint8
 * @param path ends in .png, .jpg, .jpeg or .webp
 * @param options `colorOrder` ('rgb'), `range` ('[-1,1]'), `scale` (1)
 * @example
 * await saveImage(await readImage('cat.jpg', { colorOrder: 'bgr' }), 'copy.png', { colorOrder: 'bgr' })
 */
export async function saveImage(
  image: NDArray,
  path: string,
  options: Pick<SaveGridOptions, 'colorOrder' | 'range' | 'scale'> = {},
): Promise<void> {
  const where = 'saveImage'
  if (!(image instanceof NDArray)) fail(where, 'image', 'an NDArray', image)
  knownOptions(where, options, ['colorOrder', 'range', 'scale'])
  if (image.shape.length !== 3) {
    fail(where, 'image.shape', '[height, width, channels]', [...image.shape])
  }
  const sheet = image.reshape([1, ...image.shape])
  await saveSheet(where, sheet, 1, 1, path, { ...options, padding: 0 })
}
