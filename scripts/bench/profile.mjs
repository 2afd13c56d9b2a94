/** Where the time of a step of ours goes: phase by phase and op by op, with work and traffic. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Peer } from './peer.mjs'
import { commandOf } from './sides.mjs'
import { tableOf } from './statistics.mjs'

/**
 * What oneDNN's convolutions reach alone on the machine of docs/benchmarks.md, in GFLOP/s; what a
 * step's arithmetic takes at that rate is its floor.
 */
const REACHABLE = { float32: 230, mixed_bfloat16: 430 }

/** Rows below this share of the step are added up as the rest. */
const SMALL = 0.005

const STEPS = 7

/** Runs the row's program as `side` with native profiling; one record for each op of each phase. */
async function record(row, side) {
  const folder = mkdtempSync(join(tmpdir(), 'gantorch-profile-'))
  const file = join(folder, 'profile.jsonl')
  const command = commandOf(side, row.program, row)
  command.options.env = { ...command.options.env, GANTORCH_PROFILE: file }
  const peer = new Peer(side, command)
  try {
    await peer.ready()
    const seconds = await peer.run(STEPS)
    await peer.quit()
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    return { seconds, records: lines.map((line) => JSON.parse(line)) }
  } finally {
    peer.kill()
    rmSync(folder, { recursive: true })
  }
}

/** What an op's time is listed under: the op of libtorch, or our own code in a node. */
function labelOf({ node, backward, op }) {
  const ours = node === undefined ? 'between nodes' : node === 'gradients' ? 'autograd' : node
  if (!backward) return op ? `${node}: ${op}` : ours
  const name = backward.replace(/^torch::autograd::CppNode<(?:.*::)?(\w+)>$/, '$1')
  return op ? `backward: ${op}` : `backward: ${name}`
}

/** The rows of one phase, longest first; all numbers are of one step. */
function rowsOf(records, steps) {
  const rows = new Map()
  for (const record of records) {
    const label = labelOf(record)
    const row = rows.get(label) ?? { label, seconds: 0, flops: 0, bytes: 0 }
    const calls = record.calls / steps
    for (const key of ['seconds', 'flops', 'bytes']) row[key] += record[key] * calls
    rows.set(label, row)
  }
  return [...rows.values()].sort((a, b) => b.seconds - a.seconds)
}

function sum(label, rows) {
  const total = (key) => rows.reduce((all, row) => all + row[key], 0)
  return { label, seconds: total('seconds'), flops: total('flops'), bytes: total('bytes') }
}

function cellsOf(row, reachable) {
  const rate = (amount) => (amount > 0 ? (amount / row.seconds / 1e9).toFixed(0) : '')
  const floor = row.flops > 0 ? ((row.flops / reachable) * 1e-6).toFixed(2) : ''
  return [
    row.label,
    (row.seconds * 1e3).toFixed(2),
    floor,
    row.flops > 0 ? (row.flops / 1e9).toFixed(2) : '',
    rate(row.flops),
    row.bytes > 0 ? (row.bytes / 1e6).toFixed(1) : '',
    rate(row.bytes),
  ]
}

const HEAD = ['', 'ms', 'floor ms', 'GFLOP', 'GFLOP/s', 'MB', 'GB/s']

/** Phases that every step runs, in the order of their names; what fills weights runs once. */
function phasesOf(records) {
  const phases = new Map()
  for (const item of records) {
    const key = `${item.phase} ${item.address}`
    phases.set(key, [...(phases.get(key) ?? []), item])
  }
  const runs = (items) => Math.max(...items.map(({ calls }) => calls))
  return [...phases.values()].filter((items) => runs(items) >= STEPS)
}

/** The tables as Markdown. The step's own time is less: timing each op costs some microseconds. */
export async function profile(row, side = 'gantorch') {
  const { seconds, records } = await record(row, side)
  const reachable = REACHABLE[row.policy] ?? REACHABLE.float32
  const steps = STEPS + row.warmup
  const phases = phasesOf(records).map((items) => {
    const rows = rowsOf(items, steps)
    return { name: items[0].phase, rows, total: sum('all of it', rows) }
  })
  const step = sum(
    'the whole step',
    phases.map(({ total }) => total),
  )
  const sections = phases.map(({ name, rows, total }) => {
    const large = rows.filter((item) => item.seconds > SMALL * step.seconds)
    const rest = sum(
      'the rest',
      rows.filter((item) => !large.includes(item)),
    )
    const cells = [...large, rest, total].map((item) => cellsOf(item, reachable))
    return `${name}:\n\n${tableOf(HEAD, cells)}`
  })
  const measured = Math.min(...seconds)
  return [
    `${row.title}, batch ${row.batchSize}, ${row.policy}: ${(measured * 1e3).toFixed(1)} ms a step while profiled; floor at ${reachable} GFLOP/s`,
    ...sections,
    tableOf(HEAD, [cellsOf(step, reachable)]),
  ].join('\n\n')
}
