/** Gets a pinned wheel through pip. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Python } from './python'
import { SetupError } from './setup_error'
import { tagsOf, type Wheel } from './wheels'

export interface DownloadOptions {
  readonly pipOptions: readonly string[]
  readonly signal: AbortSignal
  /** Errors name it. */
  readonly what: string
  /** Further cures for a network that can't be reached. */
  readonly offline: readonly string[]
}

/** Downloads a wheel into `folder` and returns its path. Pip checks the hash. */
export async function download(
  python: Python,
  wheel: Wheel,
  folder: string,
  options: DownloadOptions,
): Promise<string> {
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary, { recursive: true })
  const requirements = join(folder, 'requirements.txt')
  const { name, version, platform } = tagsOf(wheel)
  writeFileSync(requirements, `${name}==${version} --hash=sha256:${wheel.sha256}\n`)
  // Names the tags in the oldest spelling, so that pip neither asks which Python it runs on nor
  // installs anything: that also pleases a Python that its distribution manages.
  const what = [
    ...['--no-deps', '--only-binary=:all:', '--platform', platform],
    ...['--python-version', '312', '--implementation', 'cp', '--abi', 'cp312'],
  ]
  const how = ['--disable-pip-version-check', '--retries', '2', '--dest', folder]
  // From pip 25.1 on a connection that breaks costs only what is still missing.
  if (python.pip >= 25_001) how.push('--resume-retries', '5')
  const shown = process.stdout.isTTY
  if (!shown) how.push('--progress-bar', 'off')
  const command = ['-m', 'pip', 'download', ...what, ...how, ...options.pipOptions]
  const child = spawn(python.path, [...command, '-r', requirements], {
    stdio: ['ignore', shown ? 'inherit' : 'ignore', 'pipe'],
    // The wheel passes through TMPDIR, and /tmp is often too small for it.
    env: { ...process.env, TMPDIR: temporary, PIP_REQUIRE_VIRTUALENV: '0' },
    signal: options.signal,
    killSignal: 'SIGKILL',
  })
  let words = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (words += text))
  const [status] = (await once(child, 'close')) as [number | null]
  const file = readdirSync(folder).find((entry) => entry.endsWith('.whl'))
  if (status !== 0 || file === undefined) throw failed(wheel, words, python.path, options)
  return join(folder, file)
}

function failed(wheel: Wheel, words: string, python: string, options: DownloadOptions): SetupError {
  const { name, version } = tagsOf(wheel)
  const cause = `pip could not get ${name} ${version}:\n${lastLines(words)}`
  if (/No space left|Disk quota/.test(words)) {
    return new SetupError(options.what, cause, [
      "Make room on the disks of gantorch's cache (GANTORCH_CACHE) and of pip's (pip cache purge).",
    ])
  }
  if (/do not match the hashes/i.test(words)) {
    return new SetupError(options.what, cause, [
      'The file is not the one that its authors published. Ask pip to forget its copy, then try ' +
        `again:\n    ${python} -m pip cache purge`,
      `Check where pip gets its packages from:\n    ${python} -m pip config list`,
    ])
  }
  return new SetupError(options.what, cause, [
    'Check that the network can be reached, and that pip knows the proxy or the package index to ' +
      `use:\n    ${python} -m pip config list`,
    ...options.offline,
  ])
}

function lastLines(words: string): string {
  const lines = words.trim().split('\n').filter(Boolean)
  return lines
    .slice(-6)
    .map((line) => `  ${line}`)
    .join('\n')
}
