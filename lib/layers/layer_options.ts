/** The options of every layer. */
import { knownOptions } from '../check'
import type { PolicyArgument } from '../policy'
import type { RegularizerArgument } from '../regularizers'

/** Options of every layer. */
export interface LayerOptions {
  /** Default: the class name in snake case with a number, as in Keras. */
  readonly name?: string
  /** Default true. Its value when a model is compiled decides what that model trains. */
  readonly trainable?: boolean
  /** Shape of one input item, without the batch; lets a Sequential be built at once. */
  readonly inputShape?: readonly number[]
  /** Precision to compute in, such as 'mixed_bfloat16'; default: `setDTypePolicy`'s. */
  readonly dtype?: PolicyArgument
  /** Adds a penalty for what the layer gives to the loss, such as 'l2'; default none. */
  readonly activityRegularizer?: RegularizerArgument
}

const LAYER_OPTIONS = ['name', 'trainable', 'inputShape', 'dtype', 'activityRegularizer']

/** Checks the options that every layer takes together with the ones that this layer adds. */
export function checkLayerOptions(where: string, options: unknown, own: readonly string[]): void {
  knownOptions(where, options, [...own, ...LAYER_OPTIONS])
}
