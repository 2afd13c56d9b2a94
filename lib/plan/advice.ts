/** What to do when a program runs out of memory. */
import type { MemoryStats, Plan } from '../../binding'
import { largestBatch } from './memory'

/** Ends the message of an `OutOfMemoryError`; `batch` is undefined where no input has items. */
export function batchAdvice(plan: Plan, batch: number | undefined, stats: MemoryStats): string {
  if (batch === undefined) return ''
  const fitting = largestBatch(plan, batch, stats.available + stats.cached)
  if (fitting === 0) return `; of this batch of ${batch} not even one item fits`
  return `; the largest batch that fits now is about ${fitting}, this one had ${batch}`
}
