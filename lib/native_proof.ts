/**
 * An addon and a libtorch that were not yet opened together on this machine are first opened in a child
 * process, so that a crash becomes a message. What went well is remembered in the cache.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, openSync, closeSync, readFileSync, readSync, renameSync } from 'node:fs'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Addon } from './native_addons'
import { cacheDir, type Host, type Libtorch } from './native_search'

/** `crash`: what ended the child. Anything else is left to the real opening to tell. */
export type Proof = 'proven' | 'unknown' | { readonly crash: string }

/** Others, such as Ctrl-C's, come from outside. */
const crashes: readonly (string | null)[] = [
  ...['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'SIGSYS', 'SIGTRAP'],
]

const timeout = 120_000

const program = `
const { loader, libraries, addon } = JSON.parse(process.env.GANTORCH_PROOF)
require(loader).open(...libraries)
require(addon).runtimeInfo()`

/** Whether these two were opened together before, in this state and on this processor. */
export function isProven(addon: Addon, libtorch: Libtorch, host: Host): boolean {
  return remembered(memoryOf(addon, libtorch, host)) === factsOf(addon, libtorch)
}

/** Whether this process may open these two. `GANTORCH_PROOF=skip` goes without. */
export function prove(addon: Addon, libtorch: Libtorch, host: Host): Proof {
  if (host.env.GANTORCH_PROOF || !canRunNode()) return 'unknown'
  if (isProven(addon, libtorch, host)) return 'proven'
  const facts = factsOf(addon, libtorch)
  const what = { loader: addon.loader, libraries: libtorch.libraries, addon: addon.path }
  const ended = runNode(JSON.stringify(what))
  if (crashes.includes(ended.signal)) return { crash: ended.signal ?? '' }
  // 1 is an error of JavaScript's; another status is that of a library which ended the process.
  if (ended.status !== null && ended.status > 1) return { crash: `status ${ended.status}` }
  if (ended.status !== 0) return 'unknown'
  remember(memoryOf(addon, libtorch, host), facts)
  return 'proven'
}

interface Ended {
  readonly status: number | null
  readonly signal: string | null
}

function runNode(what: string): Ended {
  try {
    return spawnSync(process.execPath, ['-e', program], {
      // What users have Node open at its start is of no use here, and a debugger would wait.
      env: { ...process.env, NODE_OPTIONS: '', GANTORCH_PROOF: what },
      stdio: 'ignore',
      timeout,
    })
  } catch {
    // node --permission may allow addons and no child processes.
    return { status: null, signal: null }
  }
}

/** Where the program is an application of its own, starting it again would run that. */
function canRunNode(): boolean {
  // Bun has no such module.
  const application = process.getBuiltinModule('node:sea')?.isSea() ?? false
  return !application && !process.versions.electron && !('pkg' in process)
}

/** All that the outcome may depend on. */
function factsOf(addon: Addon, libtorch: Libtorch): string {
  const files = [addon.path, addon.loader, ...libtorch.libraries].map((path) => {
    const stat = statSync(path, { throwIfNoEntry: false })
    return [path, stat?.size, stat?.mtimeMs]
  })
  const { version, arch, versions } = process
  return JSON.stringify({ version, arch, modules: versions.modules, processor: processor(), files })
}

/** An image of a container may have moved to another machine since. */
function processor(): string | undefined {
  try {
    const start = Buffer.alloc(1024)
    const file = openSync('/proc/cpuinfo', 'r')
    readSync(file, start)
    closeSync(file)
    return /^model name\s*:\s*(.*)$/m.exec(start.toString('latin1'))?.[1]
  } catch {
    return undefined
  }
}

function memoryOf(addon: Addon, libtorch: Libtorch, host: Host): string {
  const pair = createHash('sha256').update(`${addon.path}\0${libtorch.dir}`).digest('hex')
  return join(cacheDir(host), 'proven', `${pair.slice(0, 16)}.json`)
}

function remembered(memory: string): string | undefined {
  try {
    return readFileSync(memory, 'utf8')
  } catch {
    return undefined
  }
}

/** A cache that can't be written costs a child process at each start, and nothing else. */
function remember(memory: string, facts: string): void {
  try {
    mkdirSync(join(memory, '..'), { recursive: true })
    const partial = `${memory}.${process.pid}`
    writeFileSync(partial, facts)
    renameSync(partial, memory)
  } catch {
    // Nothing is lost.
  }
}
