/**
 * The table of everything that the tests compare with Keras, docs/keras-coverage.md:
 *   node scripts/coverage.mjs                runs the tests and writes the table
 *   node scripts/coverage.mjs --check FILE   fails where the table lacks or invents what FILE,
 *                                            written by the tests (GANTORCH_COVERAGE), holds
 * Errors differ from processor to processor, so only what was compared is checked.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const require = createRequire(import.meta.url)
const table = join(root, 'docs', 'keras-coverage.md')

const KINDS = {
  layer: 'Layers',
  op: 'Ops',
  activation: 'Activations',
  loss: 'Losses',
  metric: 'Metrics',
  optimizer: 'Optimizers',
  schedule: 'Learning-rate schedules',
  initializer: 'Initialisers',
  regularizer: 'Regularisers',
  constraint: 'Constraints',
  policy: 'Precision policies',
  model: 'Models',
}

/** What an array of a test is, by the first part of its name. */
const QUANTITIES = {
  y: 'values',
  dx: 'gradients',
  dweights: 'gradients of weights',
  updated: 'state',
  gradient: 'gradients',
  gradients: 'gradients',
  penalty: 'values',
  perSample: 'values',
  value: 'values',
  result: 'values',
  results: 'values',
  rates: 'values',
  losses: 'losses',
  outputs: 'outputs',
  moments: 'moments',
  start: 'first values',
  gram: 'dot products of rows or columns',
  limit: 'limit',
}

/** What was compared, in a few words that are alike for all items. @param {string} what */
function quantityOf(what) {
  const quantity = QUANTITIES[what.split('.')[0]]
  if (quantity !== undefined) return quantity
  if (/^\d+$/.test(what)) return 'weights after each step'
  return what.includes('/') ? 'weights and state' : 'results'
}

/** Rows by kind and item, from the lines that the tests wrote. @param {string} path */
function rowsFrom(path) {
  const rows = new Map()
  for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
    const { kind, item, options, what, difference, scale } = JSON.parse(line)
    const key = `${kind}\t${item}`
    const row = rows.get(key) ?? newRow(kind, item)
    options.forEach((option) => row.options.add(option))
    row.quantities.add(quantityOf(what))
    row.count++
    row.error = Math.max(row.error, scale > 0 ? difference / scale : difference)
    rows.set(key, row)
  }
  return [...rows.values()].sort((a, b) => (a.item < b.item ? -1 : 1))
}

function newRow(kind, item) {
  return { kind, item, options: new Set(), quantities: new Set(), count: 0, error: 0 }
}

/** The part of a row that is the same on every machine. */
function known({ item, options, quantities }) {
  const names = (set) => [...set].sort().join(', ')
  return `| ${item} | ${names(options) || 'defaults'} | ${names(quantities)} |`
}

function markdown(rows) {
  const sections = Object.entries(KINDS).flatMap(([kind, title]) => {
    const lines = rows
      .filter((row) => row.kind === kind)
      .map((row) => {
        const error = row.error === 0 ? 'equal' : row.error.toExponential(0)
        return `${known(row)} ${row.count} | ${error} |`
      })
    if (lines.length === 0) return []
    return [
      '',
      `## ${title}`,
      '',
      '| item | options set | compared | arrays | largest error |',
      '| --- | --- | --- | ---: | ---: |',
      ...lines,
    ]
  })
  return `${HEAD}${sections.join('\n')}\n`
}

const HEAD = `# What is compared with Keras

Made by \`npm run coverage\` from the tests; each row is what they compared with recorded results of
real Keras 3 (\`test/reference/\`), or, where Keras has no such thing, with what that folder's README
names. "largest error" is the largest difference as a share of the array's largest value, on the
machine that made the table; each test allows what Keras's own float32 differs from float64, times a
small factor. Moments of random numbers differ as samples do. A test fails when this table lacks
something that is compared or holds something that isn't.
`

/** Runs the tests that compare, and gives the file they wrote. */
function runTests(folder) {
  const file = join(folder, 'comparisons.jsonl')
  const jest = require.resolve('jest/bin/jest')
  const { status } = spawnSync(process.execPath, [jest, 'test/native'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, GANTORCH_COVERAGE: file },
  })
  if (status !== 0) throw new Error('the tests failed, so there is no table')
  return file
}

function check(file) {
  const text = readFileSync(table, 'utf8').replace(/ +/g, ' ')
  const rows = rowsFrom(file)
  const lacking = rows.filter((row) => !text.includes(known(row)))
  const shown = text.split('\n').filter((line) => /^\| (?!item|-)/.test(line)).length
  for (const row of lacking) console.error(`docs/keras-coverage.md lacks ${row.kind} ${known(row)}`)
  if (shown > rows.length) console.error(`it has ${shown - rows.length} rows without a test`)
  return lacking.length === 0 && shown === rows.length
}

function main([flag, file]) {
  if (flag === '--check') {
    const isTrue = existsSync(table) && check(file)
    if (!isTrue) {
      console.error('npm run coverage makes docs/keras-coverage.md anew')
      process.exitCode = 1
    }
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'gantorch-coverage-'))
  try {
    writeFileSync(table, markdown(rowsFrom(runTests(folder))))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

main(process.argv.slice(2))
