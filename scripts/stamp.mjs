/** Remembers what an output was made from, so that it is made again only when that changed. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** The files at or below the given paths, in a fixed order. @param {readonly string[]} paths */
export function filesBelow(paths) {
  return paths.flatMap((path) => {
    if (!statSync(path).isDirectory()) return [path]
    const names = readdirSync(path, { recursive: true, withFileTypes: true })
    return names
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
  })
}

/**
 * A digest of the files' names and contents and of further facts.
 * @param {string} root
 * @param {readonly string[]} paths
 * @param {readonly string[]} facts
 */
export function digest(root, paths, facts) {
  const hash = createHash('sha256').update(JSON.stringify(facts))
  for (const file of filesBelow(paths)) {
    const content = readFileSync(file)
    hash.update(`\0${relative(root, file)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/**
 * Is everything in `outputs` there, made from what has this digest?
 * @param {string} stamp
 * @param {string} digest
 * @param {readonly string[]} outputs
 */
export function isFresh(stamp, digest, outputs) {
  if (!outputs.every((path) => existsSync(path)) || !existsSync(stamp)) return false
  return readFileSync(stamp, 'utf8') === digest
}

/** @param {string} stamp @param {string} digest */
export function writeStamp(stamp, digest) {
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, digest)
}
