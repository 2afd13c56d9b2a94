/** Where libtorch is looked for, and what lies there. Nothing is opened here. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** What the search asks of its surroundings. */
export interface Host {
  readonly env: NodeJS.ProcessEnv
  readonly home: string
  /** The folder of gantorch's package.json. */
  readonly root: string
  /** False where python3 is not to be started for its torch. */
  readonly asksPython?: boolean
}

export interface Libtorch {
  readonly dir: string
  /** How it was found, for messages. */
  readonly origin: string
  readonly version: string
  /** Libraries to open, in this order. */
  readonly libraries: readonly string[]
}

export interface SearchResult {
  readonly libtorch: Libtorch | undefined
  /** One line for each place, the last one being the libtorch that was taken, if any. */
  readonly tried: readonly string[]
  /** Those that were passed over for what they are, not because they are not there. */
  readonly refused: readonly Refused[]
}

export interface Refused {
  readonly origin: string
  readonly dir: string
  readonly why: 'other version' | 'not whole'
}

/** A folder that is not taken; `why` where there is a libtorch in it all the same. */
interface Unfit {
  readonly words: string
  readonly why?: Refused['why']
}

/** A place is decisive when it was named by the user: then nothing else is tried after it. */
interface Place {
  readonly origin: string
  readonly dir: string | undefined
  /** Why there is no folder to look into. */
  readonly absent?: string
  readonly decisive?: boolean
}

/** The npm package with libtorch for the CPU. */
export const libtorchPackage = '@gantorch/libtorch-linux-x64'

/** Whether an `origin` is the package that belongs to gantorch. */
export function isOurPackage(origin: string): boolean {
  return origin === `package ${libtorchPackage}`
}

// CUDA's small runtime libraries come from wheels of their own, which Python unpacks beside torch.
const siblings = ['nvidia/cu13/lib', 'nvidia/cuda_runtime/lib', 'nvidia/cuda_cupti/lib']

// Each one needs those before it. libgomp also comes under a name such as libgomp-a34b3233.so.1.
const openOrder = [
  /^libgomp(-\w+)?\.so(\.\d+)*$/,
  /^libcudart\.so\.\d+$/,
  /^libcupti\.so\.\d+$/,
  /^libc10\.so$/,
  /^libtorch_cpu\.so$/,
]

/** The folder that `npx gantorch setup` fills. */
export function cacheDir({ env, home }: Host): string {
  if (env.GANTORCH_CACHE) return env.GANTORCH_CACHE
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'gantorch')
}

/** `major.minor`: addon and libtorch fit together when these are equal. */
export function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.')
}

/**
 * Looks for a libtorch of one of these minor versions, place by place, until the first that fits. In
 * the cache an earlier one of `minors` comes before a later one.
 */
export function searchLibtorch(minors: readonly string[], host: Host): SearchResult {
  const tried: string[] = []
  const refused: Refused[] = []
  for (const place of places(minors, host)) {
    const { origin, dir, absent = 'is not there' } = place
    if (dir === undefined) {
      tried.push(`${origin}: ${absent}`)
      continue
    }
    const found = inspect(dir, origin, minors)
    if (!('words' in found)) {
      tried.push(`${origin}: ${dir} (libtorch ${found.version})`)
      return { libtorch: found, tried, refused }
    }
    tried.push(`${origin}: ${dir} ${found.words}`)
    if (found.why) refused.push({ origin, dir, why: found.why })
    if (place.decisive) break
  }
  return { libtorch: undefined, tried, refused }
}

/** Every place where libtorch is looked for, and what is there: a libtorch of any version, or words. */
export function* surveyLibtorch(host: Host): Generator<{
  readonly origin: string
  readonly dir?: string
  readonly found: Libtorch | string
}> {
  const cached = list(cacheDir(host)).map((name) => /^libtorch-(\d+\.\d+)/.exec(name)?.[1])
  const minors = [...new Set(cached.filter((minor) => minor !== undefined))]
  for (const { origin, dir, absent = 'is not there' } of places(minors, host)) {
    if (dir === undefined) {
      yield { origin, found: absent }
      continue
    }
    const version = versionOf(dir)
    const found = inspect(dir, origin, version === undefined ? [] : [minorOf(version)])
    yield { origin, dir, found: 'words' in found ? found.words : found }
  }
}

/** `2.11, 2.12 or 2.13` */
export function anyOf(minors: readonly string[]): string {
  const last = minors.at(-1) ?? 'none'
  return minors.length < 2 ? last : `${minors.slice(0, -1).join(', ')} or ${last}`
}

function* places(minors: readonly string[], host: Host): Generator<Place> {
  const named = host.env.GANTORCH_LIBTORCH
  if (named) yield { origin: 'GANTORCH_LIBTORCH', dir: named, decisive: true }
  else yield { origin: 'GANTORCH_LIBTORCH', dir: undefined, absent: 'not set' }
  yield packagePlace(host)
  yield* cachePlaces(minors, host)
  if (host.asksPython !== false) yield pythonPlace(host)
}

