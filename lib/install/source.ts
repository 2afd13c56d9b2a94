/** Where wheels come from: pip, or a folder of wheels. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { download } from './download'
import { findPython } from './python'
import { SetupError } from './setup_error'
import { defectOf } from './unpack'
import { tagsOf, type Wheel } from './wheels'

export interface WheelSource {
  /** Wheels that lie on this machine: nothing is fetched, and no room is needed for them. */
  readonly folder?: string
  /** Throws, before anything is fetched, what makes it useless for these wheels. */
  check(wheels: readonly Wheel[]): Promise<void>
  /** A file with the wheel's SHA-256: in `folder` when it had to be fetched. */
  get(wheel: Wheel, folder: string, signal: AbortSignal): Promise<string>
}

/** `what` is named by errors. */
export function pipSource(what: string, pipOptions: readonly string[] = []): WheelSource {
  let python: ReturnType<typeof findPython> | undefined
  const offline = [
    'Without a network: fetch the wheels elsewhere, copy them here and name their folder:\n' +
      '    npx gantorch setup --dry-run\n    npx gantorch setup --from /path/to/wheels',
    'Or unpack a libtorch elsewhere, copy it here and name it:\n' +
      '    export GANTORCH_LIBTORCH=/path/to/libtorch',
  ]
  return {
    check: async () => {
      python = findPython(what)
    },
    get: async (wheel, folder, signal) => {
      python ??= findPython(what)
      const { name, version } = tagsOf(wheel)
      const size = `${Math.ceil(wheel.bytes / 1e6)} MB`
      console.log(`Downloading ${name} ${version} (${size}) with ${python.path} -m pip`)
      const file = await download(python, wheel, folder, { pipOptions, signal, what, offline })
      const defect = await defectOf(file, wheel)
      if (defect === undefined) return file
      throw new SetupError(what, `${file} ${defect}`, ['Try again.'])
    },
  }
}

/** Wheels that somebody put into a folder: no network, no Python. */
export function folderSource(folder: string, what: string): WheelSource {
  const defectIn = verifier()
  const check = async (wheels: readonly Wheel[]) => {
    const defects: string[] = []
    for (const wheel of wheels) {
      const file = join(folder, wheel.file)
      const defect = existsSync(file) ? await defectIn(file, wheel) : 'is not there'
      if (defect !== undefined) defects.push(`${wheel.file} ${defect}`)
    }
    if (defects.length === 0) return
    const cause = `${folder} lacks wheels:\n${defects.map((line) => `  ${line}`).join('\n')}`
    throw new SetupError(what, cause, [
      'Fetch them where there is a network, and copy them into that folder:\n' +
        wheels
          .filter(({ file }) => defects.some((line) => line.startsWith(`${file} `)))
          .map((wheel) => `    ${pipCommand(wheel)}`)
          .join('\n'),
    ])
  }
  const get = async (wheel: Wheel) => {
    await check([wheel])
    return join(folder, wheel.file)
  }
  return { folder, check, get }
}

/** `defectOf` that does not read a file again that was right and is unchanged since. */
function verifier(): typeof defectOf {
  const right = new Map<string, string>()
  return async (file, wheel) => {
    const { ino, size, mtimeMs, ctimeMs } = statSync(file)
    const now = [ino, size, mtimeMs, ctimeMs, wheel.sha256].join()
    if (right.get(file) === now) return undefined
    const defect = await defectOf(file, wheel)
    if (defect === undefined) right.set(file, now)
    return defect
  }
}

/** What fetches this wheel on any machine that has pip. */
export function pipCommand(wheel: Wheel): string {
  const { name, version, platform } = tagsOf(wheel)
  return (
    `python3 -m pip download --no-deps --only-binary=:all: --platform ${platform} ` +
    `--python-version 312 ${name}==${version}`
  )
}
