/** What convolutions, pooling and resizing share: images of one or two spatial axes. */
import { shapeText } from '../array'
import { resolveDataFormat, inFormat, type DataFormat } from '../data_format'
import { ShapeError } from '../errors'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor, TensorSpec } from '../graph/tensor'
import { floatTensor } from './emit'

/** One number for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[]

/** `valid`: only where the kernel fits; `same`: zeros around, so that lengths are divided by the strides. */
export type Padding = 'same' | 'valid'

type MaybeLength = number | null

/** A tensor of images, its axes by what they mean. */
export interface Images {
  readonly dataFormat: DataFormat
  readonly batch: MaybeLength
  /** Steps, or rows and columns. */
  readonly lengths: readonly MaybeLength[]
  readonly channels: number
}

/** Reads (batch, steps, channels) or (batch, rows, columns, channels), or channels first. */
export function imagesOf(op: string, x: SymbolicTensor, format: unknown, ranks = [3, 4]): Images {
  const dataFormat = resolveDataFormat(opLocation(op), format)
  const { shape, rank } = floatTensor(op, x)
  if (!ranks.includes(rank)) {
    throw new ShapeError(
      opLocation(op),
      `expects a tensor with ${ranks.join(' or ')} axes, received shape ${shapeText(shape)}`,
    )
  }
  const isLast = dataFormat === 'channels_last'
  const channels = isLast ? shape.at(-1) : shape[1]
  if (typeof channels !== 'number') {
    throw new ShapeError(
      opLocation(op),
      `needs a known number of channels, received shape ${shapeText(shape)}`,
    )
  }
  const lengths = isLast ? shape.slice(1, -1) : shape.slice(2)
  if (channels === 0 || lengths.includes(0)) {
    throw new ShapeError(
      opLocation(op),
      `needs images of one element or more, received shape ${shapeText(shape)}`,
    )
  }
  return { dataFormat, batch: shape[0] as MaybeLength, lengths, channels }
}

/** Images like these with other lengths and channels. */
export function imagesSpec(
  x: SymbolicTensor,
  { dataFormat, batch }: Images,
  lengths: readonly MaybeLength[],
  channels: number,
): TensorSpec {
  return { shape: inFormat<MaybeLength>(dataFormat, batch, lengths, channels), dtype: x.dtype }
}

/**
 * Lengths after a convolution or pooling. Keras: 'same' and 'causal' give ceil(n / stride). Throws
 * where nothing is left.
 */
export function convolvedLengths(
  op: string,
  x: SymbolicTensor,
  lengths: readonly MaybeLength[],
  window: {
    readonly size: readonly number[]
    readonly strides: readonly number[]
    readonly padding: Padding | 'causal'
    readonly dilationRate?: readonly number[]
  },
): MaybeLength[] {
  const { size, strides, padding, dilationRate } = window
  return lengths.map((length, axis) => {
    if (length === null) return null
    const stride = strides[axis] as number
    if (padding !== 'valid') return Math.ceil(length / stride)
    const reach = ((size[axis] as number) - 1) * (dilationRate?.[axis] ?? 1) + 1
    if (length >= reach) return Math.floor((length - reach) / stride) + 1
    throw new ShapeError(
      opLocation(op),
      `input ${shapeText(x.shape)} is smaller than the window ${shapeText(size)}`,
    )
  })
}
