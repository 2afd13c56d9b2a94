/** Bytes of pictures to a batch that a network sees. */
import { shapeText } from '../array'
import { finiteNumber, positiveNumber } from '../check'
import { DTypeError, ShapeError } from '../errors'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { indices } from './dtypes'
import { emit, requireRank, symbolic } from './emit'

export interface ImageBatchOptions {
  /** Which of the chosen pictures are turned left to right: bool (k,). Default: none. */
  readonly mirror?: SymbolicTensor
  /** Byte b becomes (b - offset) / scale. The defaults, 127.5 each, give values in [-1, 1]. */
  readonly offset?: number
  readonly scale?: number
}

/**
 * The pictures at `places` (k,) of uint8 (n, height, width, channels), as float32 (k, height, width,
 * channels): what `take`, a mirror, `cast`, `sub` and `div` give, bit for bit, in one pass over the
 * bytes. A negative place counts from the end.
 */
export function imageBatch(
  pictures: SymbolicTensor,
  places: SymbolicTensor,
  options: ImageBatchOptions = {},
): SymbolicTensor {
  const op = 'imageBatch'
  const at = opLocation(op)
  const { mirror, offset = 127.5, scale = 127.5 } = options
  finiteNumber(at, 'offset', offset)
  positiveNumber(at, 'scale', scale)
  if (symbolic(op, pictures).dtype !== 'uint8') {
    throw new DTypeError(at, `expects pictures of uint8, received ${pictures.dtype}`)
  }
  requireRank(op, pictures, 4)
  const chosen = indices(op, places)
  requireRank(op, chosen, 1)
  if (mirror !== undefined) requireMarks(at, symbolic(op, mirror), chosen)
  const inputs = mirror === undefined ? [pictures, chosen] : [pictures, chosen, mirror]
  const shape = [chosen.shape[0] as number | null, ...pictures.shape.slice(1)]
  return emit(op, inputs, { offset, scale }, { shape, dtype: 'float32' })
}

function requireMarks(at: string, mirror: SymbolicTensor, places: SymbolicTensor): void {
  if (mirror.dtype === 'bool' && shapeText(mirror.shape) === shapeText(places.shape)) return
  throw new ShapeError(
    at,
    `mirror must be bool ${shapeText(places.shape)}, received ${mirror.toString()}`,
  )
}
