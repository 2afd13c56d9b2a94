/** Checks the tools that build the addon before they fail in words that help nobody. */
import { spawnSync } from 'node:child_process'
import { SetupError, aptGet } from './cure.mjs'
import { lookForPython } from './pip.mjs'

/**
 * name: what is called; from: the oldest version that will do; apt: the package that has it.
 */
const tools = [
  { name: 'cmake', arguments: ['--version'], from: [3, 18], apt: 'cmake' },
  { name: 'ninja', arguments: ['--version'], from: [1, 8], apt: 'ninja-build' },
  { name: 'g++', arguments: ['-dumpfullversion'], from: [11, 0], apt: 'g++' },
]

/**
 * Throws one error that names all tools that are missing or too old; `download` counts the python3
 * that gets libtorch among them.
 */
export function checkBuildTools({ download = false } = {}) {
  // Who chooses a compiler of his own knows its version.
  const needed = process.env.CXX ? tools.filter(({ name }) => name !== 'g++') : tools
  const found = needed.map((tool) => ({ problem: problemOf(tool), apt: tool.apt }))
  if (download) found.unshift(lookForPython())
  const lacking = found.filter(({ problem }) => problem !== undefined)
  if (lacking.length === 0) return
  const cause = `the addon can't be built: ${lacking.map(({ problem }) => problem).join('; ')}`
  const packages = lacking.map(({ apt }) => apt).join(' ')
  throw new SetupError('setup', cause, [
    aptGet(packages),
    'If these are too old there: use Debian 12, Ubuntu 22.04 or newer, or set CXX to a newer g++.',
  ])
}

/** @param {(typeof tools)[number]} tool */
function problemOf(tool) {
  const asked = spawnSync(tool.name, tool.arguments, { encoding: 'utf8' })
  if (asked.error || asked.status !== 0) return `${tool.name} was not found`
  const version = /\d+(\.\d+)+/.exec(asked.stdout)?.[0] ?? ''
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [wantedMajor = 0, wantedMinor = 0] = tool.from
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return undefined
  return `${tool.name} ${version} is too old, needed is ${tool.from.join('.')} or newer`
}
