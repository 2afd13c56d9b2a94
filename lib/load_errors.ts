/** Why gantorch can't be loaded: each cause with its cure. docs/troubleshooting.md has an entry for each. */
import { join } from 'node:path'
import { solved } from './error_text'
import { LoadError, type LoadReason } from './errors'
import {
  buildCommand,
  buildFor,
  installCommand,
  isClone,
  libtorchAnew,
  libtorchSolutions,
  otherCLibrary,
  reinstall,
  setupCommand,
  systemSolutions,
} from './load_cures'
import type { Addon } from './native_addons'
import {
  anyOf,
  cacheDir,
  isOurPackage,
  type Host,
  type Libtorch,
  type SearchResult,
} from './native_search'

/** What a load is asked to do, as far as it is known. */
export interface Attempt {
  readonly host: Host
  readonly addon: Addon
  readonly libtorch: Libtorch
}

/** A cause, every place tried, and the cures, as one block of text. */
function loadError(
  reason: LoadReason,
  where: string,
  text: {
    readonly cause: string
    readonly tried?: readonly string[]
    readonly solutions: readonly string[]
  },
  error?: unknown,
): LoadError {
  const message = solved(text.cause, text.solutions, text.tried)
  return new LoadError(where, message, { reason, cause: error })
}

export function bundled(root: string): LoadError {
  return loadError('bundled', 'gantorch', {
    cause: `its own files are not in ${root}: a bundler has put its code into another file`,
    solutions: [
      'Leave gantorch out of the bundle:\n' +
        '    esbuild --external:gantorch ...\n' +
        "    externals: ['gantorch'] (webpack), external: ['gantorch'] (Rollup, Vite)",
    ],
  })
}

export function insideArchive(root: string): LoadError {
  return loadError('electron-archive', 'gantorch', {
    cause: `is inside an archive, from which the system opens no libraries: ${root}`,
    solutions: [
      'Let it lie beside the archive (electron-builder, and the same for Electron Forge):\n' +
        '    "asarUnpack": ["node_modules/gantorch/**", "node_modules/@gantorch/**"]',
    ],
  })
}

export function unsupportedPlatform(platform: string): LoadError {
  const machine = 'Use a Linux machine, a container or WSL 2 with an x86-64 processor.'
  const build =
    'Or build gantorch for this one, where libtorch exists (nobody has tried that yet):\n' +
    '    npx gantorch build --libtorch /path/to/libtorch'
  return loadError('unsupported-platform', 'gantorch', {
    cause: `comes ready for linux-x64 only, this is ${platform}`,
    solutions: platform.startsWith('linux-') ? [machine, build] : [machine],
  })
}

export function musl(): LoadError {
  return loadError('musl', 'gantorch', {
    cause: 'and libtorch are made for Linux with glibc, and this system has none',
    solutions: [otherCLibrary, 'In a container: FROM node:24-bookworm-slim, say, not -alpine.'],
  })
}

export function noAddon(host: Host): LoadError {
  if (isClone(host)) {
    return loadError('no-addon', 'addon', {
      cause: `is not built: ${join(host.root, 'build/Release/gantorch.node')} does not exist`,
      solutions: [`Build it (this gets libtorch too):\n    ${setupCommand(host)}`],
    })
  }
  return loadError('no-addon', 'addon', {
    cause: `no addon that fits is in ${join(host.root, 'prebuilt')}: the package is not whole`,
    solutions: [reinstall(host.root), 'Or build one here:\n    npx gantorch build'],
  })
}

export function noLibtorch(
  minors: readonly string[],
  { tried, refused }: SearchResult,
  host: Host,
): LoadError {
  const ours = refused.find(({ origin, why }) => isOurPackage(origin) && why === 'other version')
  if (ours && !isClone(host)) return noAddon(host)
  const broken = refused.filter(({ why }) => why === 'not whole')
  const isOther = refused.length > broken.length
  const named = host.env.GANTORCH_LIBTORCH
  const cause = named
    ? `the folder that GANTORCH_LIBTORCH names holds no libtorch ${anyOf(minors)}`
    : `no libtorch ${anyOf(minors)} was found`
  const solutions = [
    ...broken.flatMap((one) => libtorchAnew(one, host)),
    ...(named ? whenNamed(minors, host, isOther) : whenNothingIsThere(minors, host, isOther)),
  ]
  const absent = isOther ? 'wrong-libtorch' : 'no-libtorch'
  const reason = broken.length > 0 ? 'broken-libtorch' : absent
  return loadError(reason, 'libtorch', { cause, tried, solutions: [...new Set(solutions)] })
}

function whenNamed(minors: readonly string[], host: Host, isOther: boolean): string[] {
  return [
    `Name a folder that holds lib/libtorch_cpu.so of libtorch ${anyOf(minors)}:\n` +
      '    export GANTORCH_LIBTORCH=/path/to/libtorch',
    ...(isOther ? [buildFor(host, host.env.GANTORCH_LIBTORCH ?? '')] : []),
    `Or use gantorch's own:\n    unset GANTORCH_LIBTORCH && ${setupCommand(host)}`,
  ]
}

