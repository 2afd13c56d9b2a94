/** `npx gantorch build`: the addon for a libtorch that none was prebuilt for, from the package's sources. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { builtDir } from '../native_addons'
import { minorOf, surveyLibtorch, versionOf, type Host } from '../native_search'
import { packageVersion } from '../package_root'
import { buildJobs, checkBuildTools, hasNinja, lackingForBuild } from './build_tools'
import { checkRoom, makeCache } from './cache'
import { takeInterruptions } from './interruption'
import { withLock } from './lock'
import { SetupError, codeOf } from './setup_error'
import { howToUse } from './usage'

const where = 'build'
/** Of objects and compiled headers, while it goes on. */
const bytesNeeded = 1e9

export interface BuildOptions {
  /** A folder with libtorch's lib and include; without it, the first that is found. */
  readonly libtorch?: string
}

/** Builds into the cache, where the search for addons looks. `root` is gantorch's folder. */
export async function build(root: string, options: BuildOptions = {}): Promise<void> {
  const host: Host = { env: process.env, home: homedir(), root }
  const version = packageVersion(root)
  if (version === undefined || !existsSync(join(root, 'CMakeLists.txt'))) {
    throw new SetupError(where, `${root} holds no sources of gantorch`, [
      'Install the package anew:\n    npm install gantorch',
    ])
  }
  const libtorch = options.libtorch ? named(options.libtorch) : found(host)
  checkBuildTools({ where, make: true })
  checkHeaders(root)
  const folder = resolve(builtDir(host, version))
  makeCache(folder, where)
  const result = join(folder, `torch-${minorOf(libtorch.version)}`)
  console.log(`Building gantorch ${version} for libtorch ${libtorch.version} in ${libtorch.dir}`)
  const waiting = 'Another process is building gantorch; waiting for it.'
  await withLock(join(folder, 'build.lock'), waiting, async (locked) => {
    if (locked) removeLeftovers(folder)
    await buildInto(result, root, libtorch.dir)
  })
  console.log(`gantorch for libtorch ${minorOf(libtorch.version)} is ready: ${result}`)
  const use = howToUse(root, libtorch.dir)
  if (use !== undefined) console.log(use)
}

interface Headers {
  readonly dir: string
  readonly version: string
}

function named(folder: string, how = ''): Headers {
  const dir = resolve(folder)
  const lacking = lackingForBuild(dir)
  const version = versionOf(dir)
  if (lacking.length === 0 && version !== undefined) return { dir, version }
  const problem = lacking.length > 0 ? `lacks ${lacking.join(', ')}` : 'states no version'
  throw new SetupError(where, `${how}${dir} is no libtorch to build with: it ${problem}`, [
    'Name a folder that holds the lib and include of libtorch.',
    ...(how ? ['Or build with one that is found:\n    unset GANTORCH_LIBTORCH'] : []),
    'Or get one, headers included:\n    npx gantorch setup --libtorch 2.11.0',
  ])
}

/** What GANTORCH_LIBTORCH names, else the first libtorch that has headers: the npm package has none. */
function found(host: Host): Headers {
  // As in the search, nothing else is tried when it is set.
  const chosen = host.env.GANTORCH_LIBTORCH
  if (chosen) return named(chosen, 'GANTORCH_LIBTORCH=')
  const tried: string[] = []
  for (const { origin, dir, found } of surveyLibtorch(host)) {
    const lacking = typeof found === 'string' ? found : lackingForBuild(found.dir).join(', ')
    if (typeof found !== 'string' && lacking === '') return found
    const problem = typeof found === 'string' ? found : `lacks ${lacking}`
    tried.push([`${origin}:`, dir, problem].filter(Boolean).join(' '))
  }
  throw new SetupError(
    where,
    'no libtorch with headers was found',
    [
      'Get one:\n    npx gantorch setup --libtorch 2.11.0',
      'Or name one that you have:\n    npx gantorch build --libtorch /path/to/libtorch',
    ],
    { tried },
  )
}

function checkHeaders(root: string): void {
  const require = createRequire(join(root, 'package.json'))
  const missing = ['node-addon-api', 'node-api-headers'].filter((name) => {
    try {
      require.resolve(`${name}/package.json`)
      return false
    } catch {
      return true
    }
  })
  if (missing.length === 0) return
  throw new SetupError(where, `the npm packages ${missing.join(', ')} are not installed`, [
    'Install gantorch anew, with what it depends on:\n    npm install gantorch',
  ])
}

/** Only the holder of the lock may: what is here then was left by a process that was killed. */
function removeLeftovers(folder: string): void {
  for (const entry of readdirSync(folder)) {
    if (/^building-\d+$/.test(entry)) rmSync(join(folder, entry), { recursive: true })
  }
}

/** Others see the result whole or not at all. The package itself may be read-only: nothing is put there. */
async function buildInto(result: string, root: string, libtorch: string): Promise<void> {
  const partial = join(result, '..', `building-${process.pid}`)
  checkRoom(partial, bytesNeeded, where)
  const interruption = takeInterruptions(where, partial, () => 'nothing was left behind')
  try {
    const work = join(partial, 'work')
    const content = join(partial, 'content')
    mkdirSync(work, { recursive: true })
    mkdirSync(content)
    const generator = hasNinja() ? 'Ninja' : 'Unix Makefiles'
    const configure = ['-S', root, '-B', work, '-G', generator, '-DCMAKE_BUILD_TYPE=Release']
    const run = (words: readonly string[]) => cmake(words, root, interruption.signal)
    await run([...configure, '--log-level=WARNING', `-DGANTORCH_LIBTORCH=${libtorch}`])
    await run(['--build', work, '--parallel', String(buildJobs())])
    for (const name of ['Release/gantorch.node', 'loader/loader.node', 'libtorch-version']) {
      copyFileSync(join(work, name), join(content, name.slice(name.indexOf('/') + 1)))
    }
    putInPlace(content, result, join(partial, 'old'))
  } finally {
    rmSync(partial, { recursive: true, force: true, maxRetries: 5 })
    interruption.end()
  }
}

function putInPlace(content: string, result: string, old: string): void {
  try {
    renameSync(result, old)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  renameSync(content, result)
}

async function cmake(words: readonly string[], root: string, signal: AbortSignal): Promise<void> {
  // The compilers belong to a group of their own, so that all of them end when we are interrupted.
  const child = spawn('cmake', words, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
    // CMakeLists.txt asks node where the headers are.
    env: {
      ...process.env,
      PATH: `${process.env.PATH ?? ''}${delimiter}${dirname(process.execPath)}`,
    },
  })
  const stop = () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }
  signal.addEventListener('abort', stop)
  const [status] = (await once(child, 'close')) as [number | null]
  signal.removeEventListener('abort', stop)
  if (status === 0) return
  throw new SetupError(where, 'cmake failed; its words are above', [
    'Check that the compiler is g++ 11 or newer (CXX names another one), and that there is memory:\n' +
      '    g++ --version && free -g',
    'Report it, with these words and with what this prints:\n    npx gantorch doctor --json',
  ])
}
