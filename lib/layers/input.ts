import type { DType } from '../array'
import { checkItemShape, fail, knownOptions, oneOf } from '../check'
import { placeholder, type SymbolicTensor } from '../graph/tensor'
import { uniqueName } from './names'

/** Options of {@link Input}. */
export interface InputOptions {
  /** Shape of one item, without the batch. */
  readonly shape: readonly number[]
  /** Element type of the data; default 'float32'. */
  readonly dtype?: DType
  /** By which data may be given; default made from a counter. */
  readonly name?: string
}

/**
 * A tensor where data enters a model. Source: https://keras.io/api/layers/core_layers/input/
 *
 * @example
 * const z = Input({ shape: [100] })   // (None, 100)
 */
export function Input(options: InputOptions): SymbolicTensor {
  knownOptions('Input', options, ['shape', 'dtype', 'name'])
  const { shape, dtype = 'float32', name = uniqueName('input_layer') } = options
  const items = checkItemShape('Input', 'shape', shape)
  if (items === undefined) fail('Input', 'shape', 'a list of positive integers', shape)
  oneOf('Input', 'dtype', dtype, ['float32', 'int32', 'uint8', 'bool'])
  return placeholder(name, { shape: [null, ...items], dtype })
}