function packagePlace({ root }: Host): Place {
  const origin = `package ${libtorchPackage}`
  try {
    const require = createRequire(join(root, 'package.json'))
    return { origin, dir: dirname(require.resolve(`${libtorchPackage}/package.json`)) }
  } catch {
    return { origin, dir: undefined, absent: 'not installed' }
  }
}

function cachePlaces(minors: readonly string[], host: Host): Place[] {
  const cache = cacheDir(host)
  const names = list(cache).filter((name) => /^libtorch-\d+\.\d+\.\d+-cpu$/.test(name))
  const fitting = minors.flatMap((minor) =>
    names
      .filter((name) => minorOf(name.slice('libtorch-'.length)) === minor)
      .sort((a, b) => b.localeCompare(a, 'en', { numeric: true })),
  )
  if (fitting.length > 0)
    return fitting.map((name) => ({ origin: 'cache', dir: join(cache, name) }))
  const wanted = minors.length > 0 ? ` ${anyOf(minors)}` : ''
  const absent = `${cache} holds no libtorch${wanted}`
  return [{ origin: 'cache', dir: undefined, absent }]
}

// Finds torch without importing it. A folder named torch that is no package has no origin.
const askPython = `
import sys
sys.path = [p for p in sys.path if p]
from importlib.util import find_spec
s = find_spec("torch")
print(s.submodule_search_locations[0] if s and s.origin else "")
`

function pythonPlace({ env }: Host): Place {
  const origin = "python3's torch"
  const absent = (words: string): Place => ({ origin, dir: undefined, absent: words })
  try {
    const options = { env, encoding: 'utf8', timeout: 10_000 } as const
    const asked = spawnSync('python3', ['-c', askPython], options)
    if (asked.error) return absent('python3 was not found')
    const dir = asked.status === 0 ? asked.stdout.trim() : ''
    return dir ? { origin, dir } : absent('python3 has no torch')
  } catch {
    return absent('this process may not ask python3 (node --permission)')
  }
}

/** The libtorch in a folder, or why it will not do. */
function inspect(dir: string, origin: string, minors: readonly string[]): Libtorch | Unfit {
  if (!existsSync(dir)) return { words: 'does not exist' }
  if (!isFile(join(dir, 'lib', 'libtorch_cpu.so'))) {
    return { words: 'holds no lib/libtorch_cpu.so' }
  }
  const version = versionOf(dir)
  if (version === undefined) {
    return { words: 'states no version (version, build-version or version.py)' }
  }
  if (!minors.includes(minorOf(version))) {
    const words = `is libtorch ${version}, needed is ${anyOf(minors)}`
    return { words, why: 'other version' }
  }
  const lacking = incomplete(dir)
  if (lacking !== undefined) return { words: `is not whole: ${lacking}`, why: 'not whole' }
  return { dir, origin, version, libraries: librariesOf(dir) }
}

/** What a folder lacks of the libraries whose sizes it states, as set-up and our package do. */
export function incomplete(dir: string): string | undefined {
  for (const [name, bytes] of Object.entries(statedSizes(dir))) {
    const size = statSync(join(dir, 'lib', name), { throwIfNoEntry: false })?.size
    if (size === undefined) return `lib/${name} is not there`
    if (size !== bytes) return `lib/${name} has ${size} bytes of ${String(bytes)}`
  }
  return undefined
}

function statedSizes(dir: string): Readonly<Record<string, unknown>> {
  try {
    const contents: unknown = JSON.parse(readFileSync(join(dir, 'contents.json'), 'utf8'))
    if (typeof contents !== 'object' || contents === null || !('libraries' in contents)) return {}
    const { libraries } = contents
    return typeof libraries === 'object' && libraries !== null ? { ...libraries } : {}
  } catch {
    return {}
  }
}

/** `major.minor.patch` of the libtorch in a folder, however it came there. */
export function versionOf(dir: string): string | undefined {
  for (const name of [
    'version', // ours
    'build-version', // the archive from pytorch.org
    'version.py', // a Python torch
    'include/torch/headeronly/version.h',
  ]) {
    const path = join(dir, name)
    const version = isFile(path) ? /\b\d+\.\d+\.\d+/.exec(readFileSync(path, 'utf8')) : null
    if (version) return version[0]
  }
  return undefined
}

function librariesOf(dir: string): string[] {
  const folders = [join(dir, 'lib'), ...siblings.map((name) => join(dirname(dir), name))]
  const files = folders.flatMap((folder) => list(folder).map((name) => ({ folder, name })))
  return openOrder.flatMap((pattern) => {
    const file = files.find(({ name }) => pattern.test(name))
    return file ? [join(file.folder, file.name)] : []
  })
}

function list(dir: string): string[] {
  try {
    return readdirSync(dir).sort()
  } catch {
    return []
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}
