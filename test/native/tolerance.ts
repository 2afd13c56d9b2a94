/** How close two correct float32 computations must come. */
import type { NDArray } from '../../lib/array'
import { noteComparison } from './coverage'

/** Spacing of float32 numbers at 1. */
export const ULP = 2 ** -23

/**
 * The allowed difference from Keras's numbers. `drift` is the recorded distance of Keras's own
 * float32 result from the same computation in float64. Ours may be as far from the truth as four
 * times that, or a few roundings of the largest element where Keras happened to be exact.
 */
export function toleranceFor(expected: NDArray, drift: number): number {
  return drift + Math.max(4 * drift, 4 * ULP * largest(expected))
}

/** The largest absolute value. */
export function largest({ data }: NDArray): number {
  let result = 0
  for (const value of data) result = Math.max(result, Math.abs(value))
  return result
}

/** Fails with the place of the largest difference. */
export function expectClose(
  what: string,
  received: NDArray,
  expected: NDArray,
  drift: number,
): void {
  expect({ what, shape: received.shape }).toEqual({ what, shape: expected.shape })
  let worst = { difference: 0, at: 0 }
  expected.data.forEach((value: number, at: number) => {
    const difference = Math.abs((received.data[at] as number) - value)
    if (!(difference <= worst.difference)) worst = { difference, at }
  })
  const allowed = toleranceFor(expected, drift)
  // Of an array that is nothing but rounding a share would say nothing.
  const scale = largest(expected)
  noteComparison(what, worst.difference, scale > allowed ? scale : 0)
  if (!(worst.difference <= allowed)) {
    const { at, difference } = worst
    throw new Error(
      `${what}: element ${at} is ${String(received.data[at])}, expected is ${String(expected.data[at])}; they differ by ${difference}, allowed is ${allowed}`,
    )
  }
}
