/** Images with more or fewer elements. Source: https://keras.io/api/ops/image/ */
import { shapeText } from '../array'
import { boolean, fail, finiteNumber, knownOptions, oneOf, pair, perAxis } from '../check'
import { inFormat, type DataFormat } from '../data_format'
import { ArgumentError, ShapeError } from '../errors'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { pad } from './arrange'
import { emit } from './emit'
import { slice } from './gather'
import { imagesOf, imagesSpec, type PerAxis } from './spatial'

export const INTERPOLATIONS = ['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5'] as const

export type Interpolation = (typeof INTERPOLATIONS)[number]

export interface ResizeOptions {
  /** Default 'bilinear'. */
  readonly interpolation?: Interpolation
  /** Whether shrinking takes the mean of what falls together; default false. */
  readonly antialias?: boolean
  /** Cuts off first what would change the ratio of height and width; default false. */
  readonly cropToAspectRatio?: boolean
  /** Adds `fillValue` first where the ratio of height and width would change; default false. */
  readonly padToAspectRatio?: boolean
  /** Only 'constant', the default. */
  readonly fillMode?: 'constant'
  /** Default 0. */
  readonly fillValue?: number
  readonly dataFormat?: DataFormat | null
}

export const RESIZE_OPTIONS = [
  'interpolation',
  'antialias',
  'cropToAspectRatio',
  'padToAspectRatio',
  'fillMode',
  'fillValue',
  'dataFormat',
] as const

/** Repeats steps, or rows and columns, `size` times. */
export function upSampleNearest(
  x: SymbolicTensor,
  size: PerAxis,
  dataFormat?: DataFormat | null,
): SymbolicTensor {
  const op = 'upSampleNearest'
  const images = imagesOf(op, x, dataFormat)
  const factors = perAxis(opLocation(op), 'size', size, images.lengths.length)
  const lengths = images.lengths.map((length, axis) =>
    length === null ? null : length * (factors[axis] as number),
  )
  const attributes = { size: factors, dataFormat: images.dataFormat }
  return emit(op, [x], attributes, imagesSpec(x, images, lengths, images.channels))
}

/** The options with their defaults; refuses what Keras refuses. */
export function checkResizeOptions(
  at: string,
  options: ResizeOptions,
): Required<Omit<ResizeOptions, 'dataFormat'>> {
  const { interpolation, antialias, cropToAspectRatio, padToAspectRatio, fillMode, fillValue } =
    options
  const checked = {
    interpolation: oneOf(at, 'interpolation', interpolation ?? 'bilinear', INTERPOLATIONS),
    antialias: boolean(at, 'antialias', antialias ?? false),
    cropToAspectRatio: boolean(at, 'cropToAspectRatio', cropToAspectRatio ?? false),
    padToAspectRatio: boolean(at, 'padToAspectRatio', padToAspectRatio ?? false),
    fillMode: oneOf(at, 'fillMode', fillMode ?? 'constant', ['constant']),
    fillValue: finiteNumber(at, 'fillValue', fillValue ?? 0),
  }
  if (checked.cropToAspectRatio && checked.padToAspectRatio) {
    throw new ArgumentError(at, 'takes cropToAspectRatio or padToAspectRatio, received both')
  }
  return checked
}

type Size = readonly [number, number]

/** The lengths of the other axis that would keep `size`'s ratio: of the rows, of the columns. */
function fitting([height, width]: Size, [rows, columns]: Size): Size {
  return [Math.floor((width * rows) / columns), Math.floor((height * columns) / rows)]
}

/** The largest part from the middle whose height and width are to each other as `size`'s. */
export function cropToRatio(x: SymbolicTensor, size: Size, dataFormat: DataFormat): SymbolicTensor {
  const [height, width] = knownLengths(x, dataFormat)
  const [rows, columns] = fitting([height, width], size)
  const kept = [Math.max(Math.min(height, rows), 1), Math.max(Math.min(width, columns), 1)] as const
  return cropMiddle(x, kept, dataFormat)
}

/** That many rows and columns from the middle; what can't be halved is left over at the end. */
export function cropMiddle(x: SymbolicTensor, size: Size, dataFormat: DataFormat): SymbolicTensor {
  const lengths = knownLengths(x, dataFormat)
  const starts = lengths.map((length, axis) => Math.floor((length - (size[axis] as number)) / 2))
  return slice(x, inFormat(dataFormat, 0, starts, 0), inFormat(dataFormat, -1, size, -1))
}

function padToRatio(
  x: SymbolicTensor,
  size: Size,
  dataFormat: DataFormat,
  fillValue: number,
): SymbolicTensor {
  const lengths = knownLengths(x, dataFormat)
  const wanted = fitting(lengths, size)
  // As in Keras: equally much at both sides, so one element may be missing.
  const sides = lengths.map((length, axis) => {
    const half = Math.floor(Math.max((wanted[axis] as number) - length, 0) / 2)
    return [half, half] as const
  })
  const none = [0, 0] as const
  return pad(x, inFormat(dataFormat, none, sides, none), 'constant', fillValue)
}

function knownLengths(x: SymbolicTensor, dataFormat: DataFormat): Size {
  const { lengths } = imagesOf('resize', x, dataFormat, [4])
  if (!lengths.includes(null)) return lengths as Size
  throw new ShapeError(
    opLocation('resize'),
    `needs a known height and width, received shape ${shapeText(x.shape)}`,
  )
}

/**
 * Images of `size` [height, width]: (batch, height, width, channels). Elements are squares, not
 * points: their centres lie at 0.5, 1.5, ..., as in TensorFlow.
 *
 * @example
 * const y = ops.image.resize(x, [64, 64], { interpolation: 'bicubic', antialias: true })
 */
export function resize(
  x: SymbolicTensor,
  size: readonly [number, number],
  options: ResizeOptions = {},
): SymbolicTensor {
  const at = opLocation('resize')
  knownOptions(at, options, RESIZE_OPTIONS)
  const { interpolation, antialias, ...ratio } = checkResizeOptions(at, options)
  if (!Array.isArray(size)) fail(at, 'size', 'a pair of positive integers', size)
  const target = pair(at, 'size', size)
  const { dataFormat } = imagesOf('resize', x, options.dataFormat, [4])
  let fitted = x
  if (ratio.cropToAspectRatio) fitted = cropToRatio(x, target, dataFormat)
  if (ratio.padToAspectRatio) fitted = padToRatio(x, target, dataFormat, ratio.fillValue)
  const images = imagesOf('resize', fitted, dataFormat, [4])
  const attributes = {
    from: knownLengths(fitted, dataFormat),
    size: target,
    interpolation,
    antialias,
    dataFormat,
  }
  const spec = imagesSpec(fitted, images, target, images.channels)
  return emit('resize', [fitted], attributes, spec)
}
