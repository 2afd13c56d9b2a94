/** Opens libtorch and the addon on first use. The only file that touches a .node. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { solved } from './error_text'
import { LoadError } from './errors'
import { cacheDir, minorOf, searchLibtorch, type Host, type Libtorch } from './native_search'

export type Native = typeof import('../binding')

interface Loader {
  open(...paths: string[]): void
}

const addonExports = [
  'Store',
  'Program',
  'runtimeInfo',
  'memoryStats',
  'emptyCache',
  'setThreads',
] as const satisfies readonly (keyof Native)[]

let loaded: Native | undefined

/**
 * The addon, opened by the first call together with libtorch. A LoadError says what is missing and
 * how to get it; once that is done a later call succeeds.
 */
export function native(): Native {
  loaded ??= load({ env: process.env, home: homedir(), root: join(__dirname, '..') })
  return loaded
}

/** Opens the libtorch and the addon that belong to a host. Not cached: programs call `native`. */
export function load(host: Host, platform = `${process.platform}-${process.arch}`): Native {
  if (platform !== 'linux-x64') {
    throw new LoadError(
      'gantorch',
      solved(`runs on linux-x64 only, this is ${platform}`, [
        'Use a Linux machine, a container or WSL 2 with an x86-64 processor.',
      ]),
    )
  }
  const minor = addonMinor(host)
  const libtorch = find(minor, host)
  openLibtorch(libtorch, host)
  return openAddon(host)
}

/** The minor version of libtorch that the addon was built for. */
function addonMinor(host: Host): string {
  const missing = [addonPath(host), loaderPath(host), versionPath(host)].filter(
    (path) => !existsSync(path),
  )
  if (missing.length > 0) {
    throw new LoadError(
      'addon',
      solved(`is not built: ${missing.join(', ')} does not exist`, [
        `Build it (this gets libtorch too):\n    ${setupCommand(host)}`,
      ]),
    )
  }
  return minorOf(readFileSync(versionPath(host), 'utf8').trim())
}

function find(minor: string, host: Host): Libtorch {
  const { libtorch, tried } = searchLibtorch(minor, host)
  if (libtorch) return libtorch
  const named = host.env.GANTORCH_LIBTORCH
  const cause = named
    ? `the folder that GANTORCH_LIBTORCH names holds no libtorch ${minor}`
    : `no libtorch ${minor} was found`
  throw new LoadError('libtorch', solved(cause, findSolutions(minor, host, named), tried))
}

function findSolutions(minor: string, host: Host, named: string | undefined): string[] {
  if (named) {
    return [
      `Name a folder that holds lib/libtorch_cpu.so of libtorch ${minor}:\n` +
        '    export GANTORCH_LIBTORCH=/path/to/libtorch',
      `Or use gantorch's own, downloaded once into ${cacheDir(host)}:\n` +
        `    unset GANTORCH_LIBTORCH && ${setupCommand(host)}`,
    ]
  }
  return [
    `Download it into ${cacheDir(host)} (0.5 GB, once for all programs):\n` +
      `    ${setupCommand(host)}`,
    `Or name a libtorch ${minor} that you have:\n    export GANTORCH_LIBTORCH=/path/to/libtorch`,
    `Or install PyTorch ${minor} for the python3 in your PATH:\n` +
      `    python3 -m pip install 'torch==${minor}.*'`,
  ]
}

function openLibtorch(libtorch: Libtorch, host: Host): void {
  const loader = openNode(loaderPath(host), host)
  if (!isLoader(loader)) throw foreign(loaderPath(host), 'open', host)
  try {
    loader.open(...libtorch.libraries)
  } catch (cause) {
    const text = reasonOf(cause)
    const solutions = systemSolutions(text) ?? libtorchSolutions(text, libtorch, host)
    const place = `from ${libtorch.dir} (${libtorch.origin})`
    throw new LoadError('libtorch', solved(`can't be opened ${place}: ${text}`, solutions), {
      cause,
    })
  }
}

function openAddon(host: Host): Native {
  const addon = openNode(addonPath(host), host)
  if (isNative(addon)) return addon
  const lacking = addonExports.filter((name) => !hasFunction(addon, name))
  throw foreign(addonPath(host), lacking.join(', '), host)
}

function openNode(path: string, host: Host): unknown {
  try {
    return createRequire(__filename)(path)
  } catch (cause) {
    const text = reasonOf(cause)
    const solutions = systemSolutions(text) ?? [rebuild(host)]
    throw new LoadError('addon', solved(`can't be opened: ${text}`, solutions), { cause })
  }
}

function foreign(path: string, lacking: string, host: Host): LoadError {
  const cause = `${path} is of another version of gantorch: it lacks ${lacking}`
  return new LoadError('addon', solved(cause, [rebuild(host)]))
}

/** What to do when dlopen's words blame the system, not the files. */
export function systemSolutions(reason: string): string[] | undefined {
  if (reason.includes('ld-linux-x86-64.so')) {
    return ['This system has another C library than glibc (Alpine has musl): use Debian or Ubuntu.']
  }
  const old = /version [`'](GLIBC|GLIBCXX|CXXABI)_([\d.]+)' not found/.exec(reason)
  if (!old) return undefined
  const library = old[1] === 'GLIBC' ? 'C library (glibc)' : 'C++ library (libstdc++)'
  return [
    `This system's ${library} is older than ${old[1]}_${old[2]}: ` +
      'use Debian 12, Ubuntu 22.04 or a newer system.',
  ]
}

/** What to do when dlopen's words blame a file of libtorch, or one that it needs. */
export function libtorchSolutions(reason: string, libtorch: Libtorch, host: Host): string[] {
  const absent = /^(lib(?:cudart|cupti)\S*): cannot open/.exec(reason)
  const put = absent ? [`Put ${absent[1]} into ${join(libtorch.dir, 'lib')}.`] : []
  if (libtorch.origin === 'cache') {
    return [...put, `Download it anew:\n    rm -r '${libtorch.dir}' && ${setupCommand(host)}`]
  }
  return [
    ...put,
    `Install the libtorch in ${libtorch.dir} anew.`,
    `Or use gantorch's own:\n    ${host.env.GANTORCH_LIBTORCH ? 'unset GANTORCH_LIBTORCH && ' : ''}${setupCommand(host)}`,
  ]
}

function rebuild(host: Host): string {
  return `Build it anew:\n    rm -r '${join(host.root, 'build')}' && ${setupCommand(host)}`
}

function setupCommand({ root }: Host): string {
  return `node '${join(root, 'scripts', 'setup.mjs')}'`
}

function addonPath({ root }: Host): string {
  return join(root, 'build', 'Release', 'gantorch.node')
}

function loaderPath({ root }: Host): string {
  return join(root, 'build', 'loader', 'loader.node')
}

// CMakeLists.txt writes the version of the libtorch that the addon was built for.
function versionPath({ root }: Host): string {
  return join(root, 'build', 'libtorch-version')
}

function isLoader(value: unknown): value is Loader {
  return hasFunction(value, 'open')
}

function isNative(value: unknown): value is Native {
  return addonExports.every((name) => hasFunction(value, name))
}

function hasFunction(value: unknown, name: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  return typeof (value as Readonly<Record<string, unknown>>)[name] === 'function'
}

function reasonOf(cause: unknown): string {
  // An addon's errors come from another realm where tests run, so instanceof would not do.
  if (typeof cause !== 'object' || cause === null || !('message' in cause)) return String(cause)
  return String(cause.message)
}
