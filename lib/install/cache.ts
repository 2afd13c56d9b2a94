/** The user's cache, where all clones and programs share what was fetched and built. */
import { mkdirSync, readFileSync, statSync, statfsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { cacheDir as searched } from '../native_search'
import { SetupError, wordsOf } from './setup_error'

/** The same folder as the search for libtorch takes, as an absolute path. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(searched({ env, home: homedir(), root: '' }))
}

export function makeCache(cache: string, where: string): void {
  try {
    mkdirSync(cache, { recursive: true })
  } catch (cause) {
    throw new SetupError(
      where,
      `the cache folder can't be made: ${wordsOf(cause)}`,
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

/** What contents.json says of a folder: its libraries and their sizes. */
export interface Contents {
  readonly libraries: Readonly<Record<string, number>>
}

/** All libraries are there in full length. */
export function isComplete(dir: string): boolean {
  return defectsOf(dir).length === 0
}

/** Libraries that are missing or of another size than contents.json says. */
export function defectsOf(dir: string): string[] {
  const contents = contentsOf(dir)
  if (!contents) return ['contents.json']
  return Object.entries(contents.libraries)
    .filter(([name, bytes]) => sizeOf(join(dir, 'lib', name)) !== bytes)
    .map(([name]) => `lib/${name}`)
}

function contentsOf(dir: string): Contents | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(dir, 'contents.json'), 'utf8'))
    return isContents(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isContents(value: unknown): value is Contents {
  if (typeof value !== 'object' || value === null || !('libraries' in value)) return false
  return typeof value.libraries === 'object' && value.libraries !== null
}

export function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size
}
