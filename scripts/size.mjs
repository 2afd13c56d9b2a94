/**
 * The size budget: no file of ours is longer than 300 lines. Prints the lines of each folder.
 *   node scripts/size.mjs
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filesBelow } from './stamp.mjs'

const LIMIT = 300

/**
 * Files that may be longer, each with its reason.
 * @type {Readonly<Record<string, string>>}
 */
const LONGER = {}

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folders = ['lib', 'native', 'test', 'scripts', 'examples', '.ci']
const single = ['binding.d.ts', 'CMakeLists.txt', 'eslint.config.mjs']
const isSource = (path) =>
  /\.(ts|mjs|py|cpp|h|cu)$|CMakeLists\.txt$/.test(path) || path.startsWith(`.ci${sep}`)

const paths = [...folders, ...single].map((name) => join(root, name)).filter(existsSync)
const totals = new Map()
const tooLong = []
for (const file of filesBelow(paths)) {
  const path = relative(root, file)
  if (!isSource(path) || path.includes('__pycache__')) continue
  const lines = readFileSync(file, 'utf8').split('\n').length - 1
  const folder = path.includes(sep) ? path.split(sep)[0] : 'top level'
  const { files, sum } = totals.get(folder) ?? { files: 0, sum: 0 }
  totals.set(folder, { files: files + 1, sum: sum + lines })
  if (lines > LIMIT && !(path in LONGER)) tooLong.push(`${path} has ${lines} lines`)
}

const row = (folder, files, lines) =>
  console.log(
    `${folder.padEnd(10)} ${String(files).padStart(4)} files ${String(lines).padStart(6)} lines`,
  )
for (const [folder, { files, sum }] of totals) row(folder, files, sum)
const all = [...totals.values()]
row(
  'all',
  all.reduce((sum, { files }) => sum + files, 0),
  all.reduce((sum, folder) => sum + folder.sum, 0),
)

for (const line of tooLong) {
  console.error(`${line}, the limit is ${LIMIT}: split it, or state in scripts/size.mjs why not`)
}
if (tooLong.length > 0) process.exitCode = 1
