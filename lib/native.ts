/** Opens libtorch and the addon on first use. The only file that touches a .node. */
import { isNonGlibcLinuxSync } from 'detect-libc'
import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import * as failures from './load_errors'
import { findAddons, type Addon } from './native_addons'
import { isProven, prove } from './native_proof'
import { minorOf, searchLibtorch, type Host, type Libtorch } from './native_search'
import { packageRoot, packageVersion } from './package_root'

export type Native = typeof import('../binding')

interface Loader {
  open(...paths: string[]): void
  /** Begins on a thread what `open` does then; says nothing of failures. */
  openAhead(...paths: string[]): void
  /** Waits for that, and names the last library that it opened; '' where it opened none. */
  openedAhead(): string
  /** Why a library can't be opened, as far as its file shows; '' when nothing is wrong. */
  defect(path: string): string
}

const addonExports = [
  'Store',
  'Program',
  'runtimeInfo',
  'memoryStats',
  'emptyCache',
  'setThreads',
] as const satisfies readonly (keyof Native)[]

const loaderExports = [
  'open',
  'openAhead',
  'openedAhead',
  'defect',
] as const satisfies readonly (keyof Loader)[]

let loaded: Native | undefined

/**
 * The addon, opened by the first call together with libtorch. A LoadError says what is missing and
 * how to get it; once that is done a later call succeeds.
 */
export function native(): Native {
  loaded ??= load(thisHost())
  return loaded
}

/** Whether `native` has been called and gave the addon. */
export function isOpened(): boolean {
  return loaded !== undefined
}

/**
 * Begins to open libtorch on a thread, so that it is there when `native` is called. Only what was opened
 * well on this machine before; says nothing of failures, which `native` finds again.
 */
export function openAhead(host: Host): void {
  if (host.env.GANTORCH_AHEAD === 'skip') return
  try {
    // Starting python3 takes longer than opening libtorch saves.
    const attempt = checked({ ...host, asksPython: false }, thisPlatform)
    checkFolder()
    if (!isProven(attempt.addon, attempt.libtorch, host)) return
    loaderOf(attempt).openAhead(...attempt.libtorch.libraries)
  } catch {
    // Nothing is open then.
  }
}

/** The surroundings of this process. */
export function thisHost(): Host {
  return { env: process.env, home: homedir(), root: packageRoot() }
}

/** An addon and the libtorch that it will be opened with. */
export interface Choice {
  /** gantorch's version. */
  readonly version: string
  readonly addon: Addon
  readonly libtorch: Libtorch
  /** One line for each place where libtorch was looked for. */
  readonly tried: readonly string[]
}

const thisPlatform = `${process.platform}-${process.arch}`

/** Finds an addon and a libtorch that fit each other, or says what is missing. Opens nothing. */
export function choose(host: Host, platform = thisPlatform): Choice {
  const version = packageVersion(host.root)
  if (version === undefined) throw failures.bundled(host.root)
  if (/\.asar([/\\]|$)/.test(host.root)) throw failures.insideArchive(host.root)
  const addons = findAddons(host, version)
  if (addons.length === 0) {
    if (platform !== 'linux-x64') throw failures.unsupportedPlatform(platform)
    throw isNonGlibcLinuxSync() ? failures.musl() : failures.noAddon(host)
  }
  const minors = addons.map(({ minor }) => minor)
  const search = searchLibtorch(minors, host)
  const { libtorch, tried } = search
  const addon = addons.find(({ minor }) => libtorch && minor === minorOf(libtorch.version))
  if (!libtorch || !addon) throw failures.noLibtorch(minors, search, host)
  return { version, addon, libtorch, tried }
}

/** Opens the libtorch and the addon that belong to a host. Not cached: programs call `native`. */
export function load(host: Host, platform = thisPlatform): Native {
  const attempt = checked(host, platform)
  const open = loaderOf(attempt).openedAhead()
  if (open === '') {
    checkFolder()
    const proof = prove(attempt.addon, attempt.libtorch, host)
    if (typeof proof === 'object') throw failures.crashed(attempt, proof.crash)
  } else if (open !== attempt.libtorch.libraries.at(-1)) {
    // Two in one process would end it.
    throw failures.alreadyOpen(attempt, open)
  }
  openLibtorch(attempt)
  return openAddon(attempt, attempt.version)
}

/** What will be opened, as far as that can be judged without opening it. */
function checked(host: Host, platform: string): failures.Attempt & Choice {
  const attempt = { host, ...choose(host, platform) }
  checkAddon(attempt)
  return attempt
}

/** In a folder that was deleted libtorch's MKL ends the process when it is opened. */
function checkFolder(): void {
  try {
    // Node remembers what process.cwd() said; a deleted folder has no name left.
    if (statSync(process.cwd()).ino !== statSync('.').ino) throw new Error('its name is gone')
  } catch (error) {
    throw failures.deletedFolder(error)
  }
}

/** An addon that was cut short would end this process. */
function checkAddon(attempt: failures.Attempt): void {
  const defect = loaderOf(attempt).defect(attempt.addon.path)
  if (defect !== '') throw failures.addonUnusable(attempt, new Error(defect))
}

function loaderOf(attempt: failures.Attempt): Loader {
  const { loader: path } = attempt.addon
  const loader = openNode(path, attempt)
  if (isLoader(loader)) return loader
  const lacking = loaderExports.filter((name) => !hasFunction(loader, name))
  throw failures.otherVersion(attempt, path, `it lacks ${lacking.join(', ')}`)
}

function openLibtorch(attempt: failures.Attempt): void {
  try {
    loaderOf(attempt).open(...attempt.libtorch.libraries)
  } catch (error) {
    throw failures.libtorchUnusable(attempt, error)
  }
}

function openAddon(attempt: failures.Attempt, version: string): Native {
  const { path, minor } = attempt.addon
  const addon = openNode(path, attempt)
  if (!isNative(addon)) {
    const lacking = addonExports.filter((name) => !hasFunction(addon, name))
    throw failures.otherVersion(attempt, path, `it lacks ${lacking.join(', ')}`)
  }
  const { gantorch, builtFor, libtorch } = addon.runtimeInfo()
  if (minorOf(libtorch) !== minor) throw failures.otherLibtorch(attempt, libtorch)
  if (gantorch !== version || minorOf(builtFor) !== minor) {
    const made = `it was made as gantorch ${gantorch} for libtorch ${builtFor}`
    throw failures.otherVersion(attempt, path, `${made}, needed is ${version} for ${minor}`)
  }
  return addon
}

function openNode(path: string, attempt: failures.Attempt): unknown {
  try {
    return createRequire(__filename)(path)
  } catch (error) {
    throw failures.addonUnusable(attempt, error)
  }
}

function isLoader(value: unknown): value is Loader {
  return loaderExports.every((name) => hasFunction(value, name))
}

function isNative(value: unknown): value is Native {
  return addonExports.every((name) => hasFunction(value, name))
}

function hasFunction(value: unknown, name: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  return typeof (value as Readonly<Record<string, unknown>>)[name] === 'function'
}
