/** Ops that shorten axes. */
import type { SymbolicTensor } from '../graph/tensor'
import { emit, floatTensor, normalizeAxes } from './emit'

function reduction(op: string) {
  return (
    x: SymbolicTensor,
    axis: number | readonly number[] | null = null,
    keepdims = false,
  ): SymbolicTensor => {
    const axes = normalizeAxes(op, floatTensor(op, x).rank, axis)
    const shape = keepdims
      ? x.shape.map((length, i) => (axes.includes(i) ? 1 : length))
      : x.shape.filter((_, i) => !axes.includes(i))
    return emit(op, [x], { axes, keepdims }, { shape, dtype: x.dtype })
  }
}

/** Sum over `axis` (one, several, or null for all). */
export const sum = reduction('sum')
/** Mean over `axis` (one, several, or null for all). */
export const mean = reduction('mean')
