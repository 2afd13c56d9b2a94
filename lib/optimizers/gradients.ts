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
  clipping: Clipping,
): readonly SymbolicTensor[] {
  const { clipvalue } = clipping
  if (clipvalue !== undefined) {
    return gradients.map((gradient) => clip(gradient, -clipvalue, clipvalue))
  }
  const scales = clipScales(gradients, clipping)
  return gradients.map((gradient, i) =>
    scales ? mul(gradient, scales[i] as SymbolicTensor) : gradient,
  )
}

/** What a limit of norms multiplies each gradient by; nothing where there is none. */
export function clipScales(
  gradients: readonly SymbolicTensor[],
  { clipnorm, globalClipnorm }: Clipping,
): readonly SymbolicTensor[] | undefined {
  if (clipnorm !== undefined) return gradients.map((gradient) => normScale(gradient, clipnorm))
  if (globalClipnorm === undefined || gradients.length === 0) return undefined
  const scale = commonScale(gradients, globalClipnorm)
  return gradients.map(() => scale)
}

function normScale(gradient: SymbolicTensor, limit: number): SymbolicTensor {
  return div(limit, maximum(sqrt(sum(square(gradient))), limit))
}

function commonScale(gradients: readonly SymbolicTensor[], limit: number): SymbolicTensor {
  const squares = gradients.map((gradient) => sum(square(gradient)))
  const norm = sqrt(squares.reduce((total, each) => add(total, each)))
  const scale = mul(minimum(div(1, norm), 1 / limit), limit)
  // As in Keras, an infinite norm makes all gradients NaN rather than 0.
  return add(scale, sub(norm, norm))
}
