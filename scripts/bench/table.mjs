/** A result as text for the terminal, and all results as the tables of docs/benchmarks.md. */
import { isOurs } from './measure.mjs'
import { missing } from './sides.mjs'
import { profileText } from './profile_table.mjs'
import { tableOf, timeText } from './statistics.mjs'
import { familyNames } from './rows.mjs'

/** How a row's numbers are read: per second where more is better, else a time or gigabytes. */
function valueOf(row, side) {
  if (side.error) return 'fails'
  if (row.kind === 'memory') return `${(side.peakMemory / 1e9).toFixed(2)} GB`
  if (row.unit === 'time') return timeText(side.seconds.median)
  const rate = row.batchSize / side.seconds.median
  return `${rate.toFixed(rate < 100 ? 1 : 0)} images/s`
}

const times = ({ median, low, high }) =>
  `${median.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`

function titleOf(row) {
  const threads = row.threads ? `, ${row.threads} thread${row.threads > 1 ? 's' : ''}` : ''
  return `${row.title}, batch ${row.batchSize}, ${row.policy}${threads}`
}

function machineText({ cpu, cores, features, gigabytes, system, node }) {
  return `${cpu}, ${cores} cores (${features.join(', ')}), ${gigabytes} GB, ${system}, Node ${node}`
}

const nameOf = ({ side, name }) => (name && !isOurs(side) ? name : side)

/** One row for the terminal. */
export function textOf(row) {
  const width = Math.max(...row.sides.map((side) => nameOf(side).length))
  const lines = row.sides.map((side) => {
    const turns =
      side.error ??
      `${timeText(side.seconds.low)} to ${timeText(side.seconds.high)}, ${side.turns.length} turns`
    return `${nameOf(side).padEnd(width)}  ${valueOf(row, side).padStart(14)}  ${turns}; ${side.settings}`
  })
  const ratios = row.ratios.map(
    (ratio) => `${ratio.side} is ${times(ratio)} times ${ratio.against}`,
  )
  const parameters = JSON.stringify(row.sides.find((side) => side.parameters)?.parameters)
  return [
    '',
    titleOf(row),
    machineText(row.machine),
    `${row.rounds} rounds of ${row.steps} steps in turn; parameters of each side ${parameters}`,
    '',
    ...lines,
    ...ratios,
  ].join('\n')
}

/** Which machine a row was measured on; nothing where all were measured on one. */
function machineNote({ machine }, machines) {
  return machines.length > 1 ? `, machine ${machines.indexOf(machineText(machine)) + 1}` : ''
}

/** The main table: a row of the issue each, the best peer named, bar and goal beside the ratio. */
function mainTable(rows, machines) {
  const cells = rows.flatMap((row) =>
    row.sides
      .filter(({ side }) => isOurs(side))
      .map((ours) => {
        const ratio = row.ratios.find(({ side }) => side === ours.side)
        const best = row.sides.find(({ side }) => side === ratio?.against)
        return [
          `${titleOf(row)}${machineNote(row, machines)}`,
          `${valueOf(row, ours)} (${ours.settings})`,
          best ? `${nameOf(best)}: ${valueOf(row, best)}` : '',
          ratio ? times(ratio) : '',
          `${row.bar} / ${row.goal}`,
        ]
      }),
  )
  return tableOf(['work', 'gantorch', 'best peer', 'ratio (range)', 'bar / goal'], cells)
}

/** Every side of every row; one that was far behind the best had one turn. */
function allSides(rows) {
  const cells = rows.flatMap((row) =>
    row.sides.map((side) => [
      row.id,
      nameOf(side),
      side.settings,
      valueOf(row, side),
      side.error ?? `${timeText(side.seconds.low)} to ${timeText(side.seconds.high)}`,
      side.error ? '' : `${side.turns.length}`,
      side.error ? '' : `${(side.peakMemory / 1e9).toFixed(2)} GB`,
    ]),
  )
  return tableOf(
    ['row', 'side', 'settings', 'median', 'time of a step', 'turns', 'peak memory'],
    cells,
  )
}

function sweepTable(rows, machines) {
  const names = [...new Set(rows.flatMap((row) => row.sides.map(nameOf)))]
  const cells = rows.map((row) => [
    `${row.point}`,
    ...names.map((name) => {
      const side = row.sides.find((candidate) => nameOf(candidate) === name)
      return side ? valueOf(row, side) : ''
    }),
    row.ratios.map(times).join('; '),
  ])
  return `${rows[0].title}${machineNote(rows[0], machines)}:\n\n${tableOf(['', ...names, 'ratio (range)'], cells)}`
}

/** The sections of docs/benchmarks.md by the name of their marks. */
export function sectionsOf(results) {
  const inOrder = familyNames.map((family) =>
    results
      .filter((row) => row.family === family)
      .sort(
        (a, b) =>
          a.policy.localeCompare(b.policy) || (a.point ?? a.batchSize) - (b.point ?? b.batchSize),
      ),
  )
  const isSweep = (rows) => rows[0]?.kind === 'sweep'
  const main = inOrder.filter((rows) => !isSweep(rows)).flat()
  const machines = [...new Set(results.map(({ machine }) => machineText(machine)))]
  const reasons = Object.entries(missing).map(([peer, reason]) => `- ${peer}: ${reason}`)
  return {
    machine: machines.map((text, i) => `${i + 1}. ${text}`).join('\n'),
    results: mainTable(main, machines),
    sweeps: inOrder
      .filter(isSweep)
      .map((rows) => sweepTable(rows, machines))
      .join('\n\n'),
    sides: allSides(main),
    profiles: results
      .filter(({ kind }) => kind === 'profile')
      .map(profileText)
      .join('\n\n'),
    missing: reasons.join('\n'),
  }
}
