/** A profile as Markdown: a table for each phase of the step, or one of the phases alone. */
import { tableOf } from './statistics.mjs'

/** Rows below this share of the step are added up as the rest. */
const SMALL = 0.005

const HEAD = ['', 'ms', 'floor ms', 'GFLOP', 'GFLOP/s', 'MB', 'GB/s']

function sum(label, rows) {
  const total = (key) => rows.reduce((all, row) => all + row[key], 0)
  return { label, seconds: total('seconds'), flops: total('flops'), bytes: total('bytes') }
}

function cellsOf(row, reachable) {
  const rate = (amount) => (amount > 0 ? (amount / row.seconds / 1e9).toFixed(0) : '')
  return [
    row.label,
    (row.seconds * 1e3).toFixed(2),
    row.flops > 0 ? ((row.flops / reachable) * 1e3).toFixed(2) : '',
    row.flops > 0 ? (row.flops / 1e9).toFixed(2) : '',
    rate(row.flops),
    row.bytes > 0 ? (row.bytes / 1e6).toFixed(1) : '',
    rate(row.bytes),
  ]
}

export function profileText({ title, batchSize, policy, reachable, seconds, phases }) {
  const totals = phases.map(({ name, rows }) => sum(`all of ${name}`, rows))
  const step = sum('the whole step', totals)
  const isLarge = (row) => row.seconds > SMALL * step.seconds
  const cells = phases.flatMap(({ rows }, i) => {
    const rest = sum(
      'the rest',
      rows.filter((row) => !isLarge(row)),
    )
    const listed = [...rows.filter(isLarge), rest].filter((row) => row.seconds > 0)
    return [...listed, totals[i]].map((row) => cellsOf(row, reachable))
  })
  const rate = (reachable / 1e9).toFixed(0)
  return [
    `${title}, batch ${batchSize}, ${policy}: ${(seconds * 1e3).toFixed(1)} ms a step while each op is timed. The floor is the step's arithmetic at the ${rate} GFLOP/s that one large convolution reached in the same run.`,
    tableOf(HEAD, [...cells, cellsOf(step, reachable)]),
  ].join('\n\n')
}
