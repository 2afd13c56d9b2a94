/** Powers of constants that grow with the step count, and averages that move. */
import type { SymbolicTensor } from '../graph/tensor'
import { constant } from '../ops/dtypes'
import { add, expm1, mul, neg, sub } from '../ops/math'

/** `1 - base^count`, exact also where the power is near 1 (`1 - pow` is not, in float32). */
export function oneMinusPower(base: number, count: SymbolicTensor): SymbolicTensor {
  return base === 0 ? constant(1) : neg(expm1(mul(count, Math.log(base))))
}

/** `value + (target - value) * share`. */
export function towards(
  value: SymbolicTensor,
  target: SymbolicTensor,
  share: number,
): SymbolicTensor {
  return add(value, mul(sub(target, value), share))
}
