#!/usr/bin/env node
/**
 * gantorch against its peers, in turn in one run. Each row's result is kept in docs/benchmarks/,
 * and docs/benchmarks.md is made from them.
 *
 *   npm run bench                                     the article's step, batch 16, float32
 *   npm run bench -- dcgan --batch-size 50 --policy mixed_bfloat16
 *   npm run bench -- mnist_dcgan                      or another row of rows.mjs
 *   npm run bench -- all                              every row
 *   npm run bench -- profile [row]                   where the time of our step goes
 *   npm run bench -- table                            docs/benchmarks.md anew, nothing is measured
 *
 * Options: --batch-size, --policy, --threads 1, --sides gantorch,torch, --rounds, --steps, --warmup;
 * --quick: one turn of one step, nothing is kept.
 */
import { parseArgs } from 'node:util'
import { compileSides } from './compile.mjs'
import { machine } from './machine.mjs'
import { isOurs, measure } from './measure.mjs'
import { profile } from './profile.mjs'
import { profileText } from './profile_table.mjs'
import { keep, writeTables } from './results.mjs'
import { familyNames, rowsOf } from './rows.mjs'
import { missing, sides } from './sides.mjs'
import { textOf } from './table.mjs'

const MISSING = Object.entries(missing)
  .map(([peer, reason]) => `Not measured: ${peer}: ${reason}`)
  .join('\n')

function readOptions() {
  const number = { type: 'string' }
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'batch-size': number,
      policy: { type: 'string' },
      threads: number,
      sides: { type: 'string' },
      rounds: number,
      steps: number,
      warmup: number,
      quick: { type: 'boolean', default: false },
    },
  })
  const count = (name, least = 1) => {
    if (values[name] === undefined) return undefined
    const value = Number(values[name])
    if (Number.isSafeInteger(value) && value >= least) return value
    throw new Error(`--${name} must be an integer from ${least} on, received ${values[name]}`)
  }
  const chosen = values.sides?.split(',')
  for (const side of chosen ?? []) {
    if (!(side in sides))
      throw new Error(`--sides knows ${Object.keys(sides).join(', ')}, received ${side}`)
  }
  const changes = {
    batchSize: count('batch-size'),
    policy: values.policy,
    threads: count('threads'),
    sides: chosen,
    rounds: count('rounds') ?? (values.quick ? 1 : undefined),
    steps: count('steps') ?? (values.quick ? 1 : undefined),
    warmup: count('warmup', 0) ?? (values.quick ? 1 : undefined),
  }
  const defined = Object.entries(changes).filter(([, value]) => value !== undefined)
  const [name, of] = positionals
  return { name, of, quick: values.quick, changes: Object.fromEntries(defined) }
}

/** The rows that a name on the command line stands for. */
function rowsFor(name, changes) {
  if (name === undefined) return rowsOf('dcgan', { batchSize: 16, policy: 'float32', ...changes })
  if (name === 'all') return familyNames.flatMap((family) => rowsOf(family, changes))
  if (familyNames.includes(name)) return rowsOf(name, changes)
  throw new Error(`rows are ${familyNames.join(', ')}, all and table, received ${name}`)
}

async function main() {
  const { name, of, quick, changes } = readOptions()
  if (name === 'table') return writeTables()
  await compileSides()
  if (name === 'profile') {
    const [row] = rowsFor(of ?? 'dcgan', changes)
    const result = await profile(row, row.sides.find(isOurs))
    console.log(profileText(result))
    if (quick) return
    await keep(result)
    return writeTables()
  }
  for (const row of rowsFor(name, changes)) {
    const measured = await measure(row)
    const result = { ...row, machine: machine(), date: new Date().toISOString(), ...measured }
    console.log(textOf(result))
    if (row.sides.includes('tfjs')) console.log(MISSING)
    if (!quick) await keep(result)
  }
  if (!quick) await writeTables()
}

main().catch((error) => {
  console.error(`bench: ${error.message}`)
  process.exitCode = 1
})
