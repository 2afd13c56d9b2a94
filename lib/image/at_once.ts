/** Several pictures at once, so that all cores decode. */
import { availableParallelism } from 'node:os'

/**
 * Pictures in hand at once: libuv's threads decode, as many as there are cores and UV_THREADPOOL_SIZE
 * allows (4 by default), and one more is read from disk meanwhile.
 */
export function decodersAtOnce(): number {
  const threads = Number(process.env.UV_THREADPOOL_SIZE) || 4
  return Math.min(availableParallelism(), threads) + 1
}

/** Runs `work` for every item, at most `limit` at once; after a failure nothing is left running. */
export async function eachAtOnce<T>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries()
  const failures: unknown[] = []
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (failures.length > 0) return
      await work(item, index).catch((error: unknown) => void failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  if (failures.length > 0) throw failures[0]
}
