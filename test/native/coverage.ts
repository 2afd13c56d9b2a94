/**
 * What has been compared with Keras, and how close it came. `scripts/coverage.mjs` runs the tests
 * with GANTORCH_COVERAGE set and makes docs/keras-coverage.md of the lines that this file writes.
 */
import { appendFileSync } from 'node:fs'

export type CoverageKind =
  | 'layer'
  | 'op'
  | 'activation'
  | 'loss'
  | 'metric'
  | 'optimizer'
  | 'schedule'
  | 'initializer'
  | 'regularizer'
  | 'constraint'
  | 'policy'
  | 'model'

let current: { kind: CoverageKind; item: string; options: readonly string[] } | undefined

/** Says what the rest of this test compares with Keras: an item, and the options that it sets. */
export function covers(kind: CoverageKind, item: string, options: readonly string[] = []): void {
  current = { kind, item, options }
}

/** Notes a comparison that was made: its largest difference, and the size of the values. */
export function noteComparison(what: string, difference: number, scale: number): void {
  const path = process.env.GANTORCH_COVERAGE
  if (path === undefined || !current) return
  appendFileSync(path, `${JSON.stringify({ ...current, what, difference, scale })}\n`)
}

afterEach(() => {
  current = undefined
})
