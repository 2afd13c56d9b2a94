/** Gets libtorch into the user's cache. */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkRoom, cacheDir, isComplete, makeCache } from './cache'
import { takeInterruptions } from './interruption'
import { withLock } from './lock'
import { checkPlatform } from './platform'
import { SetupError, codeOf } from './setup_error'
import { pipSource, type WheelSource } from './source'
import { defectOf, unpack } from './unpack'
import {
  cpuFolder,
  cpuPart,
  defaultVersion,
  tagsOf,
  versions,
  type Part,
  type Wheel,
} from './wheels'

const where = 'libtorch'

/** Where libtorch for the CPU lies in a cache, or will lie. */
export function libtorchDir(cache = cacheDir(), version = defaultVersion): string {
  return join(cache, cpuFolder(version))
}

export interface LibtorchOptions {
  readonly version?: string
  readonly cache?: string
  readonly wheels?: readonly Wheel[]
  readonly pipOptions?: readonly string[]
  /** Bytes that must be free. */
  readonly needed?: number
}

/** The CPU part of a libtorch that is pinned. Errors name `what`. */
export function knownPart(version: string, what: string): Part {
  const part = cpuPart(version)
  if (part) return part
  throw new SetupError(what, `gantorch knows no libtorch ${version}`, [
    `Take one of ${versions.join(', ')}.`,
  ])
}

/** The folder of a complete libtorch for the CPU, downloaded if need be. */
export async function ensureLibtorch(options: LibtorchOptions = {}): Promise<string> {
  const { version = defaultVersion, cache = cacheDir(), wheels, pipOptions, needed } = options
  const part = knownPart(version, where)
  const source = pipSource(where, pipOptions)
  await installParts([wheels ? { ...part, wheels } : part], { cache, source, needed })
  return join(cache, part.folder)
}

export interface InstallOptions {
  readonly cache: string
  readonly source: WheelSource
  readonly needed?: number
}

/**
 * Fills the folders of all parts that are not complete. Other processes see a part whole or not at
 * all: it is put together in a folder beside and then renamed. Wheels that were fetched are kept
 * until all parts are there, so that an interruption costs one wheel at most.
 */
export async function installParts(parts: readonly Part[], options: InstallOptions): Promise<void> {
  const { cache, source } = options
  const lacking = () => parts.filter(({ folder }) => !isComplete(join(cache, folder)))
  const before = lacking()
  for (const part of parts) {
    if (!before.includes(part)) console.log(`${part.title} is there: ${join(cache, part.folder)}`)
  }
  if (before.length === 0) return
  checkPlatform(where)
  makeCache(cache, where)
  const waiting = 'Another process is getting libtorch; waiting for it.'
  await withLock(join(cache, 'install.lock'), waiting, async (locked) => {
    const missing = lacking()
    if (missing.length === 0) return
    if (locked) removeLeftovers(cache)
    const partial = join(cache, `install.partial-${process.pid}`)
    // Without a lock another process could remove wheels that we still need.
    const downloads = downloadsDir(locked ? cache : partial)
    checkRoom(partial, options.needed ?? bytesNeeded(missing, downloads, source), where)
    await fill(missing, { cache, partial, downloads, source })
  })
  for (const part of before) console.log(`${part.title} is ready: ${join(cache, part.folder)}`)
}

/** Where wheels wait until all parts that need them are there. */
export function downloadsDir(cache: string): string {
  return join(cache, 'downloads')
}

/** What is unpacked, and all wheels that must be fetched; parts that share a wheel fetch it once. */
export function bytesNeeded(
  parts: readonly Part[],
  downloads: string,
  { folder }: Pick<WheelSource, 'folder'>,
): number {
  const unpacked = parts.reduce((sum, part) => sum + part.unpacked, 0)
  const wheels = folder === undefined ? missingWheels(parts, downloads) : []
  return wheels.reduce((sum, { bytes }) => sum + bytes, unpacked)
}

/** Wheels of these parts that an earlier run did not leave in the downloads folder. */
export function missingWheels(parts: readonly Part[], downloads: string): Wheel[] {
  const wheels = new Map(parts.flatMap((part) => part.wheels).map((wheel) => [wheel.file, wheel]))
  const left = (wheel: Wheel) =>
    statSync(join(downloads, wheel.file), { throwIfNoEntry: false })?.size === wheel.bytes
  return [...wheels.values()].filter((wheel) => !left(wheel))
}

interface Places {
  readonly cache: string
  readonly partial: string
  readonly downloads: string
  readonly source: WheelSource
}

async function fill(parts: readonly Part[], places: Places): Promise<void> {
  const { cache, partial, downloads, source } = places
  await source.check(missingWheels(parts, downloads))
  const kept = () => readdirIfThere(downloads).length > 0
  const interruption = takeInterruptions(where, partial, () =>
    kept() ? `wheels that are complete are kept in ${downloads}` : 'nothing was left behind',
  )
  try {
    for (const part of parts) {
      const content = join(partial, part.folder)
      mkdirSync(content, { recursive: true })
      for (const wheel of part.wheels) {
        const file = await fetched(wheel, places, interruption.signal)
        console.log(`Unpacking ${tagsOf(wheel).name}`)
        await unpack(file, content, { members: wheel.members, what: where })
      }
      finish(content, part)
      putInPlace(content, join(cache, part.folder), partial)
    }
    for (const { file } of parts.flatMap(({ wheels }) => wheels)) {
      rmSync(join(downloads, file), { force: true })
    }
    if (!kept()) rmSync(downloads, { recursive: true, force: true })
  } finally {
    rmSync(partial, { recursive: true, force: true, maxRetries: 5 })
    interruption.end()
  }
}

/** A file of the wheel, its sum checked. */
async function fetched(wheel: Wheel, places: Places, signal: AbortSignal): Promise<string> {
  const { downloads, partial, source } = places
  const kept = join(downloads, wheel.file)
  if (readdirIfThere(downloads).includes(wheel.file)) {
    if ((await defectOf(kept, wheel)) === undefined) return kept
    rmSync(kept)
  }
  const folder = join(partial, 'wheel')
  const file = await source.get(wheel, folder, signal)
  if (!file.startsWith(folder)) return file
  mkdirSync(downloads, { recursive: true })
  renameSync(file, kept)
  rmSync(folder, { recursive: true })
  return kept
}

/** Only the holder of the lock may: what is here then was left by a process that was killed. */
function removeLeftovers(cache: string): void {
  for (const entry of readdirSync(cache)) {
    if (/\.partial-\d+$/.test(entry)) rmSync(join(cache, entry), { recursive: true })
  }
}

/** Writes down what is here, for `isComplete` and for the search for libtorch. */
function finish(content: string, { version, wheels }: Part): void {
  const lib = join(content, 'lib')
  const libraries = Object.fromEntries(
    readdirSync(lib).map((name) => [name, statSync(join(lib, name)).size]),
  )
  const from = wheels.map((wheel) => {
    const { name, version } = tagsOf(wheel)
    return { name, version, sha256: wheel.sha256 }
  })
  writeFileSync(join(content, 'version'), `${version}\n`)
  writeFileSync(
    join(content, 'contents.json'),
    `${JSON.stringify({ wheels: from, libraries }, null, 2)}\n`,
  )
}

function putInPlace(content: string, dir: string, partial: string): void {
  try {
    renameSync(dir, join(partial, 'incomplete'))
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  try {
    renameSync(content, dir)
  } catch (error) {
    // Without a lock another process may have been faster; its libtorch is as good.
    if (!isComplete(dir)) throw error
  }
}

function readdirIfThere(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
