/** Whether what set-up and build made is used by itself, and what to type when it is not. */
import { homedir } from 'node:os'
import { relative } from 'node:path'
import { findAddons } from '../native_addons'
import { minorOf, searchLibtorch, versionOf, type Host } from '../native_search'
import { packageVersion } from '../package_root'

/**
 * What to type so that the libtorch in this folder is used; nothing where the search takes it anyway.
 * `root` is gantorch's folder.
 */
export function howToUse(root: string, libtorch: string): string | undefined {
  const host: Host = { env: process.env, home: homedir(), root }
  const gantorch = packageVersion(root)
  const version = versionOf(libtorch)
  if (gantorch === undefined || version === undefined) return undefined
  const minors = findAddons(host, gantorch).map(({ minor }) => minor)
  if (minors.length === 0) return undefined
  const minor = minorOf(version)
  if (!minors.includes(minor)) {
    const command = `npx gantorch build --libtorch '${libtorch}'`
    return `There is no addon for libtorch ${minor} yet; to build it:\n    ${command}`
  }
  const taken = searchLibtorch(minors, host).libtorch
  if (taken !== undefined && relative(taken.dir, libtorch) === '') return undefined
  const first = taken && `${taken.origin} (libtorch ${taken.version}) comes first. `
  return `${first ?? ''}To use this libtorch:\n    export GANTORCH_LIBTORCH='${libtorch}'`
}
