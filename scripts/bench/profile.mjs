/** Where the time of a step of ours goes: phase by phase and op by op, with work and traffic. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { machine } from './machine.mjs'
import { Peer } from './peer.mjs'
import { commandOf } from './sides.mjs'
import { floorSpec } from './programs.mjs'

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

/** What one large convolution reaches here in FLOP/s; a step's work at that rate is its floor. */
async function measureReachable(side, policy) {
  const { height, width, channels } = floorSpec
  const batchSize = 16
  const row = { spec: floorSpec, batchSize, warmup: 3, policy }
  const peer = new Peer(side, commandOf(side, 'floor', row))
  try {
    await peer.ready()
    const seconds = Math.min(...(await peer.run(STEPS)))
    await peer.quit()
    return (batchSize * height * width * channels * channels * 9 * 2) / seconds
  } finally {
    peer.kill()
  }
}

/** The result as plain data: `rows` of each phase, longest first. Timing an op costs microseconds. */
export async function profile(row, side = 'gantorch') {
  const reachable = await measureReachable(side, row.policy)
  const { seconds, records } = await record(row, side)
  const steps = STEPS + row.warmup
  const phases = phasesOf(records).map((items) => ({
    name: items[0].phase,
    rows: rowsOf(items, steps),
  }))
  const { title, batchSize, policy } = row
  const id = `profile_${row.id}`
  const measured = { reachable, seconds: Math.min(...seconds), phases }
  return { id, kind: 'profile', title, batchSize, policy, machine: machine(), ...measured }
}
