/** What every Node side of a benchmark shares: options, and the loop of serve.py's protocol. */
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import type { PolicyName } from '../../lib/policy'

export interface BenchOptions<Spec> {
  /** The networks, from programs.mjs. */
  readonly spec: Spec
  readonly batchSize: number
  readonly warmup: number
  readonly policy: PolicyName
  readonly form: string
}

/** One whole step; resolves to the losses, or to nothing where there are none. */
export type Run = () => Promise<readonly number[]>

/** Numbers of weights, moving statistics included; the driver compares the sides. */
export type Parameters = Readonly<Record<string, number>>

/** The options that run.mjs gives to every side. */
export function readOptions<Spec>(): BenchOptions<Spec> {
  const { values } = parseArgs({
    options: {
      spec: { type: 'string', default: '{}' },
      'batch-size': { type: 'string', default: '1' },
      warmup: { type: 'string', default: '2' },
      policy: { type: 'string', default: 'float32' },
      form: { type: 'string', default: 'plain' },
    },
  })
  return {
    spec: JSON.parse(values.spec) as Spec,
    batchSize: Number(values['batch-size']),
    warmup: Number(values.warmup),
    policy: values.policy as PolicyName,
    form: values.form,
  }
}

/** Seconds of each of `count` steps, and the losses of the last one. */
async function timed(run: Run, count: number): Promise<{ seconds: number[]; losses: number[] }> {
  const seconds: number[] = []
  let losses: readonly number[] = []
  for (let i = 0; i < count; i++) {
    const start = performance.now()
    losses = await run()
    seconds.push((performance.now() - start) / 1000)
  }
  if (!losses.every(Number.isFinite)) throw new Error(`a loss is not finite: ${String(losses)}`)
  return { seconds, losses: [...losses] }
}

/** Warms up, says what is running, answers the driver until it says quit. */
export async function serve(
  name: string,
  parameters: Parameters,
  run: Run,
  warmup: number,
): Promise<void> {
  await timed(run, warmup)
  console.log(JSON.stringify({ name, parameters }))
  console.log('ready')
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, count] = line.split(' ')
    if (command === 'quit') break
    if (command !== 'run') throw new Error(`unknown command: ${line}`)
    console.log(JSON.stringify(await timed(run, Number(count))))
  }
  // An open pipe would keep this process alive.
  process.stdin.destroy()
}
