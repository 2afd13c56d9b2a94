/**
 * Makes dist/ from lib/: one CommonJS file per entry, an ES module that gives the same objects, types.
 *   node scripts/dist.mjs
 */
import { spawnSync } from 'node:child_process'
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { digest, isFresh, writeStamp } from './stamp.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const require = createRequire(import.meta.url)
const dist = join(root, 'dist')
const sources = ['lib', 'binding.d.ts', 'tsconfig.json', 'tsconfig.build.json', 'scripts/dist.mjs']

/** What programs open, and its source. One file loads in half the time of two hundred. */
const entries = {
  library: 'lib/index.ts',
  ahead: 'lib/ahead.ts',
  cli: 'lib/install/cli.ts',
}

/** Makes dist/ unless it is up to date. Returns what went wrong, if anything did. */
export async function buildDist() {
  const versions = ['typescript', 'esbuild'].map((name) => require(`${name}/package.json`).version)
  const paths = sources.map((name) => join(root, name))
  const now = digest(root, paths, versions)
  const stamp = join(root, 'build', 'dist.stamp')
  const outputs = ['index', ...Object.keys(entries)].map((name) => join(dist, `${name}.js`))
  if (isFresh(stamp, now, outputs)) return console.log('dist/ is up to date.')
  console.log('Compiling lib/ into dist/')
  // Put together beside dist/, so that a program that starts meanwhile finds the old one whole.
  const [partial, old] = [`${dist}.partial`, join(root, 'build', 'dist.old')]
  for (const left of [partial, old]) rmSync(left, { recursive: true, force: true })
  if (!emitTypes(partial)) return 'tsc'
  await bundle(partial)
  writeIndex(partial)
  writeEsModule(partial)
  rmSync(stamp, { force: true })
  if (existsSync(dist)) renameSync(dist, old)
  renameSync(partial, dist)
  rmSync(old, { recursive: true, force: true })
  writeStamp(stamp, now)
}

/** Checks lib/ and writes its declarations. @param {string} folder */
function emitTypes(folder) {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')
  const options = ['-p', 'tsconfig.build.json', '--noEmitOnError', '--outDir', folder]
  const { status } = spawnSync(process.execPath, [tsc, ...options], { cwd: root, stdio: 'inherit' })
  // The command's own: nobody imports it.
  rmSync(join(folder, 'install'), { recursive: true, force: true })
  return status === 0
}

/** @param {string} folder */
async function bundle(folder) {
  const { build } = await import('esbuild')
  await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: folder,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    target: 'node20.17',
    // Class names are part of configs and of messages.
    keepNames: true,
    logLevel: 'warning',
  })
}

/** Two files: a small one is compiled sooner, and libtorch is on its way while the large one is. */
function writeIndex(folder) {
  const lines = [
    "'use strict'",
    "require('./ahead.js')",
    "module.exports = require('./library.js')",
  ]
  writeFileSync(join(folder, 'index.js'), `${lines.join('\n')}\n`)
}

/** Re-exports instead of a second build: both module systems see the same classes and the same seed. */
function writeEsModule(folder) {
  const names = Object.keys(require(join(folder, 'index.js')))
  const lines = [
    "import library from './index.js'",
    `export const {\n${names.map((name) => `  ${name},\n`).join('')}} = library`,
  ]
  writeFileSync(join(folder, 'index.mjs'), `${lines.join('\n')}\n`)
  writeFileSync(join(folder, 'index.d.mts'), "export * from './index.js'\n")
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const failed = await buildDist()
  if (failed) process.exitCode = 1
}
