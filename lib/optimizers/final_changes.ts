/** What happens to a weight after the update proper, as in Keras: its average, then its constraint. */
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import { equal, greater, where } from '../ops/compare'
import { cast } from '../ops/dtypes'
import { add, div, mul, sub } from '../ops/math'
import type { Change } from './step'

export interface Averaging {
  readonly emaMomentum: number
  readonly emaOverwriteFrequency: number | undefined
}

/** `value` is what the update makes of the weight, `average` its average where one is kept. */
export function finalChanges(
  weight: Weight,
  value: SymbolicTensor,
  count: SymbolicTensor,
  average: Weight | undefined,
  { emaMomentum, emaOverwriteFrequency: frequency }: Averaging,
): Change[] {
  const constrained = (x: SymbolicTensor): SymbolicTensor => weight.constraint?.apply(x) ?? x
  if (!average) return [[weight, constrained(value)]]
  const kept = mul(cast(greater(count, 1), 'float32'), emaMomentum)
  const mean = add(mul(kept, average.leaf), mul(sub(1, kept), value))
  if (frequency === undefined)
    return [
      [average, mean],
      [weight, constrained(value)],
    ]
  const whole = cast(cast(div(count, frequency), 'int32'), 'float32')
  const isTime = equal(mul(whole, frequency), count)
  return [
    [average, mean],
    [weight, constrained(where(isTime, mean, value))],
  ]
}
