/** What models take and give in numbers, from the tensors that they take and give. */
import type { ArrayLike, NDArray } from '../array'
import type { AnyTensors, SymbolicTensor } from '../graph/tensor'
import type { Data } from './data'

/** One array for a model with one output, a list for several, a record for outputs by name. */
export type Predictions<Outputs extends AnyTensors> = Outputs extends SymbolicTensor
  ? NDArray
  : { -readonly [K in keyof Outputs]: NDArray }

/** By the names that tensors have, which types don't know. */
type ByName<T> = Readonly<Record<string, T>>

/** Of a model with one input one array, of several a list with one for each, or by name. */
export type InputData<Inputs extends AnyTensors> = [Inputs] extends [never]
  ? Data
  : DataOf<Inputs, ArrayLike>

/** The same of outputs; an output without a loss may have null. */
export type TargetData<Outputs extends AnyTensors> = DataOf<Outputs, ArrayLike | null>

/** A distribution over what tensors may be. */
export type DataOf<T extends AnyTensors, Item> = T extends SymbolicTensor
  ? ArrayLike | readonly [ArrayLike] | ByName<ArrayLike>
  : T extends readonly [SymbolicTensor]
    ? ArrayLike | readonly [ArrayLike] | ByName<ArrayLike>
    : T extends readonly SymbolicTensor[]
      ? { readonly [K in keyof T]: Item } | ByName<Item>
      : string extends keyof T
        ? ByName<Item>
        : { readonly [K in keyof T]: Item }
