/** Folders that look like gantorch's own, and processes that load them: what was opened stays open. */
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { searchLibtorch, type Libtorch } from '../../lib/native_search'

export const root = join(__dirname, '../..')
export const loader = join(root, 'build/loader/loader.node')
export const addon = join(root, 'build/Release/gantorch.node')

/** The libtorch that the clone's own addon was built for. */
export function clonesLibtorch(): Libtorch {
  const { libtorch, tried } = searchLibtorch(['2.11'], { env: process.env, home: homedir(), root })
  if (!libtorch) throw new Error(`run scripts/setup.mjs first: ${tried.join('; ')}`)
  return libtorch
}

export function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** A folder of gantorch's without any addon; `kind` decides which cures fit. */
export function emptyProgram(folder: string, kind: 'clone' | 'package' = 'clone'): string {
  const dir = mkdtempSync(join(folder, 'program-'))
  copyFileSync(join(root, 'package.json'), join(dir, 'package.json'))
  if (kind === 'clone') write(join(dir, 'scripts/setup.mjs'), '')
  return dir
}

/** A clone with our loader and, unless told otherwise, our addon. */
export function program(folder: string, content: string | Buffer = readFileSync(addon)): string {
  const dir = emptyProgram(folder)
  write(join(dir, 'build/libtorch-version'), '2.11.0\n')
  mkdirSync(join(dir, 'build/Release'))
  writeFileSync(join(dir, 'build/Release/gantorch.node'), content)
  mkdirSync(join(dir, 'build/loader'))
  copyFileSync(loader, join(dir, 'build/loader/loader.node'))
  return dir
}

/** A package with addons for these minor versions of libtorch; all are the same, that of 2.11. */
export function packaged(folder: string, minors: readonly string[], from = addon): string {
  const dir = emptyProgram(folder, 'package')
  const put = (from: string, name: string) => {
    const to = join(dir, 'prebuilt', name, 'prebuilds/linux-x64')
    mkdirSync(to, { recursive: true })
    copyFileSync(from, join(to, 'gantorch.glibc.node'))
  }
  put(loader, 'loader')
  for (const minor of minors) put(from, `torch-${minor}`)
  return dir
}

/** A libtorch folder with links to the real libraries, except those given. */
export function libtorch(folder: string, without: readonly string[] = []): string {
  const real = clonesLibtorch()
  const dir = mkdtempSync(join(folder, 'libtorch-'))
  mkdirSync(join(dir, 'lib'))
  writeFileSync(join(dir, 'version'), real.version)
  for (const path of real.libraries) {
    const name = path.slice(dirname(path).length + 1)
    if (!without.some((prefix) => name.startsWith(prefix))) {
      symlinkSync(path, join(dir, 'lib', name))
    }
  }
  return dir
}

/** A copy of a library that says it is for a 64-bit ARM processor. */
export function forArm(path: string): Buffer {
  const content = readFileSync(path)
  content.writeUInt16LE(183, 18)
  return content
}

export interface Said {
  readonly status: number | null
  readonly signal: string | null
  readonly text: string
}

export function run(
  code: string,
  env: NodeJS.ProcessEnv = {},
  options: readonly string[] = [],
): Said {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [...options, '--require', 'tsx/cjs', '-e', code],
    { cwd: root, env: { ...process.env, ...env }, encoding: 'utf8' },
  )
  return { status, signal, text: stdout + stderr }
}

export interface Loading {
  readonly env?: NodeJS.ProcessEnv
  readonly platform?: string
  readonly home: string
}

/** What `load` says for a program folder: class, reason and message, or the libtorch that it opened. */
export function loading(dir: string, { env, platform, home }: Loading): string {
  const host = JSON.stringify({ env: { PATH: '', ...env }, home, root: dir })
  const more = platform ? `, ${JSON.stringify(platform)}` : ''
  const { status, signal, text } = run(`
    const { load } = require('./lib/native.ts')
    try { console.log('loaded', load(${host}${more}).runtimeInfo().libtorch) }
    catch (error) { console.log([error.name, error.reason, error.message].join(' ')) }`)
  expect({ status, signal }).toEqual({ status: 0, signal: null })
  return text
}
