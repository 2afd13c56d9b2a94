/** Garbage collection when a test wants it, without flags for the process. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Collects what is unreachable, and lets finalizers run. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  await new Promise((resolve) => setImmediate(resolve))
}

/**
 * What `read` gives once nothing more goes away: other test files of the same process leave memory
 * behind that is freed late, and would be taken off what is measured meanwhile.
 */
export async function settled(read: () => number): Promise<number> {
  let least = Infinity
  for (let calm = 0, round = 0; calm < 4 && round < 60; round++) {
    await collectGarbage()
    await new Promise((resolve) => setTimeout(resolve, 20))
    const value = read()
    calm = value < least ? 0 : calm + 1
    least = Math.min(least, value)
  }
  return read()
}
