/** Which nodes give other numbers at every run: two that look the same are not. */
import type { PlanNode } from './plan'

const RANDOM_OPS: ReadonlySet<string> = new Set([
  'dropoutMask',
  'randomInteger',
  'randomNormal',
  'randomUniform',
])

export function isRandom({ op, attributes }: PlanNode): boolean {
  // A key fixes the numbers.
  return RANDOM_OPS.has(op) && attributes.key === undefined
}
