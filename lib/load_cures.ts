/** What to type when gantorch can't be loaded. lib/load_errors.ts puts these behind their causes. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { LoadReason } from './errors'
import { isOurPackage, type Host, type Libtorch } from './native_search'

export const otherCLibrary =
  'This system has another C library than glibc (Alpine has musl): use Debian or Ubuntu.'

/** The sources of an addon need libtorch's headers, which our own package leaves out. */
export function buildFor(host: Host, dir: string): string {
  return `Or build gantorch for the one that you have:\n    ${buildCommand(host)} --libtorch '${dir}'`
}

type Found = readonly [LoadReason, readonly string[]]

/** What to do when dlopen's words blame the system or the machine, not the files. */
export function systemSolutions(words: string): Found | undefined {
  if (words.includes('ld-linux-x86-64.so')) return ['musl', [otherCLibrary]]
  if (words.includes('is for another processor')) {
    return ['wrong-architecture', ['Use one that was made for this processor and this Node.']]
  }
  const old = /version [`'](GLIBC|GLIBCXX|CXXABI)_([\d.]+)' not found/.exec(words)
  if (!old) return undefined
  const [library, reason] =
    old[1] === 'GLIBC'
      ? (['C library (glibc)', 'old-glibc'] as const)
      : (['C++ library (libstdc++)', 'old-libstdcxx'] as const)
  return [
    reason,
    [
      `This system's ${library} is older than ${old[1]}_${old[2]}: ` +
        'use Debian 11, Ubuntu 20.04 or a newer system.',
    ],
  ]
}

/** What to do when dlopen's words blame a file of libtorch, or one that it needs. */
export function libtorchSolutions(words: string, libtorch: Libtorch, host: Host): Found {
  const absent = /^(lib(?:cudart|cupti)\S*): cannot open/.exec(words)
  const put = absent ? [`Put ${absent[1]} into ${join(libtorch.dir, 'lib')}.`] : []
  return ['broken-libtorch', [...put, ...libtorchAnew(libtorch, host)]]
}

export function libtorchAnew(one: Pick<Libtorch, 'dir' | 'origin'>, host: Host): string[] {
  const { dir, origin } = one
  if (origin === 'cache') return [`Download it anew:\n    rm -r '${dir}' && ${setupCommand(host)}`]
  if (isOurPackage(origin)) return [reinstall(dir)]
  const unset = host.env.GANTORCH_LIBTORCH ? 'unset GANTORCH_LIBTORCH && ' : ''
  return [
    `Install the libtorch in ${dir} anew.`,
    `Or use gantorch's own:\n    ${unset}${setupCommand(host)}`,
  ]
}

/** What the project's package.json names, from a registry or not. */
export const installCommand = 'npm install --include=optional'

export function reinstall(dir: string): string {
  return `Install the package anew (or as your package manager does it):\n    rm -r '${dir}' && ${installCommand}`
}

/** A clone has what makes the package; the package has what was made. */
export function isClone({ root }: Host): boolean {
  return existsSync(join(root, 'scripts', 'setup.mjs'))
}

export function setupCommand(host: Host): string {
  return isClone(host) ? `node '${join(host.root, 'scripts', 'setup.mjs')}'` : 'npx gantorch setup'
}

export function buildCommand(host: Host): string {
  return isClone(host) ? `node '${join(host.root, 'dist', 'cli.js')}' build` : 'npx gantorch build'
}
