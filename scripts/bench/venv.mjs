/**
 * What the peers need, one folder for each of their stacks in the user's cache, where all clones
 * share it: made once from requirements_<stack>.txt, made anew when the pins change.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheDir } from '../install.mjs'

const here = dirname(fileURLToPath(import.meta.url))

function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] })
  if (error?.code === 'ENOENT') {
    throw new Error(`${command} not found: install it, on Debian or Ubuntu with
  apt-get install python3 python3-venv`)
  }
  if (status !== 0) throw new Error(`${command} ${args.slice(0, 4).join(' ')} failed`)
}

/** A virtual environment with the pinned packages. */
function installPython(folder, requirements) {
  run('python3', ['-m', 'venv', folder])
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check']
  run(join(folder, 'bin', 'python'), [...pip, '-r', requirements])
}

/** A folder with the pinned npm packages in its node_modules. */
function installNode(folder, requirements) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const packages = readFileSync(requirements, 'utf8').trim().split('\n')
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', ...packages], folder)
}

/** Folder of a stack ('tensorflow', 'jax', 'torch' or 'tfjs'), installed if need be. */
export function folderOf(stack) {
  const folder = join(cacheDir(), 'bench', stack)
  const requirements = join(here, `requirements_${stack}.txt`)
  const mark = join(folder, 'installed.txt')
  const wanted = readFileSync(requirements, 'utf8')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return folder
  console.error(`Installing ${wanted.trim().split('\n').join(', ')}; only the first time`)
  rmSync(folder, { recursive: true, force: true })
  const install = stack === 'tfjs' ? installNode : installPython
  install(folder, requirements)
  writeFileSync(mark, wanted)
  return folder
}
