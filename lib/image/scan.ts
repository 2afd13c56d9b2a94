/** Lists the pictures of a folder tree. */
import { readdir, realpath, stat } from 'node:fs/promises'
import type { Dirent } from 'node:fs'
import { join } from 'node:path'
import { FileError } from '../errors'
import { isPictureName } from './decode'
import { reasonOf } from './sharp'

export interface Scan {
  /** Picture files relative to the folder, with `/`, sorted by code units: the same on every machine. */
  readonly files: readonly string[]
  /** How many visible files were passed over because their extension is no picture's. */
  readonly ignored: number
}

/**
 * Walks `folder` and its subfolders. Hidden entries are left out; links are followed, except back
 * into a folder that is being walked.
 */
export async function scanFolder(
  where: string,
  folder: string,
  signal?: AbortSignal,
): Promise<Scan> {
  await requireFolder(where, folder)
  const files: string[] = []
  let ignored = 0
  const walk = async (relative: string, above: readonly string[]): Promise<void> => {
    signal?.throwIfAborted()
    const here = join(folder, relative)
    const { real, entries } = await list(where, here)
    if (above.includes(real)) return
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`
      if (await isFolder(entry, join(folder, path))) await walk(path, [...above, real])
      else if (isPictureName(entry.name)) files.push(path)
      else ignored++
    }
  }
  await walk('', [])
  files.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return { files, ignored }
}

async function requireFolder(where: string, folder: string): Promise<void> {
  const found = await stat(folder).catch((error: unknown) => {
    const missing = reasonOf(error).startsWith('ENOENT')
    const text = missing ? `no such folder: ${folder}` : `can't read ${folder}: ${reasonOf(error)}`
    throw new FileError(where, text, { cause: error })
  })
  if (!found.isDirectory()) throw new FileError(where, `not a folder: ${folder}`)
}

async function list(where: string, folder: string): Promise<{ real: string; entries: Dirent[] }> {
  try {
    const real = await realpath(folder)
    return { real, entries: await readdir(folder, { withFileTypes: true }) }
  } catch (error) {
    throw new FileError(where, `can't read ${folder}: ${reasonOf(error)}`, { cause: error })
  }
}

/** A link that leads nowhere counts as a file, so that reading it names it. */
async function isFolder(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  return stat(path).then(
    (target) => target.isDirectory(),
    () => false,
  )
}
