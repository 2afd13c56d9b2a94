/**
 * Numbers that Python and TypeScript compute alike, to the last bit, so that none need storing.
 * scripts/reference/formula.py is the same formula.
 */
import { NDArray, sizeOf } from '../../lib/array'

// Under jest a look-up of the global Math costs more than the arithmetic.
const { imul } = Math

/** 32 well-mixed bits for index `index` of stream `seed`. */
export function hash(seed: number, index: number): number {
  let value = imul(index, 0x9e3779b1) + imul(seed, 0x85ebca77)
  value = imul(value ^ (value >>> 16), 0x7feb352d)
  value = imul(value ^ (value >>> 15), 0x846ca68b)
  return (value ^ (value >>> 16)) >>> 0
}

/** float32 in [-scale, scale), a multiple of scale / 2^23; `scale` is a power of two. */
export function uniform(
  seed: number,
  shape: readonly number[],
  scale: number,
): NDArray<Float32Array> {
  const data = new Float32Array(sizeOf(shape))
  const unit = scale / 2 ** 23
  for (let i = 0; i < data.length; i++) data[i] = ((hash(seed, i) >>> 8) - 2 ** 23) * unit
  return new NDArray(data, shape)
}

/** uint8, all values alike often. */
export function bytes(seed: number, shape: readonly number[]): NDArray<Uint8Array> {
  const data = new Uint8Array(sizeOf(shape))
  for (let i = 0; i < data.length; i++) data[i] = hash(seed, i) >>> 24
  return new NDArray(data, shape)
}
