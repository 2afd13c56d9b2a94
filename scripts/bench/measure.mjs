/** Ours and the peers in turn in one run, so that a busy machine slows all alike. */
import { entryOf } from './entry.mjs'
import { summary, timeText } from './statistics.mjs'

/** A peer whose better trial turn is this much slower than the best one's has no further turns. */
const HOPELESS = 1.5
/** The first turn of a fresh process is often slower than all later ones, whatever the warm-up. */
const TRIALS = 2

export const isOurs = (side) => side.startsWith('gantorch')

/** Starts all one after the other, each with its trial turns; ends the peers that are far behind. */
async function qualify(row, entries) {
  for (const entry of entries) {
    try {
      await entry.start()
      const trials = row.kind === 'cold' ? 1 : TRIALS
      while (entry.turns.length < trials) await entry.turn()
      console.error(`${row.id} ${entry.side}: ${entry.turns.map(timeText).join(', ')}`)
    } catch (error) {
      entry.fail(error)
    }
    const peers = entries.filter(({ side, turns }) => !isOurs(side) && turns.length > 0)
    const best = Math.min(...peers.flatMap(({ turns }) => turns))
    const behind = peers.filter(({ turns }) => Math.min(...turns) > HOPELESS * best)
    await Promise.all(behind.map((peer) => peer.finish()))
  }
  return entries.filter(({ isFinished }) => !isFinished)
}

/** Further turns; who begins changes from round to round. The trials were a warm-up then. */
async function takeTurns(row, entries) {
  if (row.rounds === 1 || entries.length === 0) return
  for (const entry of entries) entry.turns = []
  for (let round = 0; round < row.rounds; round++) {
    const first = round % entries.length
    for (const entry of [...entries.slice(first), ...entries.slice(0, first)]) await entry.turn()
    const times = entries.map(({ side, turns }) => `${side} ${timeText(turns.at(-1))}`)
    console.error(`${row.id} round ${round + 1} of ${row.rounds}: ${times.join(', ')}`)
  }
}

/** All sides must train the same networks. */
function checkParameters(results) {
  const [first, ...others] = results
    .filter(({ parameters }) => parameters)
    .map(({ side, parameters }) => ({ side, counts: JSON.stringify(parameters) }))
  for (const { side, counts } of others) {
    if (counts === first.counts) continue
    throw new Error(`${first.side} has ${first.counts} parameters, ${side} has ${counts}`)
  }
}

/** For each side of ours: how often it fits into the best peer, turn by turn. */
function ratiosOf(row, results) {
  const done = results.filter(({ seconds }) => seconds)
  const measured = row.kind === 'memory' ? ({ peakMemory }) => [peakMemory] : ({ turns }) => turns
  const middle = (result) => summary(measured(result)).median
  const peers = done.filter(({ side }) => !isOurs(side))
  if (peers.length === 0) return []
  const best = peers.reduce((a, b) => (middle(b) < middle(a) ? b : a))
  return done
    .filter(({ side }) => isOurs(side))
    .map((ours) => {
      const [theirs, own] = [measured(best), measured(ours)]
      const ratios = theirs.slice(0, own.length).map((value, turn) => value / own[turn])
      return { side: ours.side, against: best.side, ...summary(ratios) }
    })
}

/** Measures a row: each side's turns, and in `ratios` how many times better ours is than the best peer. */
export async function measure(row) {
  const entries = row.sides.map((side) => entryOf(side, row))
  try {
    await takeTurns(row, await qualify(row, entries))
    for (const entry of entries) await entry.finish()
  } finally {
    for (const entry of entries) entry.kill()
  }
  const results = entries.map((entry) => entry.result())
  checkParameters(results)
  return { sides: results, ratios: ratiosOf(row, results) }
}