function whenNothingIsThere(minors: readonly string[], host: Host, isOther: boolean): string[] {
  const [oldest] = [...minors].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  const install = `Install the package that holds it (or as your package manager does it):\n    ${installCommand}`
  return [
    ...(isClone(host) ? [] : [install]),
    `Download it into ${cacheDir(host)} (0.5 GB, once for all programs):\n    ${setupCommand(host)}`,
    `Or name a libtorch ${anyOf(minors)} that you have:\n` +
      '    export GANTORCH_LIBTORCH=/path/to/libtorch',
    `Or install PyTorch for the python3 in your PATH, that of a virtual environment, say:\n` +
      `    python3 -m pip install 'torch==${oldest}.*'`,
    ...(isOther ? [buildFor(host, '/path/to/libtorch')] : []),
  ]
}

/** Words of dlopen about an addon, or a file that is none. */
export function addonUnusable(attempt: Attempt, error: unknown): LoadError {
  const words = reasonOf(error)
  if (isDisabled(error)) {
    return loadError(
      'addons-disabled',
      'addon',
      {
        cause: `this process may not open native addons: ${words}`,
        solutions: [
          'Start Node without --no-addons; with --permission, add --allow-addons --allow-fs-read="*".',
          'Look into NODE_OPTIONS too.',
        ],
      },
      error,
    )
  }
  const [reason, solutions] = systemSolutions(words) ?? ['broken-addon', addonSolutions(attempt)]
  return loadError(reason, 'addon', { cause: `can't be opened: ${words}`, solutions }, error)
}

export function otherVersion(attempt: Attempt, path: string, differing: string): LoadError {
  return loadError('broken-addon', 'addon', {
    cause: `${path} is of another version of gantorch: ${differing}`,
    solutions: [renew(attempt)],
  })
}

/** Either may not be what its folder says. */
function addonSolutions(attempt: Attempt): string[] {
  return [renew(attempt), ...libtorchAnew(attempt.libtorch, attempt.host)]
}

/** A libtorch whose folder states another version than it has. */
export function otherLibtorch({ libtorch, host }: Attempt, version: string): LoadError {
  const [, solutions] = libtorchSolutions('', libtorch, host)
  return loadError('broken-libtorch', 'libtorch', {
    cause: `in ${libtorch.dir} (${libtorch.origin}) is ${version}, not ${libtorch.version} as it says`,
    solutions,
  })
}

/** Words of dlopen about a library of libtorch. */
export function libtorchUnusable(attempt: Attempt, error: unknown): LoadError {
  const { libtorch, host } = attempt
  const words = reasonOf(error)
  const [reason, solutions] = systemSolutions(words) ?? libtorchSolutions(words, libtorch, host)
  const cause = `can't be opened from ${libtorch.dir} (${libtorch.origin}): ${words}`
  return loadError(reason, 'libtorch', { cause, solutions }, error)
}

/** `open`: the library that was opened at the import. */
export function alreadyOpen({ libtorch }: Attempt, open: string): LoadError {
  return loadError('already-open', 'libtorch', {
    cause: `${open} was opened when gantorch was imported, and now that of ${libtorch.dir} (${libtorch.origin}) is asked for`,
    solutions: [
      'Set GANTORCH_LIBTORCH before gantorch is imported, not in the program:\n' +
        '    export GANTORCH_LIBTORCH=/path/to/libtorch',
      'Or have libtorch opened when something is first computed:\n    export GANTORCH_AHEAD=skip',
    ],
  })
}

export function deletedFolder(error: unknown): LoadError {
  return loadError(
    'deleted-folder',
    'gantorch',
    {
      cause: 'the folder in which this process was started is gone; libtorch ends such a process',
      solutions: ['Start it from a folder that exists:\n    cd ~'],
    },
    error,
  )
}

/** A child process that opened both did not live: a signal, or a status of its own. */
export function crashed(attempt: Attempt, how: string): LoadError {
  const { addon, libtorch } = attempt
  const processor =
    'Where no file is damaged, this processor lacks instructions that they use: take another machine.'
  return loadError('crash', 'gantorch', {
    cause:
      `a process that opened ${addon.path} and libtorch ${libtorch.version} ` +
      `in ${libtorch.dir} (${libtorch.origin}) was ended by ${how}`,
    solutions: [
      ...addonSolutions(attempt),
      ...(how === 'SIGILL' ? [processor] : []),
      'Or open it all the same, at the risk of this process:\n    export GANTORCH_PROOF=skip',
    ],
  })
}

function renew({ addon, host }: Attempt): string {
  if (addon.origin === 'clone') {
    return `Build it anew:\n    rm -r '${join(host.root, 'build')}' && ${setupCommand(host)}`
  }
  return addon.origin === 'built here'
    ? `Build it anew:\n    ${buildCommand(host)}`
    : reinstall(host.root)
}

function isDisabled(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error
    ? error.code === 'ERR_DLOPEN_DISABLED'
    : false
}

function reasonOf(cause: unknown): string {
  // An addon's errors come from another realm where tests run, so instanceof would not do.
  if (typeof cause !== 'object' || cause === null || !('message' in cause)) return String(cause)
  return String(cause.message)
}
