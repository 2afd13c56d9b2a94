/**
 * Makes prebuilt/, what a published package carries for linux-x64 with glibc: an addon for each
 * minor version of libtorch, and the loader. What is up to date is left alone.
 *   node scripts/prebuild.mjs [MINOR...]     such as 2.11 2.15; all when none is given
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { SetupError, defaultVersion, ensureLibtorch, main, versions, withLock } from './install.mjs'
import { digest, isFresh, writeStamp } from './stamp.mjs'
import { checkSymbolFloor } from './symbol_floor.mjs'

const where = 'prebuild'
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const build = join(root, 'build')
const require = createRequire(import.meta.url)
// cmake-js is no backend of prebuildify; it calls a stand-in for node-gyp instead.
const prebuildify = promisify(require('prebuildify'))
const compiler = join(root, 'scripts', 'prebuild_compile.mjs')

/** @param {string} version */
function minorOf(version) {
  return version.split('.').slice(0, 2).join('.')
}

/** The versions of libtorch whose minors were asked for. @param {readonly string[]} minors */
function chosenVersions(minors) {
  const known = versions.map(minorOf)
  const unknown = minors.filter((minor) => !known.includes(minor))
  if (unknown.length > 0) {
    throw new SetupError(where, `there is no libtorch ${unknown.join(', ')} to build for`, [
      `Name some of these, or none for all:\n    npm run prebuild -- ${known.join(' ')}`,
    ])
  }
  return versions.filter((version) => minors.length === 0 || minors.includes(minorOf(version)))
}

/** Whether the clone's own addon, which is up to date, was built with this libtorch. */
function isClones(libtorch) {
  const cache = join(build, 'CMakeCache.txt')
  if (!existsSync(cache)) return false
  return readFileSync(cache, 'utf8').includes(`\nGANTORCH_LIBTORCH:PATH=${libtorch}\n`)
}

/** What decides the content of an addon. @param {string} libtorch */
function contentOf(libtorch) {
  const packages = ['cmake-js', 'node-addon-api', 'node-api-headers', 'prebuildify']
  const facts = [...packages, join(root, 'package.json')].map(
    (name) => require(name.endsWith('.json') ? name : `${name}/package.json`).version,
  )
  const header = join(libtorch, 'include', 'torch', 'headeronly', 'version.h')
  const names = ['CMakeLists.txt', 'native', 'scripts/prebuild.mjs', 'scripts/prebuild_compile.mjs']
  const paths = names.map((name) => join(root, name))
  return digest(root, [...paths, header], [...facts, process.env.CXX ?? ''])
}

/**
 * Makes prebuilt/<folder> with one addon, compiled, or taken from the clone's build.
 * @param {string} folder @param {string} name
 * @param {{ libtorch: string, from?: string }} source
 */
async function prebuild(folder, name, { libtorch, from }) {
  const place = join(root, 'prebuilt', folder)
  const file = join('prebuilds', 'linux-x64', `${name}.glibc.node`)
  const stamp = join(build, 'prebuild', `${folder}.stamp`)
  const now = contentOf(libtorch)
  if (isFresh(stamp, now, [join(place, file)]))
    return console.log(`prebuilt/${folder} is up to date.`)
  console.log(`Making prebuilt/${folder}${from ? '' : ' (some minutes the first time)'}`)
  const cwd = join(build, 'prebuild', folder)
  const out = join(cwd, 'out')
  rmSync(out, { recursive: true, force: true })
  mkdirSync(cwd, { recursive: true })
  process.env.GANTORCH_PREBUILD_LIBTORCH = libtorch
  process.env.GANTORCH_PREBUILD_FROM = from ?? ''
  const options = { cwd, out, name, napi: true, tagLibc: true, strip: true, nodeGyp: compiler }
  await prebuildify(options).catch((cause) => {
    const text = `prebuilt/${folder} could not be made: ${cause.message}; its words are above`
    throw new SetupError(where, text, [
      'If you changed the sources, correct them; else start over:\n' +
        '    rm -rf build prebuilt && npm run prebuild',
    ])
  })
  warnOfNewSymbols(join(out, file), libtorch)
  // Only now, so that what is there is whole at any time.
  for (const path of [stamp, place]) rmSync(path, { recursive: true, force: true })
  mkdirSync(join(root, 'prebuilt'), { recursive: true })
  renameSync(out, place)
  writeStamp(stamp, now)
}

/** A newer compiler's addon is good on this system; npm run release refuses it. */
function warnOfNewSymbols(addon, libtorch) {
  try {
    checkSymbolFloor([addon], libtorch)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    console.warn(`${error.message}\nIt is good for this system, but not to be published.`)
  }
}

await main(async () => {
  const chosen = chosenVersions(process.argv.slice(2))
  // The loader, and the addon of one minor, are those of the clone.
  const setup = [join(root, 'scripts', 'setup.mjs')]
  const { status } = spawnSync(process.execPath, setup, { cwd: root, stdio: 'inherit' })
  if (status !== 0) return void (process.exitCode = 1)
  const waiting = 'Another process is making prebuilt/; waiting for it.'
  await withLock(join(build, 'prebuild.lock'), waiting, async () => {
    for (const version of chosen) {
      const libtorch = await ensureLibtorch({ version })
      const from = isClones(libtorch) ? join(build, 'Release', 'gantorch.node') : undefined
      await prebuild(`torch-${minorOf(version)}`, 'gantorch', { libtorch, from })
    }
    const libtorch = await ensureLibtorch({ version: defaultVersion })
    const from = join(build, 'loader', 'loader.node')
    await prebuild('loader', 'loader', { libtorch, from })
  })
})
