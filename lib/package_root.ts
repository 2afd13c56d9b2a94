/** Where gantorch itself lies. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of gantorch's package.json, from lib/ as from dist/. */
export function packageRoot(): string {
  // An ES module that a bundler made has no __dirname.
  return typeof __dirname === 'string' ? join(__dirname, '..') : process.cwd()
}

/** gantorch's version, or nothing when the code was bundled away from its package. */
export function packageVersion(root: string): string | undefined {
  const manifest = readManifest(root)
  return manifest?.name === 'gantorch' ? manifest.version : undefined
}

interface Manifest {
  readonly name?: string
  readonly version?: string
}

function readManifest(root: string): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
