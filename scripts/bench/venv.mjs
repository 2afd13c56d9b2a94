/** The Python environment of the peers: made once under .cache, made anew when the pins change. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2] })
  if (error?.code === 'ENOENT') {
    throw new Error(`${command} not found: install it, on Debian or Ubuntu with
  apt-get install python3 python3-venv`)
  }
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`)
}

/** Path of a Python that has `requirements` installed. */
export function pythonWith(requirements, root) {
  const folder = join(root, '.cache', 'bench-venv')
  const python = join(folder, 'bin', 'python')
  const mark = join(folder, 'installed.txt')
  const wanted = readFileSync(requirements, 'utf8')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return python
  console.error(`Installing ${wanted.trim().split('\n').join(', ')}; only the first time`)
  rmSync(folder, { recursive: true, force: true })
  run('python3', ['-m', 'venv', folder])
  run(python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '-r',
    requirements,
  ])
  writeFileSync(mark, wanted)
  return python
}
