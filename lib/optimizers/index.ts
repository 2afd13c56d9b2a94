/** Optimizers by their Keras names. */
import { fail } from '../check'
import { Adam } from './adam'
import { Optimizer } from './optimizer'

export { Adam, type AdamOptions } from './adam'
export { Optimizer, type OptimizerSlots } from './optimizer'

/** What `compile({ optimizer })` takes: a Keras name (default options) or an object. */
export type OptimizerArgument = 'adam' | Optimizer

export function resolveOptimizer(where: string, value: OptimizerArgument): Optimizer {
  if (value instanceof Optimizer) return value
  if (value === 'adam') return new Adam()
  return fail(where, 'optimizer', "an optimizer or 'adam'", value)
}
