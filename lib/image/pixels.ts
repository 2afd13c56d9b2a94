/** Numbers a network sees, [-1, 1], to and from the bytes of a picture. */
import { DTypeError, NotFiniteError, ShapeError } from '../errors'
import { type NDArray, shapeText, type TypedArray } from '../array'

/** How float32 pixels are read: the value of black and the value of white. */
export type PixelRange = '[-1,1]' | '[0,1]'

/** Byte -> value: `byte / 127.5 - 1`. */
export const UNIT_VALUES: Float32Array = Float32Array.from(
  { length: 256 },
  (_, byte) => byte / 127.5 - 1,
)

/** By tag, as NDArray does: the array may come from another realm. */
export function isBytes(data: TypedArray): data is Uint8Array {
  return Object.prototype.toString.call(data) === '[object Uint8Array]'
}

export interface PictureShape {
  readonly count: number
  readonly height: number
  readonly width: number
  readonly channels: 1 | 3
}

/** Takes shape (n, height, width, channels) apart; `ShapeError` for any other. */
export function pictureShape(where: string, name: string, images: NDArray): PictureShape {
  const [count, height, width, channels] = images.shape
  if (
    images.shape.length !== 4 ||
    !count ||
    !height ||
    !width ||
    (channels !== 1 && channels !== 3)
  ) {
    throw new ShapeError(
      where,
      `${name} must have the shape (n, height, width, channels) with 1 or 3 channels and at least one picture, received ${shapeText(images.shape)}`,
    )
  }
  return { count, height, width, channels }
}

/**
 * Bytes of uint8 pictures (the same buffer) or of float32 ones: rounded to the nearest, values
 * outside the range clipped. NaN and infinity are `NotFiniteError`: such a picture means that
 * training has failed, and black or grey pixels would hide it.
 */
export function toBytes(
  where: string,
  name: string,
  images: NDArray,
  range: PixelRange,
): Uint8Array {
  const { data } = images
  if (images.dtype === 'uint8' && isBytes(data)) return data
  if (images.dtype !== 'float32') {
    throw new DTypeError(where, `${name} must be float32 or uint8, received ${images.dtype}`)
  }
  const [low, scale] = range === '[0,1]' ? [0, 255] : [-1, 127.5]
  const bytes = new Uint8Array(data.length)
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number
    if (!Number.isFinite(value)) throw notFinite(where, name, images, i)
    bytes[i] = Math.min(Math.max(Math.round((value - low) * scale), 0), 255)
  }
  return bytes
}

function notFinite(where: string, name: string, images: NDArray, flat: number): NotFiniteError {
  const [, height = 1, width = 1, channels = 1] = images.shape
  const channel = flat % channels
  const column = Math.floor(flat / channels) % width
  const row = Math.floor(flat / channels / width) % height
  const index = Math.floor(flat / channels / width / height)
  return new NotFiniteError(
    where,
    `${name}[${index}] holds ${images.data[flat]} at row ${row}, column ${column}, channel ${channel}; training has probably diverged. Nothing was written`,
  )
}
