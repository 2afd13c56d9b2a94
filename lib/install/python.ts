/** A python3 whose pip can download wheels. */
import { spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { SetupError, aptGet } from './setup_error'

/** What mends a Python that is missing or too old. */
export interface Lacking {
  readonly problem: string
  /** Debian's packages that have it. */
  readonly apt: string
  readonly cures: readonly string[]
}

export interface Python {
  readonly path: string
  /** Of its pip, as major * 1000 + minor. */
  readonly pip: number
}

/**
 * A python3 that can run pip: a later one in PATH will do where the first has no pip.
 * `what` is to be downloaded; errors name it.
 */
export function findPython(what: string): Python {
  const found = lookForPython()
  if ('path' in found) return found
  const pip = found.cures.length > 0 ? 'pip' : 'its pip'
  throw new SetupError(what, `${found.problem}; ${pip} downloads ${what}`, [
    aptGet(found.apt),
    ...found.cures,
  ])
}

/** What `findPython` finds, or what is wrong and the packages that mend it. */
export function lookForPython(): Python | Lacking {
  let lacking: Lacking | undefined
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'python3')
    if (spawnSync(path, ['--version']).status !== 0) continue
    const asked = askPip(path)
    if ('path' in asked) return asked
    lacking ??= asked
  }
  return lacking ?? { problem: 'python3 was not found', apt: 'python3 python3-pip', cures: [] }
}

/** Older ones choose wheels for the Python that runs them, not for the one that is asked for. */
const oldestPip = { major: 19, minor: 2 }

function askPip(path: string): Python | Lacking {
  const asked = spawnSync(path, ['-m', 'pip', '--version'], { encoding: 'utf8' })
  const lacking = (problem: string): Lacking => ({
    problem: `${path} ${problem}`,
    apt: 'python3-pip',
    cures: [`Elsewhere:\n    ${path} -m ensurepip --user --upgrade`],
  })
  if (asked.status !== 0) return lacking('has no pip')
  const [, version = '0', major, minor] = /^pip ((\d+)\.(\d+)\S*)/.exec(asked.stdout) ?? []
  const pip = Number(major) * 1000 + Number(minor)
  if (pip >= oldestPip.major * 1000 + oldestPip.minor) return { path, pip }
  return lacking(`has pip ${version}, needed is ${oldestPip.major}.${oldestPip.minor} or newer`)
}
