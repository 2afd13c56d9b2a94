/** Gets pinned wheels through any python3 that has pip, and unpacks them. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SetupError, aptGet } from './cure.mjs'

const where = 'libtorch'
const unpacker = fileURLToPath(new URL('unpack_wheel.py', import.meta.url))

/**
 * A python3 that can run pip: a later one in PATH will do where the first has no pip.
 * `what` is to be downloaded; errors name it.
 */
export function findPython(what = where) {
  const { python, problem, apt, cures = [] } = lookForPython()
  if (python) return python
  const pip = cures.length > 0 ? 'pip' : 'its pip'
  throw new SetupError(what, `${problem}; ${pip} downloads ${what}`, [aptGet(apt), ...cures])
}

/**
 * What `findPython` finds, or what is wrong and the packages that mend it.
 * @returns {{ python?: string, problem?: string, apt?: string, cures?: string[] }}
 */
export function lookForPython() {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'python3'))
    .filter((python) => spawnSync(python, ['-c', 'import zipfile']).status === 0)
  if (found.length === 0) {
    return { problem: 'python3 was not found', apt: 'python3 python3-pip' }
  }
  const problems = found.map((python) => ({ python, problem: pipProblem(python) }))
  const usable = problems.find(({ problem }) => problem === undefined)
  if (usable) return { python: usable.python }
  const [first] = problems
  return {
    problem: `${first.python} ${first.problem}`,
    apt: 'python3-pip',
    cures: [`Elsewhere:\n    ${first.python} -m ensurepip --user --upgrade`],
  }
}

/** Older ones choose wheels for the Python that runs them, not for the one that is asked for. */
const oldestPip = { major: 19, minor: 2 }

/** @param {string} python */
function pipProblem(python) {
  const asked = spawnSync(python, ['-m', 'pip', '--version'], { encoding: 'utf8' })
  if (asked.status !== 0) return 'has no pip'
  const [, version = '0', major, minor] = /^pip ((\d+)\.(\d+)\S*)/.exec(asked.stdout) ?? []
  const number = Number(major) * 1000 + Number(minor)
  if (number >= oldestPip.major * 1000 + oldestPip.minor) return undefined
  return `has pip ${version}, needed is ${oldestPip.major}.${oldestPip.minor} or newer`
}

/**
 * Downloads a wheel into `folder` and returns its path. Pip checks the hash.
 * @param {string} python
 * @param {import('./wheels.mjs').Wheel} wheel
 * @param {string} folder
 * @param {{ pipOptions: readonly string[], signal: AbortSignal, what?: string }} options
 */
export async function download(python, wheel, folder, { pipOptions, signal, what: asked = where }) {
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary, { recursive: true })
  const requirements = join(folder, 'requirements.txt')
  writeFileSync(requirements, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`)
  // Names the tags in the oldest spelling, so that pip neither asks which Python it runs on nor
  // installs anything: that also pleases a Python that its distribution manages.
  const what = [
    ...['--no-deps', '--only-binary=:all:', '--platform', wheel.platform],
    ...['--python-version', '312', '--implementation', 'cp', '--abi', 'cp312'],
  ]
  const how = ['--disable-pip-version-check', '--retries', '2', '--dest', folder]
  const shown = process.stdout.isTTY === true
  const child = spawn(
    python,
    ['-m', 'pip', 'download', ...what, ...how, ...pipOptions, '-r', requirements].concat(
      shown ? [] : ['--progress-bar', 'off'],
    ),
    {
      stdio: ['ignore', shown ? 'inherit' : 'ignore', 'pipe'],
      // The wheel passes through TMPDIR, and /tmp is often too small for it.
      env: { ...process.env, TMPDIR: temporary, PIP_REQUIRE_VIRTUALENV: '0' },
      signal,
      killSignal: 'SIGKILL',
    },
  )
  const { status, words } = await ended(child)
  const file = readdirSync(folder).find((name) => name.endsWith('.whl'))
  if (status !== 0 || file === undefined) throw failed(asked, wheel, words, python)
  return join(folder, file)
}

/**
 * @param {string} python
 * @param {string} file
 * @param {string} folder
 * @param {{ members: import('./wheels.mjs').Wheel['members'], signal: AbortSignal }} options
 */
export async function unpack(python, file, folder, { members, signal }) {
  const child = spawn(python, [unpacker, file, folder, JSON.stringify(members)], {
    stdio: ['ignore', 'inherit', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  })
  const { status, words } = await ended(child)
  if (status === 0) return
  const full = /No space left|Disk quota/.test(words)
  throw new SetupError(where, `unpacking failed:\n${lastLines(words)}`, [
    full
      ? `Make room where ${folder} lies, or set GANTORCH_CACHE to a folder on a larger disk.`
      : 'Try again.',
  ])
}

/** @param {import('node:child_process').ChildProcess} child */
async function ended(child) {
  let words = ''
  child.stderr?.setEncoding('utf8').on('data', (/** @type {string} */ text) => (words += text))
  const [status] = await once(child, 'close')
  return { status, words }
}

/**
 * @param {string} what
 * @param {import('./wheels.mjs').Wheel} wheel
 * @param {string} words
 * @param {string} python
 */
function failed(what, wheel, words, python) {
  const cause = `pip could not get ${wheel.name} ${wheel.version}:\n${lastLines(words)}`
  if (/No space left|Disk quota/.test(words)) {
    return new SetupError(what, cause, [
      "Make room on the disks of gantorch's cache (GANTORCH_CACHE) and of pip's (pip cache purge).",
    ])
  }
  if (/do not match the hashes/i.test(words)) {
    return new SetupError(what, cause, [
      'The file is not the one that its authors published. Ask pip to forget its copy, then try ' +
        `again:\n    ${python} -m pip cache purge`,
      'Check where pip gets its packages from:\n' + `    ${python} -m pip config list`,
    ])
  }
  return new SetupError(what, cause, [
    'Check that the network can be reached, and that pip knows the proxy or the package index to ' +
      `use:\n    ${python} -m pip config list`,
    ...(what === where
      ? [
          'Without a network: unpack a libtorch elsewhere, copy it here and name it:\n' +
            '    export GANTORCH_LIBTORCH=/path/to/libtorch',
        ]
      : []),
  ])
}

/** @param {string} words */
function lastLines(words) {
  const lines = words.trim().split('\n').filter(Boolean)
  return lines
    .slice(-6)
    .map((line) => `  ${line}`)
    .join('\n')
}
