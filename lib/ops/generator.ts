/**
 * What the methods of a `Generator` give, inside a program. `state` is a leaf that takes what
 * `Generator.reserve` gives; `skip` is how many of the words reserved belong to others.
 */
import type { Attributes, DType } from '../../binding'
import { sizeOf } from '../array'
import type { SymbolicTensor } from '../graph/tensor'
import { emit } from './emit'

/** Numbers and the words that they take. */
export interface Generated {
  readonly tensor: SymbolicTensor
  readonly words: number
}

export function generatorNormal(
  state: SymbolicTensor,
  skip: number,
  shape: readonly number[],
  mean: number,
  stddev: number,
): Generated {
  const attributes = { shape, first: mean, second: stddev, skip }
  const words = 4 * Math.ceil(sizeOf(shape) / 2)
  return generated('generatorNormal', state, attributes, 'float32', words)
}

export function generatorUniform(
  state: SymbolicTensor,
  skip: number,
  shape: readonly number[],
  low: number,
  high: number,
): Generated {
  const attributes = { shape, first: low, second: high, skip }
  return generated('generatorUniform', state, attributes, 'float32', 2 * sizeOf(shape))
}

/** Integers low <= x < high, int32. */
export function generatorInteger(
  state: SymbolicTensor,
  skip: number,
  shape: readonly number[],
  low: number,
  high: number,
): Generated {
  const attributes = { shape, first: low, second: high, skip }
  return generated('generatorInteger', state, attributes, 'int32', 2 * sizeOf(shape))
}

function generated(
  op: string,
  state: SymbolicTensor,
  attributes: Attributes & { readonly shape: readonly number[] },
  dtype: DType,
  words: number,
): Generated {
  return { tensor: emit(op, [state], attributes, { shape: attributes.shape, dtype }), words }
}
