/** Checks the tools that build the addon before they fail in words that help nobody. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism, freemem } from 'node:os'
import { join } from 'node:path'
import { lookForPython } from './python'
import { SetupError, aptGet } from './setup_error'

interface Tool {
  readonly name: string
  readonly asked: readonly string[]
  /** The oldest version that will do. */
  readonly from: readonly [major: number, minor: number]
  /** Debian's package that has it. */
  readonly apt: string
}

const tools: readonly Tool[] = [
  { name: 'cmake', asked: ['--version'], from: [3, 18], apt: 'cmake' },
  { name: 'ninja', asked: ['--version'], from: [1, 8], apt: 'ninja-build' },
  { name: 'g++', asked: ['-dumpfullversion'], from: [11, 0], apt: 'g++' },
]

/** What a libtorch's folder lacks of what CMakeLists.txt asks for. */
export function lackingForBuild(libtorch: string): string[] {
  const needed = ['lib/libtorch_cpu.so', 'lib/libc10.so', 'include/torch/headeronly/version.h']
  return needed.filter((name) => !existsSync(join(libtorch, name)))
}

/** One compiler takes up to 1.5 GB. */
export function buildJobs(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / 1.5e9)))
}

export function hasNinja(): boolean {
  return tools.every((tool) => tool.name !== 'ninja' || problemOf(tool) === undefined)
}

/**
 * Throws one error that names all tools that are missing or too old; `download` counts the python3
 * that gets libtorch among them, with `make` that one will do in the place of ninja. `where` is the
 * command that needs them.
 */
export function checkBuildTools({ download = false, make = false, where = 'setup' } = {}): void {
  // Who chooses a compiler of his own knows its version.
  const own = process.env.CXX ? ['g++'] : []
  if (make && spawnSync('make', ['--version']).status === 0) own.push('ninja')
  const needed = tools.filter(({ name }) => !own.includes(name))
  const lacking = needed.flatMap((tool) => {
    const problem = problemOf(tool)
    return problem === undefined ? [] : [{ problem, apt: tool.apt }]
  })
  const python = download ? lookForPython() : undefined
  if (python && 'problem' in python) lacking.unshift(python)
  if (lacking.length === 0) return
  const cause = `the addon can't be built: ${lacking.map(({ problem }) => problem).join('; ')}`
  const packages = lacking.map(({ apt }) => apt).join(' ')
  throw new SetupError(where, cause, [
    aptGet(packages),
    'If these are too old there: use Debian 12, Ubuntu 22.04 or newer, or set CXX to a newer g++.',
  ])
}

function problemOf({ name, asked, from }: Tool): string | undefined {
  const { error, status, stdout } = spawnSync(name, asked, { encoding: 'utf8' })
  if (error || status !== 0) return `${name} was not found`
  const version = /\d+(\.\d+)+/.exec(stdout)?.[0] ?? ''
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [wantedMajor, wantedMinor] = from
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return undefined
  return `${name} ${version} is too old, needed is ${from.join('.')} or newer`
}
