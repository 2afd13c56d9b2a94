/** One at a time over a file, among all processes of a machine. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { SetupError } from './setup_error'

/**
 * Runs `work` while no other process runs its own under the same path. `work` is told whether the
 * lock is held: it is not on a system without flock(1). `waiting` is printed when another process
 * holds the lock.
 *
 * The kernel's lock is held by a child that ends with us, however we end: nothing to clean up.
 */
export async function withLock<T>(
  path: string,
  waiting: string,
  work: (locked: boolean) => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true })
  if (spawnSync('flock', ['--version']).error) return work(false)
  let holder = await hold(['--nonblock'], path)
  if (!holder) {
    console.log(waiting)
    holder = await hold([], path)
  }
  try {
    return await work(holder !== undefined)
  } finally {
    holder?.stdin?.end()
  }
}

/** The child that holds the lock, or undefined when another process does. */
async function hold(options: readonly string[], path: string): Promise<ChildProcess | undefined> {
  // Detached, so that Ctrl-C does not reach it and the lock lasts through our clean-up.
  const child = spawn('flock', [...options, path, '-c', 'echo held; exec cat > /dev/null'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text))
  const status = await Promise.race([
    once(child.stdout, 'data').then(() => 'held' as const),
    once(child, 'close').then(([code]) => code as number | null),
  ])
  if (status === 'held') return child
  if (status === 1) return undefined
  throw new SetupError(
    'lock',
    `${path} can't be locked: ${words.trim() || `flock ended with ${status}`}`,
    [
      `Make ${dirname(path)} a folder that you can write to, on a disk that knows locks.`,
      "Or, if it lies in gantorch's cache, name another one:\n    export GANTORCH_CACHE=/path/to/folder",
    ],
  )
}
