/** Where compiled addons lie, and for which libtorch each was made. Nothing is opened here. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { path as prebuiltPath } from 'node-gyp-build'
import { cacheDir, minorOf, type Host } from './native_search'

export interface Addon {
  /** How it came here, for messages. */
  readonly origin: 'clone' | 'prebuilt' | 'built here'
  readonly path: string
  /** The small addon that opens libtorch for it. */
  readonly loader: string
  /** `major.minor` of the libtorch that it was compiled for. */
  readonly minor: string
}

/** Where `npx gantorch build` puts what it makes: apart for each version of gantorch. */
export function builtDir(host: Host, version: string): string {
  return join(cacheDir(host), 'addons', version)
}

/**
 * All addons of a host, at most one for each minor version of libtorch: what a clone or the user built
 * comes before what was prebuilt.
 */
export function findAddons(host: Host, version: string): Addon[] {
  const all = [...clonePlace(host), ...builtPlaces(host, version), ...prebuiltPlaces(host)]
  return all.filter((addon, i) => all.findIndex(({ minor }) => minor === addon.minor) === i)
}

/** CMakeLists.txt writes the version of the libtorch that a clone's addon was built for. */
function clonePlace({ root }: Host): Addon[] {
  const build = join(root, 'build')
  return addonIn(
    'clone',
    join(build, 'Release', 'gantorch.node'),
    join(build, 'loader', 'loader.node'),
    join(build, 'libtorch-version'),
  )
}

function builtPlaces(host: Host, version: string): Addon[] {
  const folder = builtDir(host, version)
  return minorsIn(folder).flatMap((minor) => {
    const at = (name: string) => join(folder, `torch-${minor}`, name)
    return addonIn('built here', at('gantorch.node'), at('loader.node'), at('libtorch-version'))
  })
}

function addonIn(origin: Addon['origin'], path: string, loader: string, version: string): Addon[] {
  if (![path, loader, version].every((file) => existsSync(file))) return []
  return [{ origin, path, loader, minor: minorOf(readFileSync(version, 'utf8').trim()) }]
}

function prebuiltPlaces({ root }: Host): Addon[] {
  const folder = join(root, 'prebuilt')
  const loader = prebuiltIn(join(folder, 'loader'))
  if (loader === undefined) return []
  return minorsIn(folder).flatMap((minor) => {
    const path = prebuiltIn(join(folder, `torch-${minor}`))
    return path === undefined ? [] : [{ origin: 'prebuilt' as const, path, loader, minor }]
  })
}

/** The prebuilt addon in a folder that is for this platform. */
function prebuiltIn(folder: string): string | undefined {
  try {
    const path = prebuiltPath(folder)
    // Where there is none, node-gyp-build looks beside the node program too.
    return path.startsWith(folder) ? path : undefined
  } catch {
    return undefined
  }
}

/** The oldest first: the default libtorch is the oldest that is supported. */
function minorsIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .flatMap((name) => /^torch-(\d+\.\d+)$/.exec(name)?.[1] ?? [])
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}
