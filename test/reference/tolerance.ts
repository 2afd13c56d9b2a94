/** Tolerances from measured drift; README.md here explains where they come from. */

/** Below half of float32's spacing at 1 a measured distance is luck. */
const LEAST_DRIFT = 2 ** -24

/**
 * How far a result may be from float64's `exact`: as far as one more correct float32 implementation
 * may drift, plus float32's spacing there.
 * @param drift largest distance measured, `numbers.drift`
 * @param leaveOneOut what one more implementation is granted, `numbers.leaveOneOut`
 */
export function allowance(drift: number, leaveOneOut: number, exact: number): number {
  return leaveOneOut * Math.max(drift, LEAST_DRIFT) + 2 ** -23 * Math.abs(exact)
}
