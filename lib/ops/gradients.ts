/** Derivatives as tensors of the graph. */
import { fail, isList } from '../check'
import { ArgumentError } from '../errors'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { emit, emitMany, floatTensor, symbolic } from './emit'

/**
 * The derivative of the sum of all `ys` by each of `xs`, of that x's shape; zeros where no y
 * depends on it. The results may be used in a loss, to any order.
 */
export function gradients(
  ys: SymbolicTensor | readonly SymbolicTensor[],
  xs: readonly SymbolicTensor[],
): SymbolicTensor[] {
  const from = (Array.isArray(ys) ? ys : [ys]) as readonly SymbolicTensor[]
  if (!isList(xs)) fail(opLocation('gradients'), 'xs', 'a list of symbolic tensors', xs)
  for (const tensor of [...from, ...xs]) floatTensor('gradients', tensor)
  if (from.length === 0) throw new ArgumentError(opLocation('gradients'), 'ys must not be empty')
  if (xs.length === 0) return []
  return emitMany('gradients', [...from, ...xs], { ys: from.length }, xs)
}

/** The same values, through which no gradient flows: a constant for every derivative. */
export function stopGradient(x: SymbolicTensor): SymbolicTensor {
  return emit('stopGradient', [symbolic('stopGradient', x)], {}, x)
}
