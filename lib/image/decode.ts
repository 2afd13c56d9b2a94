/** One picture file -> uint8 pixels of a wanted size, channel count and colour order. */
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Sharp } from 'sharp'
import type { ColorOrder, Rgb } from './color'
import type { SharpModule } from './sharp'

/**
 * How a picture of another shape is brought to the wanted one.
 * - `cover`: keeps proportions, fills the whole area and crops what overlaps, around the centre;
 * - `contain`: keeps proportions, shows everything and fills the rest with the background;
 * - `fill`: stretches.
 */
export type Fit = 'cover' | 'contain' | 'fill'

export interface DecodeOptions {
  /** Left out: the picture's own size. */
  readonly size?: { readonly height: number; readonly width: number }
  readonly channels: 1 | 3
  readonly colorOrder: ColorOrder
  readonly fit: Fit
  readonly background: Rgb
}

export interface Pixels {
  /** Row-major [height, width, channels]. */
  readonly data: Uint8Array
  readonly height: number
  readonly width: number
}

/** Extensions that count as pictures, in any case. The content decides how a file is read. */
export const PICTURE_EXTENSIONS: readonly string[] = [
  '.png',
  '.jpg',
  '.jpeg',
  '.jpe',
  '.jfif',
  '.webp',
  '.gif',
  '.avif',
  '.tif',
  '.tiff',
  '.svg',
]

export function isPictureName(name: string): boolean {
  return PICTURE_EXTENSIONS.includes(extname(name).toLowerCase())
}

/**
 * Reads and decodes one file. The first frame of an animation counts; EXIF orientation and colour
 * profiles are applied; alpha is composed over the background; 16 bits become 8.
 * Rejects with an error of the file system or of sharp.
 */
export async function decodeFile(
  sharp: SharpModule,
  path: string,
  options: DecodeOptions,
): Promise<Pixels> {
  // Bytes, not the path: libvips caches by path and would show a changed file's old content.
  const bytes = await readFile(path)
  if (bytes.length === 0) throw new Error('the file is empty')
  const density = await vectorDensity(sharp, path, bytes, options)
  // 'error' refuses truncated files, and accepts those that only draw a decoder's warning.
  let picture: Sharp = sharp(bytes, { failOn: 'error', ...(density && { density }) }).autoOrient()
  const [r, g, b] = options.background
  picture = picture.flatten({ background: { r, g, b } })
  if (options.size) {
    const { height, width } = options.size
    picture = picture.resize({ height, width, fit: options.fit, background: { r, g, b } })
  }
  picture =
    options.channels === 1
      ? picture.greyscale().toColourspace('b-w')
      : picture.toColourspace('srgb')
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true })
  if (info.channels !== options.channels) {
    throw new Error(`decoded to ${info.channels} channels instead of ${options.channels}`)
  }
  if (options.colorOrder === 'bgr' && options.channels === 3) swapRedAndBlue(data)
  return { data, height: info.height, width: info.width }
}

/** Exchanges the first and the third byte of every pixel, in place. */
export function swapRedAndBlue(data: Uint8Array): void {
  for (let i = 0; i + 2 < data.length; i += 3) {
    const first = data[i] as number
    data[i] = data[i + 2] as number
    data[i + 2] = first
  }
}

/** Dots per inch at which an SVG is at least as large as wanted; undefined for pixel pictures. */
async function vectorDensity(
  sharp: SharpModule,
  path: string,
  bytes: Buffer,
  { size }: DecodeOptions,
): Promise<number | undefined> {
  if (!size || extname(path).toLowerCase() !== '.svg') return undefined
  const { format, width, height } = await sharp(bytes).metadata()
  if (format !== 'svg') return undefined
  const growth = Math.max(size.width / width, size.height / height)
  return Math.min(Math.max(72 * growth, 1), 100000)
}
