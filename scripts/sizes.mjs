/**
 * Prints what an installation takes, as the table in README.md shows it:
 *   npm run sizes
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cudaPart, main } from './install.mjs'
import { libtorchPackage } from './libtorch_package.mjs'
import { pack } from './pack.mjs'
import { filesBelow } from './stamp.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** Bytes of the files in a tarball. @param {string} tarball */
function unpackedSize(tarball) {
  const { stdout } = spawnSync('tar', ['-tvzf', tarball], { encoding: 'utf8', maxBuffer: 1 << 26 })
  const sizes = stdout.split('\n').map((line) => Number(line.trim().split(/\s+/)[2] ?? 0))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** The folders of all packages that are installed because gantorch asks for them. */
function dependencies(folder = root, found = new Set()) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const names = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })
  for (const name of names) {
    const nested = join(folder, 'node_modules', name)
    const place = existsSync(nested) ? nested : join(root, 'node_modules', name)
    if (found.has(place) || !existsSync(join(place, 'package.json'))) continue
    dependencies(place, found.add(place))
  }
  return found
}

/** @param {string} folder */
function folderSize(folder) {
  const sizes = filesBelow([folder]).map((path) => statSync(path).size)
  return sizes.reduce((sum, size) => sum + size, 0)
}

/**
 * Bytes to fetch, where known, and on disk of each part of an installation.
 * @param {{ gantorch: string, libtorch: string }} tarballs
 */
export function installedSizes({ gantorch, libtorch }) {
  const parts = [
    { part: '`gantorch`', fetched: statSync(gantorch).size, stored: unpackedSize(gantorch) },
    {
      part: `\`${libtorchPackage.name}\``,
      fetched: statSync(libtorch).size,
      stored: unpackedSize(libtorch),
    },
    {
      part: 'its other dependencies (`sharp` above all)',
      stored: [...dependencies()].reduce((sum, folder) => sum + folderSize(folder), 0),
    },
  ]
  const stored = parts.reduce((sum, part) => sum + part.stored, 0)
  const cuda = cudaPart.wheels.reduce((sum, { bytes }) => sum + bytes, 0)
  return [
    ...parts,
    { part: 'all of `node_modules`', stored },
    {
      part: '`npx gantorch setup --cuda`, in your cache',
      fetched: cuda,
      stored: cudaPart.unpacked,
    },
  ]
}

/** @param {number | undefined} bytes */
function megabytes(bytes) {
  if (bytes === undefined) return ''
  return bytes < 1e7 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.round(bytes / 1e6)} MB`
}

/** @param {ReturnType<typeof installedSizes>} sizes */
export function sizesTable(sizes) {
  const rows = sizes.map(
    ({ part, fetched, stored }) => `| ${part} | ${megabytes(fetched)} | ${megabytes(stored)} |`,
  )
  return ['| part | to fetch | on disk |', '| --- | ---: | ---: |', ...rows].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => console.log(sizesTable(installedSizes(await pack()))))
}
