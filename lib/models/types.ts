/** What models take and give in numbers, from the tensors that they take and give. */
import type { NDArray } from '../array'
import type { AnyTensors, SymbolicTensor } from '../graph/tensor'

/** One array for a model with one output, a list for several, a record for outputs by name. */
export type Predictions<Outputs extends AnyTensors> = Outputs extends SymbolicTensor
  ? NDArray
  : { -readonly [K in keyof Outputs]: NDArray }
