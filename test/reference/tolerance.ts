/** Tolerances from measured drift; README.md here explains where they come from. */

/** Below half of float32's spacing at 1 a measured distance is luck. */
const LEAST_DRIFT = 2 ** -24

/**
 * All variants ran on one processor, with TensorFlow's kernels; another processor picks others.
 * Mistakes are a thousand times further away (numbers.mistakes), so this costs nothing.
 */
const OTHER_KERNELS = 4

/**
 * How far a result may be from float64's `exact`: as far as one more correct float32 implementation
 * may drift, times four, plus float32's spacing there.
 * @param drift largest distance measured, `numbers.drift`
 * @param leaveOneOut what one more implementation is granted, `numbers.leaveOneOut`
 */
export function allowance(drift: number, leaveOneOut: number, exact: number): number {
  return OTHER_KERNELS * leaveOneOut * Math.max(drift, LEAST_DRIFT) + 2 ** -23 * Math.abs(exact)
}
