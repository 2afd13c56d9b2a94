/** Ops that shorten axes. */
import { boolean, fail } from '../check'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { emit, floatTensor, normalizeAxes } from './emit'

function reduction(op: string) {
  return (
    x: SymbolicTensor,
    axis: number | readonly number[] | null = null,
    keepdims = false,
  ): SymbolicTensor => {
    boolean(opLocation(op), 'keepdims', keepdims)
    const axes = normalizeAxes(op, floatTensor(op, x).rank, axis)
    const shape = keepdims
      ? x.shape.map((length, i) => (axes.includes(i) ? 1 : length))
      : x.shape.filter((_, i) => !axes.includes(i))
    return emit(op, [x], { axes, keepdims }, { shape, dtype: x.dtype })
  }
}

/** The place of the largest element along `axis`, the first of equal ones; int32. */
export function argmax(x: SymbolicTensor, axis = -1): SymbolicTensor {
  if (typeof axis !== 'number') fail(opLocation('argmax'), 'axis', 'an integer', axis)
  const [only] = normalizeAxes('argmax', floatTensor('argmax', x).rank, axis)
  const shape = x.shape.filter((_, i) => i !== only)
  return emit('argmax', [x], { axis: only as number }, { shape, dtype: 'int32' })
}

/** Sum over `axis` (one, several, or null for all). */
export const sum = reduction('sum')
/** Mean over `axis` (one, several, or null for all). */
export const mean = reduction('mean')
