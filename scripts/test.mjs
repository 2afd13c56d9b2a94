/**
 * Set-up, then every check and every test, each to its end; arguments go to jest:
 *   node scripts/test.mjs [JEST OPTIONS]
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { libtorchDir, versions } from './install.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const require = createRequire(import.meta.url)

/** Runs a program of this clone, its words on this terminal. @param {string} path */
function run(path, args = [], variables = {}) {
  const env = { ...process.env, ...variables }
  const options = { cwd: root, stdio: /** @type {const} */ ('inherit'), env }
  const { status } = spawnSync(process.execPath, [path, ...args], options)
  return status === 0
}

/** What the kernels for AVX-512 do is compared with Keras once more without them. */
const OTHER_PROCESSORS = [
  'article_training',
  'conv',
  'dense',
  'layers',
  'passes_networks',
  'random_models',
  'train_step',
]

/** They run what the others do, as programs or from files: another libtorch adds nothing to them. */
const ONCE = ['config', 'examples', 'guides', 'readme', 'troubleshooting']

/**
 * The clone's own addon is that of the oldest libtorch; what a user of the newest one gets is compared
 * with Keras too. Those between are opened by test/install/prebuilt.test.ts.
 */
function testNewest(jest) {
  const newest = libtorchDir(undefined, versions.at(-1))
  const options = ONCE.map((name) => `--testPathIgnorePatterns=/native/${name}\\.test`)
  return run(jest, ['test/native', ...options], { GANTORCH_LIBTORCH: newest })
}

/** Without set-up no test could pass. */
function main() {
  if (!run(join(root, 'scripts', 'setup.mjs'))) return false
  const checks = run(join(root, 'scripts', 'check.mjs'))
  const options = process.argv.slice(2)
  // Only a run of all tests compares everything that the table shows.
  const isWhole = options.every((option, i) => option.startsWith('-') || isValue(options[i - 1]))
  const prebuilt = !isWhole || run(join(root, 'scripts', 'prebuild.mjs'))
  const folder = mkdtempSync(join(tmpdir(), 'gantorch-test-'))
  const comparisons = join(folder, 'comparisons.jsonl')
  const jest = require.resolve('jest/bin/jest')
  const tests = run(jest, options, { GANTORCH_COVERAGE: comparisons })
  const names = OTHER_PROCESSORS.map((name) => `test/native/.*${name}`)
  const others = !isWhole || run(jest, names, { ATEN_CPU_CAPABILITY: 'avx2' })
  const newest = !isWhole || (prebuilt && testNewest(jest))
  const coverage = join(root, 'scripts', 'coverage.mjs')
  const table = !isWhole || !tests || run(coverage, ['--check', comparisons])
  rmSync(folder, { recursive: true, force: true })
  console.log(`${checks ? 'ok    ' : 'FAILED'} checks (npm run check)`)
  console.log(`${tests ? 'ok    ' : 'FAILED'} tests (npx jest)`)
  if (!others) console.log('FAILED tests without AVX-512 (ATEN_CPU_CAPABILITY=avx2 npx jest ...)')
  if (!prebuilt) console.log('FAILED npm run prebuild')
  if (!newest) console.log('FAILED tests with the newest libtorch (GANTORCH_LIBTORCH=... npx jest)')
  if (!table) console.log('FAILED docs/keras-coverage.md')
  return [checks, prebuilt, tests, others, newest, table].every(Boolean)
}

/** Whether an option of jest is followed by its value. @param {string | undefined} option */
function isValue(option) {
  return option === '--outputFile'
}

if (!main()) process.exitCode = 1
