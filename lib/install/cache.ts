/** The user's cache, where all clones and programs share what was fetched and built. */
import { accessSync, constants, existsSync, mkdirSync, statfsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { cacheDir as searched, incomplete } from '../native_search'
import { SetupError, wordsOf } from './setup_error'

/** The same folder as the search for libtorch takes, as an absolute path. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(searched({ env, home: homedir(), root: '' }))
}

/** Makes a folder of the cache; throws where nothing can be put into it. */
export function makeCache(cache: string, where: string): void {
  try {
    mkdirSync(cache, { recursive: true })
    accessSync(cache, constants.W_OK | constants.X_OK)
  } catch (cause) {
    const problem = existsSync(cache) ? 'written' : 'made'
    throw new SetupError(
      where,
      `the cache folder can't be ${problem}: ${wordsOf(cause)}`,
      ['Name another one:\n    export GANTORCH_CACHE=/path/to/folder'],
      { cause },
    )
  }
}

/** `dir` will lie in an existing folder that must have `needed` bytes free. */
export function checkRoom(dir: string, needed: number, where: string): void {
  const { bavail, bsize } = statfsSync(join(dir, '..'))
  const free = bavail * bsize
  if (free >= needed) return
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`
  throw new SetupError(
    where,
    `${gigabytes(needed)} must be free for ${dir}, there are ${gigabytes(free)}`,
    [
      'Make room on that disk.',
      'Or use a folder on another disk:\n    export GANTORCH_CACHE=/path/to/folder',
    ],
  )
}

/** All libraries that the folder's contents.json names are there in full length. */
export function isComplete(dir: string): boolean {
  return existsSync(join(dir, 'contents.json')) && incomplete(dir) === undefined
}
