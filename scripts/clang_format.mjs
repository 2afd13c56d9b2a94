/**
 * Formats native/, or checks that it is formatted, with one pinned version for everybody:
 *   node scripts/clang_format.mjs [--write]
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SetupError, download, findPython, main, unpack } from './install.mjs'
import { filesBelow } from './stamp.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** @type {import('../lib/install').Wheel} */
const wheel = {
  file: 'clang_format-20.1.8-py2.py3-none-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl',
  bytes: 1_777_063,
  sha256: '7c6bcb7e01ba4f05a4c980fda147b330f7e4833c2aea8c92a0c2df9573ae7afe',
  members: [['clang_format/data/bin/clang-format', 'clang-format']],
}

const what = 'clang-format'

/** The program's path, downloaded if need be. */
async function clangFormat() {
  const program = join(root, '.cache', 'clang-format-20.1.8')
  if (existsSync(program)) return program
  const partial = `${program}.partial-${process.pid}`
  const signal = new AbortController().signal
  try {
    mkdirSync(partial, { recursive: true })
    const python = findPython(what)
    const file = await download(python, wheel, partial, {
      pipOptions: [],
      signal,
      what,
      offline: [],
    })
    await unpack(file, partial, { members: wheel.members, what })
    const unpacked = join(partial, 'clang-format')
    chmodSync(unpacked, 0o755)
    renameSync(unpacked, program)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  return program
}

await main(async () => {
  const write = process.argv.includes('--write')
  const files = filesBelow([join(root, 'native')]).filter((file) => /\.(cpp|h|cu)$/.test(file))
  const options = write ? ['-i'] : ['--dry-run', '-Werror']
  const program = await clangFormat()
  const { status, error } = spawnSync(
    program,
    [...options, ...files.map((file) => relative(root, file))],
    { cwd: root, stdio: 'inherit' },
  )
  if (error) throw error
  if (status === 0) return
  throw new SetupError('clang-format', `files of native/ are not formatted; they are named above`, [
    'Format them:\n    npm run format',
  ])
})
