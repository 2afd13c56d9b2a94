/**
 * What the methods of a `Generator` give, inside a program. `state` is a leaf that takes what
 * `Generator.reserve` gives; `skip` is how many of the words reserved belong to others.
 */
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
  const tensor = emit('generatorNormal', [state], attributes, { shape, dtype: 'float32' })
  return { tensor, words: 4 * Math.ceil(sizeOf(shape) / 2) }
}

export function generatorUniform(
  state: SymbolicTensor,
  skip: number,
  shape: readonly number[],
  low: number,
  high: number,
): Generated {
  const attributes = { shape, first: low, second: high, skip }
  const tensor = emit('generatorUniform', [state], attributes, { shape, dtype: 'float32' })
  return { tensor, words: 2 * sizeOf(shape) }
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
  const tensor = emit('generatorInteger', [state], attributes, { shape, dtype: 'int32' })
  return { tensor, words: 2 * sizeOf(shape) }
}
