#!/usr/bin/env node
/**
 * Prepares small colour portraits to train on: one PNG per person, on white.
 *
 * Source: the npm package emoji-datasource-google. Its pictures are Google's Noto Emoji,
 * Apache License 2.0 (https://github.com/googlefonts/noto-emoji). Taken are the subcategories
 * person, person-role, person-gesture and person-fantasy with all skin tones: 997 pictures.
 *
 *   node scripts/portraits.mjs [--folder DIR] [--size PIXELS]
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

export const SUBCATEGORIES = ['person', 'person-role', 'person-gesture', 'person-fantasy']
export const CREDIT = 'Pictures: Noto Emoji by Google, Apache License 2.0'

const PACKAGE = 'emoji-datasource-google'
const NATIVE_SIZE = 64
const STAMP = '.portraits.json'
const AT_ONCE = 6
const require = createRequire(import.meta.url)
const repository = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Makes what is missing and says where it is; complete folders are left alone in milliseconds, and
 * interrupted runs are completed.
 *
 * @param {object} [options]
 * @param {number} [options.size] height and width in pixels, default 64 (no resizing)
 * @param {string} [options.folder] default `.cache/portraits-<size>` in the repository
 * @param {(line: string) => void} [options.log] default console.log
 * @param {(progress: { done: number, total: number }) => void} [options.onProgress]
 * @param {AbortSignal} [options.signal] stops between two pictures, with the signal's reason
 * @returns {Promise<{ folder: string, count: number, made: number }>} `made` is 0 when all was there
 */
export async function preparePortraits(options = {}) {
  const { size = NATIVE_SIZE, log = console.log, onProgress, signal } = options
  if (!Number.isSafeInteger(size) || size <= 0) {
    throw new Error(`[portraits] size must be a positive integer, received ${size}`)
  }
  const folder = resolve(options.folder ?? join(repository, '.cache', `portraits-${size}`))
  const source = await findSource()
  const names = pictureNames(source.emoji)
  const recipe = { package: `${PACKAGE}@${source.version}`, size, background: 'white' }

  const present = await readFolder(folder)
  const stamp = await readStamp(folder)
  if (!stamp && names.some((name) => present.has(name))) {
    throw new Error(`[portraits] ${folder} holds pictures of another origin; choose another folder`)
  }
  const usable = sameRecipe(stamp, recipe)
  const missing = names.filter((name) => !usable || !present.has(name))
  if (missing.length === 0) return { folder, count: names.length, made: 0 }

  log(CREDIT)
  await mkdir(folder, { recursive: true })
  if (!usable) await startOver(folder, names, present, recipe)
  let done = names.length - missing.length
  await eachAtOnce(missing, async (name) => {
    signal?.throwIfAborted()
    await writeWhole(folder, name, await render(join(source.folder, name), size))
    onProgress?.({ done: ++done, total: names.length })
  })
  log(`${missing.length} of ${names.length} portraits written to ${folder}`)
  return { folder, count: names.length, made: missing.length }
}

/** File names of the wanted pictures with their skin tones, sorted. */
export function pictureNames(emoji) {
  return emoji
    .filter(({ subcategory }) => SUBCATEGORIES.includes(subcategory))
    .flatMap((entry) => [entry, ...Object.values(entry.skin_variations ?? {})])
    .filter((entry) => entry.has_img_google)
    .map((entry) => entry.image)
    .sort()
}

async function findSource() {
  try {
    const index = require.resolve(`${PACKAGE}/emoji.json`)
    const description = await readFile(join(dirname(index), 'package.json'), 'utf8')
    return {
      emoji: JSON.parse(await readFile(index, 'utf8')),
      version: JSON.parse(description).version,
      folder: join(dirname(index), 'img', 'google', String(NATIVE_SIZE)),
    }
  } catch (error) {
    const cure = 'run: npm install (with development packages)'
    throw new Error(`[portraits] the package ${PACKAGE} is missing; ${cure}`, { cause: error })
  }
}

async function readFolder(folder) {
  try {
    return new Set(await readdir(folder))
  } catch (error) {
    if (error.code === 'ENOENT') return new Set()
    throw new Error(`[portraits] can't read ${folder}: ${error.message}`, { cause: error })
  }
}

async function readStamp(folder) {
  try {
    return JSON.parse(await readFile(join(folder, STAMP), 'utf8'))
  } catch {
    return undefined
  }
}

function sameRecipe(stamp, recipe) {
  return Object.entries(recipe).every(([key, value]) => stamp?.[key] === value)
}

/** Pictures of another recipe go first, then the stamp comes: whatever lies beside it follows it. */
async function startOver(folder, names, present, recipe) {
  for (const name of names) if (present.has(name)) await rm(join(folder, name))
  await writeWhole(folder, STAMP, `${JSON.stringify(recipe)}\n`)
}

async function render(path, size) {
  const { default: sharp } = await import('sharp')
  return sharp(path)
    .flatten({ background: 'white' })
    .resize({ width: size, height: size })
    .png()
    .toBuffer()
}

/** The name appears with its whole content or not at all. */
async function writeWhole(folder, name, content) {
  const temporary = join(folder, `.${name}.${process.pid}.partial`)
  await writeFile(temporary, content)
  await rename(temporary, join(folder, name))
}

/** The first failure stops the rest, and nothing is left running when it is thrown. */
async function eachAtOnce(items, work) {
  const queue = items.values()
  const failures = []
  const worker = async () => {
    for (const item of queue) {
      if (failures.length > 0) return
      await work(item).catch((error) => failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  if (failures.length > 0) throw failures[0]
}

async function main() {
  const { values } = parseArgs({
    options: { folder: { type: 'string' }, size: { type: 'string' } },
  })
  const size = values.size === undefined ? NATIVE_SIZE : Number(values.size)
  const { folder, count, made } = await preparePortraits({ folder: values.folder, size })
  if (made === 0) console.log(`${count} portraits are ready in ${folder}`)
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(error.message)
    process.exitCode = 1
  })
}
