/** What `npx gantorch doctor` says of the machine. */
import { familySync, versionSync } from 'detect-libc'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { availableParallelism, cpus, freemem, release, totalmem } from 'node:os'
import { join } from 'node:path'

export interface SystemFacts {
  readonly node: string
  readonly platform: string
  readonly system: string
  readonly libc: string
  /** The newest version of the C++ library's symbols, such as GLIBCXX_3.4.30. */
  readonly libstdcxx: string
  readonly processor: string
  /** Extensions that kernels are chosen by. */
  readonly extensions: readonly string[]
  readonly cores: number
  readonly memory: { readonly total: number; readonly free: number; readonly limit?: number }
}

export function systemFacts(): SystemFacts {
  const limit = process.constrainedMemory()
  const total = totalmem()
  return {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    system: `${distribution()}, kernel ${release()}`,
    libc: [familySync() ?? 'unknown', versionSync() ?? ''].join(' ').trim(),
    libstdcxx: newestSymbols(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    extensions: extensions(),
    cores: availableParallelism(),
    memory: { total, free: freemem(), ...(limit > 0 && limit < total ? { limit } : {}) },
  }
}

function distribution(): string {
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(textOf('/etc/os-release'))?.[1] ?? 'unknown system'
}

function extensions(): string[] {
  const flags = /^flags\s*:(.*)$/m.exec(textOf('/proc/cpuinfo'))?.[1]?.split(' ') ?? []
  return ['avx2', 'avx512f', 'avx512_bf16', 'amx_bf16'].filter((flag) => flags.includes(flag))
}

/** Of the library that this Node has open, or of the one where systems have it. */
function newestSymbols(): string {
  const report: unknown = process.report.getReport()
  const opened =
    typeof report === 'object' && report !== null && 'sharedObjects' in report
      ? report.sharedObjects
      : []
  const paths = (Array.isArray(opened) ? opened : []).filter(
    (path): path is string => typeof path === 'string' && path.includes('/libstdc++.so'),
  )
  const usual = ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib']
  for (const path of [...paths, ...usual.map((folder) => join(folder, 'libstdc++.so.6'))]) {
    const found = textOf(path, 'latin1').matchAll(/GLIBCXX_3\.4\.(\d+)/g)
    const newest = Math.max(-1, ...[...found].map(([, number]) => Number(number)))
    if (newest >= 0) return `GLIBCXX_3.4.${newest} (${path})`
  }
  return 'not found'
}

function textOf(path: string, encoding: 'utf8' | 'latin1' = 'utf8'): string {
  try {
    return readFileSync(path, encoding)
  } catch {
    return ''
  }
}

/** Bytes of all files below a folder; 0 when there is none. */
export function bytesBelow(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => {
        const path = join(entry.parentPath, entry.name)
        return sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0)
      }, 0)
  } catch {
    return 0
  }
}
