/**
 * What random numbers on the host cost, in nanoseconds a number: the first million of a process, while
 * nothing is optimised yet, and later ones. Another checkout with its dist/ is measured in turn.
 *
 *   npx tsx scripts/bench/random.ts [--against FOLDER] [--rounds 3]
 */
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

type Random = typeof import('../../lib/random')
type Costs = Readonly<Record<string, readonly [first: number, later: number]>>

const COUNT = 1_000_000

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] as number
}

async function measure(root: string): Promise<Costs> {
  const { Generator } = (await import(join(root, 'lib/random.ts'))) as Random
  const generator = new Generator(1)
  const draws: Readonly<Record<string, () => unknown>> = {
    uniform: () => generator.uniform(-1, 1, COUNT),
    normal: () => generator.normal(0, 1, COUNT),
    randint: () => generator.randint(0, 256, COUNT),
    permutation: () => generator.permutation(COUNT),
  }
  const timed = (draw: () => unknown): number => {
    const start = performance.now()
    draw()
    return ((performance.now() - start) * 1e6) / COUNT
  }
  const costs = Object.entries(draws).map(([name, draw]) => {
    const times = Array.from({ length: 6 }, () => timed(draw))
    return [name, [times[0] as number, median(times.slice(1))] as const] as const
  })
  return Object.fromEntries(costs)
}

/** In a process of its own, so that neither version warms up the other. */
function measured(root: string): Costs {
  const args = ['--import', 'tsx', __filename, '--measure', root]
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`measuring ${root} failed`)
  return JSON.parse(stdout) as Costs
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      against: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      measure: { type: 'string' },
    },
  })
  if (values.measure !== undefined) {
    console.log(JSON.stringify(await measure(values.measure)))
    return
  }
  const own = resolve(__dirname, '..', '..')
  const roots = values.against === undefined ? [own] : [own, resolve(values.against)]
  const rounds = Array.from({ length: Number(values.rounds) }, () => roots.map(measured))
  console.log(`${''.padEnd(24)} ${'first'.padStart(8)} ${'later'.padStart(8)}  ns a number`)
  for (const name of Object.keys(rounds[0]?.[0] ?? {})) {
    const of = (root: number, time: 0 | 1): number[] =>
      rounds.map((reports) => (reports[root] as Costs)[name]?.[time] as number)
    roots.forEach((_, root) => {
      const [first, later] = ([0, 1] as const).map((time) => median(of(root, time)).toFixed(1))
      const title = root === 0 ? name : '  the other'
      console.log(`${title.padEnd(24)} ${first?.padStart(8)} ${later?.padStart(8)}`)
    })
    if (roots.length < 2) continue
    const ratios = ([0, 1] as const).map((time) =>
      median(of(1, time).map((other, round) => other / (of(0, time)[round] as number))).toFixed(2),
    )
    console.log(`  ${ratios.join(' and ')} times as fast as the other`)
  }
}

void main()
