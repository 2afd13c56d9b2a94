/**
 * Every check that CI runs besides the tests, each to its end:
 *   node scripts/check.mjs
 */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const require = createRequire(import.meta.url)

/** The program that an npm package is known for. @param {string} name @param {string} [bin] */
function program(name, bin = name) {
  const manifest = require.resolve(`${name}/package.json`)
  const entry = require(manifest).bin
  return join(dirname(manifest), typeof entry === 'string' ? entry : entry[bin])
}

// This package shows nobody its package.json.
const markdownlint = join(
  dirname(require.resolve('markdownlint-cli2')),
  'markdownlint-cli2-bin.mjs',
)
const links = ['--config', join(root, 'scripts', 'links.markdownlint-cli2.mjs')]
const pages = ['*.md', 'docs/*.md', 'test/reference/*.md', 'scripts/reference/*.md']

const checks = [
  ['prettier', program('prettier'), '--check', '--log-level', 'warn', '.'],
  ['eslint', program('eslint'), '--max-warnings', '0', '.'],
  ['tsc', program('typescript', 'tsc'), '-p', 'tsconfig.json'],
  ['clang-format', join(root, 'scripts', 'clang_format.mjs')],
  ['links', markdownlint, ...links, ...pages],
  ['docs', join(root, 'scripts', 'docs.mjs')],
  ['size', join(root, 'scripts', 'size.mjs')],
]

let failed = 0
for (const [name, ...command] of checks) {
  const start = Date.now()
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 26,
  })
  const seconds = ((Date.now() - start) / 1000).toFixed(1).padStart(5)
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${seconds} s  ${name}`)
  if (status === 0) continue
  failed++
  process.stdout.write(`${stdout}${stderr}\n`)
}
if (failed > 0) {
  console.error(`${failed} of ${checks.length} checks failed; npm run format corrects the form`)
  process.exitCode = 1
}
