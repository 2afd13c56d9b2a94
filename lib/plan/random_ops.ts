/** Which nodes give other numbers at every run: two that look the same are not. */
import type { PlanNode } from './plan'

const RANDOM_OPS: ReadonlySet<string> = new Set([
  'dropout',
  'dropoutMask',
  'randomInteger',
  'randomNormal',
  'randomUniform',
])

export function isRandom({ op, attributes }: PlanNode): boolean {
  // Other ops have a rate when a dropout was joined to them. A key fixes the numbers.
  const isDrawing = RANDOM_OPS.has(op) || attributes.rate !== undefined
  return isDrawing && attributes.key === undefined
}
