/**
 * Set-up, then every check and every test, each to its end; arguments go to jest:
 *   node scripts/test.mjs [JEST OPTIONS]
 */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const require = createRequire(import.meta.url)

/** Runs a program of this clone, its words on this terminal. @param {string} path */
function run(path, args = []) {
  const { status } = spawnSync(process.execPath, [path, ...args], { cwd: root, stdio: 'inherit' })
  return status === 0
}

/** Without set-up no test could pass. */
function main() {
  if (!run(join(root, 'scripts', 'setup.mjs'))) return false
  const checks = run(join(root, 'scripts', 'check.mjs'))
  const tests = run(require.resolve('jest/bin/jest'), process.argv.slice(2))
  console.log(`${checks ? 'ok    ' : 'FAILED'} checks (npm run check)`)
  console.log(`${tests ? 'ok    ' : 'FAILED'} tests (npx jest)`)
  return checks && tests
}

if (!main()) process.exitCode = 1
