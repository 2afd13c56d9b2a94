/**
 * Makes a clone ready to run: libtorch, the addon, dist/. What is up to date is left alone.
 *   node scripts/setup.mjs
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildDist } from './dist.mjs'
import {
  SetupError,
  buildJobs,
  checkBuildTools,
  ensureLibtorch,
  isComplete,
  lackingForBuild,
  libtorchDir,
  main,
  withLock,
} from './install.mjs'
import { digest, isFresh, writeStamp } from './stamp.mjs'

const where = 'setup'
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const build = join(root, 'build')
const outputs = ['Release/gantorch.node', 'loader/loader.node'].map((name) => join(build, name))
const require = createRequire(import.meta.url)

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 17)) return
  throw new SetupError(where, `Node.js 20.17 or newer is needed, this is ${process.version}`, [
    'Get a newer one from https://nodejs.org, or with a version manager: nvm install 22',
  ])
}

/** The folder of an npm package that set-up needs. @param {string} name */
function packageDir(name) {
  try {
    return dirname(require.resolve(`${name}/package.json`))
  } catch {
    throw new SetupError(where, `the npm package ${name} is not installed`, [
      `Install the packages of this clone:\n    npm install`,
    ])
  }
}

/** GANTORCH_LIBTORCH when it is set, else the one in the cache. */
async function findLibtorch() {
  const named = process.env.GANTORCH_LIBTORCH
  if (!named) {
    // Nobody should wait for 500 MB to hear only then that a compiler is missing.
    const download = !isComplete(libtorchDir())
    if (download && !existsSync(outputs[0])) checkBuildTools({ download })
    return ensureLibtorch()
  }
  const missing = lackingForBuild(named)
  if (missing.length === 0) return resolve(named)
  throw new SetupError(
    where,
    `GANTORCH_LIBTORCH=${named} holds no libtorch to build with: it lacks ${missing.join(', ')}`,
    [
      'Name a folder with the lib and include of libtorch 2.11.',
      "Or use gantorch's own:\n    unset GANTORCH_LIBTORCH",
    ],
  )
}

/** Runs a program of an npm package, its words on this terminal; `silent`: its errors only. */
function run(what, program, options, silent = false) {
  const { status, stdout } = spawnSync(process.execPath, [program, ...options], {
    cwd: root,
    stdio: ['inherit', silent ? 'pipe' : 'inherit', 'inherit'],
    encoding: 'utf8',
  })
  if (silent && status !== 0) process.stdout.write(stdout)
  if (status !== 0) throw broken(what)
}

/** @param {string} what */
function broken(what) {
  return new SetupError(where, `${what} failed; its words are above`, [
    'If you changed the sources, correct them; else start over:\n    rm -rf build dist && node scripts/setup.mjs',
  ])
}

/** @param {string} libtorch */
async function buildAddon(libtorch) {
  const cmakeJs = packageDir('cmake-js')
  const versions = ['cmake-js', 'node-addon-api', 'node-api-headers'].map(
    (name) => require(join(packageDir(name), 'package.json')).version,
  )
  const version = readFileSync(join(libtorch, 'include/torch/headeronly/version.h'), 'utf8')
  // The addon states the version of gantorch.
  const gantorch = require(join(root, 'package.json')).version
  const facts = [libtorch, version, gantorch, process.env.CXX ?? '', ...versions]
  const now = digest(root, [join(root, 'CMakeLists.txt'), join(root, 'native')], facts)
  const stamp = join(build, 'addon.stamp')
  if (isFresh(stamp, now, outputs)) return console.log('The addon is up to date.')
  checkBuildTools()
  console.log('Building the addon (some minutes the first time)')
  forgetOtherBuild()
  rmSync(stamp, { force: true })
  const cmake = join(cmakeJs, 'bin', 'cmake-js')
  const configure = ['configure', '--log-level', 'warn', `--CDGANTORCH_LIBTORCH=${libtorch}`]
  run('cmake', cmake, configure, true)
  run('The build', cmake, ['build', '--log-level', 'warn', '--parallel', String(buildJobs())])
  writeStamp(stamp, now)
}

/** A build folder that was moved here, or made with another generator, makes cmake fail. */
function forgetOtherBuild() {
  const cache = join(build, 'CMakeCache.txt')
  if (!existsSync(cache)) return
  const text = readFileSync(cache, 'utf8')
  const ours =
    text.includes(`CMAKE_HOME_DIRECTORY:INTERNAL=${resolve(root)}\n`) &&
    text.includes('CMAKE_GENERATOR:INTERNAL=Ninja\n')
  if (ours) return
  for (const name of ['CMakeCache.txt', 'CMakeFiles']) {
    rmSync(join(build, name), { recursive: true, force: true })
  }
}

await main(async () => {
  checkNode()
  for (const name of ['cmake-js', 'typescript', 'esbuild']) packageDir(name)
  const libtorch = await findLibtorch()
  const waiting = 'Another process is setting up this clone; waiting for it.'
  await withLock(join(build, 'setup.lock'), waiting, async () => {
    await buildAddon(libtorch)
    const failed = await buildDist()
    if (failed) throw broken(failed)
  })
})
