/**
 * What one call of a small model costs, in microseconds: Dense(16) - Dense(1), batch 1, Adam.
 * Another checkout, built and with its dist/, is measured in turn with this one.
 *
 *   npx tsx scripts/bench/overhead.ts [--against FOLDER] [--rounds 5] [--calls 4000]
 *
 * `javascript`: all but native code, which is replaced by a promise that is settled already.
 * `native`: one of many runs that are queued at once, on the runtime's thread. `between`: the rest,
 * which is what handing a job over to that thread and its results back costs.
 */
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Program as NativeProgram } from '../../binding'

type Gantorch = typeof import('../../lib')
type NativeModule = typeof import('../../lib/native')

interface Costs {
  readonly call: number
  readonly javascript: number
  readonly native: number
}

const METHODS = ['trainOnBatch', 'testOnBatch', 'predict'] as const
type Report = Readonly<Record<(typeof METHODS)[number], Costs>>

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] as number
}

/** Microseconds a call, the median of ten parts, so that a pause of the machine does not count. */
async function timed(calls: number, part: (count: number) => Promise<void>): Promise<number> {
  const count = Math.ceil(calls / 10)
  const times: number[] = []
  for (let i = 0; i < 10; i++) {
    const start = performance.now()
    await part(count)
    times.push(((performance.now() - start) / count) * 1000)
  }
  return median(times)
}

function methodsOf({ Sequential, Dense, Adam, NDArray }: Gantorch): (() => Promise<unknown>)[] {
  const model = new Sequential()
  model.add(Dense(16, { activation: 'relu', inputDim: 8 }))
  model.add(Dense(1, { activation: 'sigmoid' }))
  const optimizer = new Adam(0.001)
  model.compile({ loss: 'binary_crossentropy', optimizer, metrics: ['accuracy'] })
  const [x, y] = [NDArray.ones([1, 8]), NDArray.ones([1, 1])]
  return [() => model.trainOnBatch(x, y), () => model.testOnBatch(x, y), () => model.predict(x)]
}

type Run = NativeProgram['run']

/** Stands between `lib` and native code: it can do nothing in its place, and repeats its last run. */
class Tap {
  isOpen = true
  again: () => Promise<void> = () => Promise.resolve()

  constructor(addon: { Program: typeof NativeProgram }) {
    const settled = Promise.resolve()
    const pass = (run: Run, args: Parameters<Run>): Promise<void> => {
      if (this.isOpen) return run(...args)
      this.again = () => run(...args)
      return settled
    }
    const Native = addon.Program
    addon.Program = class extends Native {
      override run(...args: Parameters<Run>): Promise<void> {
        return pass((...given) => super.run(...given), args)
      }
    }
  }
}

async function costsOf(method: () => Promise<unknown>, tap: Tap, calls: number): Promise<Costs> {
  const awaited = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await method()
  }
  await awaited(calls)
  const call = await timed(calls, awaited)
  tap.isOpen = false
  await awaited(calls)
  const javascript = await timed(calls, awaited)
  tap.isOpen = true
  const queued = async (count: number): Promise<void> => {
    await Promise.all(Array.from({ length: count }, () => tap.again()))
  }
  return { call, javascript, native: await timed(calls, queued) }
}

async function measure(root: string, calls: number): Promise<Report> {
  const gantorch = (await import(join(root, 'dist/index.js'))) as Gantorch
  const { native } = (await import(join(root, 'lib/native.ts'))) as NativeModule
  const tap = new Tap(native())
  const methods = methodsOf(gantorch)
  const costs: Costs[] = []
  for (const method of methods) costs.push(await costsOf(method, tap, calls))
  const entries = METHODS.map((name, i) => [name, costs[i] as Costs] as const)
  return Object.fromEntries(entries) as unknown as Report
}

/** In a process of its own, so that neither version warms up the other. */
function measured(root: string, calls: string): Report {
  const args = ['--import', 'tsx', __filename, '--measure', root, '--calls', calls]
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`measuring ${root} failed`)
  return JSON.parse(stdout) as Report
}

function row(name: string, costs: readonly Costs[]): string {
  const of = (key: keyof Costs): number => median(costs.map((each) => each[key]))
  const [call, javascript, native] = [of('call'), of('javascript'), of('native')]
  const numbers = [call, javascript, call - javascript - native, native]
  return [name.padEnd(24), ...numbers.map((value) => value.toFixed(1).padStart(10))].join(' ')
}

function compare(roots: readonly string[], rounds: number, calls: string): void {
  const reports: Report[][] = roots.map(() => [])
  for (let round = 0; round < rounds; round++) {
    roots.forEach((root, i) => reports[i]?.push(measured(root, calls)))
  }
  console.log(`${''.padEnd(24)} ${'call javascript    between     native'.padStart(43)}`)
  for (const method of METHODS) {
    const costs = reports.map((list) => list.map((report) => report[method]))
    costs.forEach((each, i) => console.log(row(i === 0 ? method : '  the other', each)))
    if (costs.length < 2) continue
    const [own, other] = costs as [Costs[], Costs[]]
    const ratios = own.map(({ call }, round) => (other[round] as Costs).call / call)
    console.log(`  ${median(ratios).toFixed(2)} times as fast as the other`)
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      against: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      calls: { type: 'string', default: '4000' },
      measure: { type: 'string' },
    },
  })
  if (values.measure !== undefined) {
    console.log(JSON.stringify(await measure(values.measure, Number(values.calls))))
    return
  }
  const own = resolve(__dirname, '..', '..')
  const roots = values.against === undefined ? [own] : [own, resolve(values.against)]
  compare(roots, Number(values.rounds), values.calls)
}

void main()
