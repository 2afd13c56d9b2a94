/** Takes chosen files out of a wheel, which is a zip archive. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { openPromise } from 'yauzl'
import { SetupError, codeOf, wordsOf } from './setup_error'
import { type Wheel } from './wheels'

/** What is wrong with a file that should be this wheel, if anything is. */
export async function defectOf(
  file: string,
  { bytes, sha256 }: Wheel,
): Promise<string | undefined> {
  const size = statSync(file).size
  if (size !== bytes) return `has ${size} bytes in the place of ${bytes}`
  const hash = createHash('sha256')
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash)
  const found = hash.digest('hex')
  if (found !== sha256) return `has SHA-256 ${found} in the place of ${sha256}`
  return undefined
}

export interface UnpackOptions {
  readonly members: Wheel['members']
  /** Errors name it. */
  readonly what: string
}

/** Every rule of `members` must match. What the archive says of itself is not checked: its sum was. */
export async function unpack(
  file: string,
  folder: string,
  { members, what }: UnpackOptions,
): Promise<void> {
  try {
    const missing = await unpackMembers(file, folder, members)
    if (missing.length > 0) throw new Error(`${file} lacks ${missing.join(', ')}`)
  } catch (cause) {
    const full = ['ENOSPC', 'EDQUOT'].includes(codeOf(cause) ?? '')
    throw new SetupError(
      what,
      `unpacking failed:\n  ${wordsOf(cause)}`,
      [
        full
          ? `Make room where ${folder} lies, or set GANTORCH_CACHE to a folder on a larger disk.`
          : 'Try again.',
      ],
      { cause },
    )
  }
}

/** Returns the rules that nothing matched. */
async function unpackMembers(
  file: string,
  folder: string,
  members: Wheel['members'],
): Promise<string[]> {
  const matched = new Set<string>()
  const archive = await openPromise(file)
  try {
    for await (const entry of archive.eachEntry()) {
      const rule = members.find(([source]) => matches(entry.fileName, source))
      if (!rule || entry.fileName.endsWith('/')) continue
      const [source, target] = rule
      matched.add(source)
      const path = join(folder, target + entry.fileName.slice(source.length))
      mkdirSync(dirname(path), { recursive: true })
      await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(path))
    }
  } finally {
    archive.close()
  }
  return members.map(([source]) => source).filter((source) => !matched.has(source))
}

function matches(member: string, source: string): boolean {
  return source.endsWith('/') ? member.startsWith(source) : member === source
}
