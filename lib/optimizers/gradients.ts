/** What happens to gradients before an optimizer sees them. */
import type { SymbolicTensor } from '../graph/tensor'
import { add, clip, div, maximum, minimum, mul, sqrt, square, sub } from '../ops/math'
import { sum } from '../ops/reduce'

export interface Clipping {
  readonly clipnorm: number | undefined
  readonly clipvalue: number | undefined
  readonly globalClipnorm: number | undefined
}

/** The gradients as the one of the three limits that is given leaves them. */
export function clipGradients(
  gradients: readonly SymbolicTensor[],
  { clipnorm, clipvalue, globalClipnorm }: Clipping,
): readonly SymbolicTensor[] {
  if (clipnorm !== undefined) return gradients.map((gradient) => clipNorm(gradient, clipnorm))
  if (clipvalue !== undefined) {
    return gradients.map((gradient) => clip(gradient, -clipvalue, clipvalue))
  }
  return globalClipnorm === undefined ? gradients : clipTogether(gradients, globalClipnorm)
}

function clipNorm(gradient: SymbolicTensor, limit: number): SymbolicTensor {
  const norm = sqrt(sum(square(gradient)))
  return mul(gradient, div(limit, maximum(norm, limit)))
}

function clipTogether(gradients: readonly SymbolicTensor[], limit: number): SymbolicTensor[] {
  const squares = gradients.map((gradient) => sum(square(gradient)))
  const norm = sqrt(squares.reduce((total, each) => add(total, each)))
  const scale = mul(minimum(div(1, norm), 1 / limit), limit)
  // As in Keras, an infinite norm makes all gradients NaN rather than 0.
  const honest = add(scale, sub(norm, norm))
  return gradients.map((gradient) => mul(gradient, honest))
}
