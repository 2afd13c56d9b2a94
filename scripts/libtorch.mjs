/**
 * Gets libtorch into the user's cache, where all clones and programs share it:
 *   node scripts/libtorch.mjs
 */
import {
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SetupError, main } from './cure.mjs'
import { withLock } from './lock.mjs'
import { download, findPython, unpack } from './pip.mjs'
import { bytesNeeded, torchVersion, wheels as pinned } from './wheels.mjs'

const where = 'libtorch'

/** The same folder as in lib/native_search.ts. */
export function cacheDir(env = process.env) {
  if (env.GANTORCH_CACHE) return resolve(env.GANTORCH_CACHE)
  return resolve(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gantorch')
}

/** Where libtorch lies in a cache, or will lie. */
export function libtorchDir(cache = cacheDir()) {
  return join(cache, `libtorch-${torchVersion}-cpu`)
}

/**
 * The folder of a complete libtorch, downloaded if need be. Other processes see it whole or not at
 * all: it is put together in a folder beside and then renamed.
 * @param {{ cache?: string, wheels?: typeof pinned, pipOptions?: readonly string[], needed?: number }} [options]
 */
export async function ensureLibtorch(options = {}) {
  const cache = options.cache ?? cacheDir()
  const dir = libtorchDir(cache)
  const name = basename(dir)
  if (isComplete(dir)) {
    console.log(`libtorch ${torchVersion} is there: ${dir}`)
    return dir
  }
  checkPlatform()
  makeCache(cache)
  const waiting = 'Another process is getting libtorch; waiting for it.'
  await withLock(join(cache, `${name}.lock`), waiting, async (locked) => {
    if (isComplete(dir)) return
    if (locked) removeLeftovers(cache, name)
    await install(dir, {
      partial: join(cache, `${name}.partial-${process.pid}`),
      wheels: options.wheels ?? pinned,
      pipOptions: options.pipOptions ?? [],
      needed: options.needed ?? bytesNeeded,
    })
  })
  console.log(`libtorch ${torchVersion} is ready: ${dir}`)
  return dir
}

/** All libraries are there in full length. @param {string} dir */
export function isComplete(dir) {
  try {
    const { libraries } = JSON.parse(readFileSync(join(dir, 'contents.json'), 'utf8'))
    return Object.entries(libraries).every(
      ([name, bytes]) => statSync(join(dir, 'lib', name)).size === bytes,
    )
  } catch {
    return false
  }
}

function checkPlatform() {
  const platform = `${process.platform}-${process.arch}`
  if (platform !== 'linux-x64') {
    throw new SetupError(where, `gantorch runs on linux-x64 only, this is ${platform}`, [
      'Use a Linux machine, a container or WSL 2 with an x86-64 processor.',
    ])
  }
  const glibc = process.report.getReport().header.glibcVersionRuntime
  const [major = 0, minor = 0] = String(glibc ?? '')
    .split('.')
    .map(Number)
  if (major * 1000 + minor < 2028) {
    const found = glibc ? `this system has ${glibc}` : 'this system has another C library'
    throw new SetupError(where, `libtorch needs glibc 2.28 or newer, ${found}`, [
      'Use Debian 12, Ubuntu 22.04 or a newer system; Alpine will not do.',
    ])
  }
}

/** @param {string} cache */
function makeCache(cache) {
  try {
    mkdirSync(cache, { recursive: true })
  } catch (cause) {
    throw new SetupError(
      where,
      `the cache folder can't be made: ${cause.message}`,
      ['Name another one:\n    export GANTORCH_CACHE=/path/to/folder'],
      { cause },
    )
  }
}

/** Only the holder of the lock may: what is here then was left by a process that was killed. */
function removeLeftovers(cache, name) {
  for (const entry of readdirSync(cache)) {
    if (entry.startsWith(`${name}.partial-`)) rmSync(join(cache, entry), { recursive: true })
  }
}

async function install(dir, { partial, wheels, pipOptions, needed }) {
  checkRoom(dir, needed)
  const python = findPython()
  const interruption = interruptible(partial)
  const { signal } = interruption
  try {
    const content = join(partial, 'libtorch')
    mkdirSync(content, { recursive: true })
    for (const wheel of wheels) {
      const size = `${Math.ceil(wheel.bytes / 1e6)} MB`
      console.log(`Downloading ${wheel.name} ${wheel.version} (${size}) with ${python} -m pip`)
      const folder = join(partial, wheel.name)
      const file = await download(python, wheel, folder, { pipOptions, signal })
      console.log(`Unpacking ${wheel.name}`)
      await unpack(python, file, content, { members: wheel.members, signal })
      rmSync(folder, { recursive: true })
    }
    finish(content, wheels)
    putInPlace(content, dir, partial)
  } finally {
    rmSync(partial, { recursive: true, force: true, maxRetries: 5 })
    interruption.end()
  }
}

/** @param {string} dir @param {number} needed */
function checkRoom(dir, needed) {
  const { bavail, bsize } = statfsSync(join(dir, '..'))
  const free = bavail * bsize
  if (free >= needed) return
  const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`
  throw new SetupError(
    where,
    `${gigabytes(needed)} must be free for ${dir}, there are ${gigabytes(free)}`,
    [
      'Make room on that disk.',
      'Or use a folder on another disk:\n    export GANTORCH_CACHE=/path/to/folder',
    ],
  )
}

/** Ctrl-C and the like end the children, remove what is half done, and end the process. */
function interruptible(partial) {
  const controller = new AbortController()
  const numbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 }
  const stop = (name) => {
    controller.abort()
    rmSync(partial, { recursive: true, force: true, maxRetries: 5 })
    console.error(`[${where}] interrupted; nothing was left behind`)
    process.exit(128 + numbers[name])
  }
  for (const name of Object.keys(numbers)) process.on(name, stop)
  return {
    signal: controller.signal,
    end: () => Object.keys(numbers).forEach((name) => process.off(name, stop)),
  }
}

/** Writes down what is here, for `isComplete` and for lib/native_search.ts. */
function finish(content, wheels) {
  const lib = join(content, 'lib')
  const libraries = Object.fromEntries(
    readdirSync(lib).map((name) => [name, statSync(join(lib, name)).size]),
  )
  const from = wheels.map(({ name, version, sha256 }) => ({ name, version, sha256 }))
  writeFileSync(join(content, 'version'), `${torchVersion}\n`)
  writeFileSync(
    join(content, 'contents.json'),
    `${JSON.stringify({ wheels: from, libraries }, null, 2)}\n`,
  )
}

function putInPlace(content, dir, partial) {
  try {
    renameSync(dir, join(partial, 'incomplete'))
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
  try {
    renameSync(content, dir)
  } catch (error) {
    // Without a lock another process may have been faster; its libtorch is as good.
    if (!isComplete(dir)) throw error
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    await ensureLibtorch()
  })
}
