/** `npx gantorch doctor`: all that decides whether and how gantorch runs here. */
import { join } from 'node:path'
import { cudaFolder } from '../cuda_libraries'
import { GantorchError } from '../errors'
import { choose, type Choice } from '../native'
import { findAddons, type Addon } from '../native_addons'
import { incomplete, minorOf, surveyLibtorch, type Host } from '../native_search'
import { packageVersion } from '../package_root'
import { cacheDir, isComplete } from './cache'
import { loadInChild, type Loaded, type NotLoaded } from './doctor_load'
import { reportText } from './doctor_text'
import { bytesBelow, systemFacts, type SystemFacts } from './doctor_system'
import { driverNote, driverVersion } from './nvidia'
import { homedir } from 'node:os'
import { existsSync } from 'node:fs'

export interface DoctorOptions {
  readonly json?: boolean
}

export interface Report {
  readonly gantorch: { readonly version: string; readonly folder: string }
  readonly system: SystemFacts
  readonly addons: readonly Addon[]
  readonly places: readonly {
    readonly origin: string
    readonly dir?: string
    /** A libtorch's version, when there is one. */
    readonly version?: string
    readonly problem?: string
  }[]
  readonly taken?: { readonly addon: string; readonly libtorch: string; readonly why: string }
  readonly cuda: {
    readonly driver?: string
    readonly note: string
    readonly folder: string
    readonly state: string
  }
  readonly cache: { readonly folder: string; readonly bytes: number }
  readonly load: Loaded | NotLoaded
}

/** Prints what is here. The process's exit code is 1 when gantorch can't be loaded. */
export function doctor(root: string, { json }: DoctorOptions): void {
  const report = examine(root)
  console.log(json ? JSON.stringify(report, null, 2) : reportText(report))
  if (!report.load.ok) process.exitCode = 1
}

function examine(root: string): Report {
  const host: Host = { env: process.env, home: homedir(), root }
  const version = packageVersion(root) ?? 'unknown'
  const addons = findAddons(host, version)
  const cache = cacheDir()
  const driver = driverVersion()
  return {
    gantorch: { version, folder: root },
    system: systemFacts(),
    addons,
    places: placesOf(host, addons),
    taken: takenOf(host),
    cuda: { driver, note: driverNote(driver), ...cudaFiles(cache) },
    cache: { folder: cache, bytes: bytesBelow(cache) },
    load: loadInChild(join(root, 'dist', 'cli.js')),
  }
}

function placesOf(host: Host, addons: readonly Addon[]): Report['places'] {
  const minors = addons.map(({ minor }) => minor)
  return [...surveyLibtorch(host)].map(({ origin, dir, found }) => {
    if (typeof found === 'string') return { origin, dir, problem: found }
    const { version } = found
    const problem = minors.includes(minorOf(version)) ? undefined : 'there is no addon for it'
    return { origin, dir: found.dir, version, problem }
  })
}

/** Undefined when nothing fits: `load` says why. */
function takenOf(host: Host): Report['taken'] {
  let choice: Choice
  try {
    choice = choose(host)
  } catch (error) {
    if (error instanceof GantorchError) return undefined
    throw error
  }
  const { addon, libtorch } = choice
  const why = `the first place with a libtorch that there is an addon for (${addon.minor})`
  return { addon: addon.path, libtorch: libtorch.dir, why }
}

function cudaFiles(cache: string): { folder: string; state: string } {
  const folder = join(cache, cudaFolder)
  if (!existsSync(folder)) return { folder, state: 'not installed' }
  if (isComplete(folder)) return { folder, state: 'complete' }
  return { folder, state: `not whole: ${incomplete(folder) ?? 'contents.json is not there'}` }
}
