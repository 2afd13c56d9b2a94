/** What training makes small, and what it reports. */
import { ArgumentError } from '../errors'
import { withScope } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { reducedLoss } from '../losses'
import { cast } from '../ops/dtypes'
import { add, mul } from '../ops/math'
import { sum } from '../ops/reduce'
import type { Compiled, CompiledOutput } from './compile'
import { reportedLoss, reportedMetric, type Reported } from './reported'

/** Placeholders of one step for each output; undefined where nothing is given. */
export interface Placeholders {
  readonly targets: readonly (SymbolicTensor | undefined)[]
  readonly weights: readonly (SymbolicTensor | undefined)[]
}

export interface Objective {
  readonly total: SymbolicTensor
  readonly reported: readonly Reported[]
}

/**
 * The total is the outputs' losses times their factors, the penalties of the trained weights, and
 * what layers added. `added` is read last, since losses may call layers.
 */
export function objective(
  compiled: Compiled,
  outputs: readonly SymbolicTensor[],
  given: Placeholders,
  added: readonly SymbolicTensor[],
): Objective {
  const { label } = compiled.model
  const losses = outputLosses(compiled, outputs, given)
  const metrics = outputMetrics(compiled, outputs, given)
  const parts = losses.map(({ value, factor }) =>
    factor === undefined ? value : mul(value, factor),
  )
  const penalties = withScope(`${label} regularizer`, () =>
    compiled
      .trainedWeights()
      .flatMap(({ regularizer, leaf }) => (regularizer ? [regularizer.penalty(leaf)] : [])),
  )
  const all = [...parts, ...[...penalties, ...added].map(asScalar)]
  const [first, ...others] = all
  if (!first) {
    throw new ArgumentError(
      `${label} compile`,
      'there is nothing to minimise: no output has a loss and no layer adds one',
    )
  }
  const total = others.reduce((partial, value) => add(partial, value), first)
  const each = losses.length > 1 ? losses : []
  const numbers = [{ name: 'loss', value: total }, ...each]
  const reported = [...numbers.map(({ name, value }) => reportedLoss(name, value)), ...metrics]
  return { total, reported }
}

function asScalar(value: SymbolicTensor): SymbolicTensor {
  const number = cast(value, 'float32')
  return number.rank === 0 ? number : sum(number)
}

interface OutputLoss {
  readonly name: string
  /** As reported, before `factor`. */
  readonly value: SymbolicTensor
  readonly factor: number | undefined
}

function outputLosses(
  compiled: Compiled,
  outputs: readonly SymbolicTensor[],
  { targets, weights }: Placeholders,
): OutputLoss[] {
  const where = `${compiled.model.label} loss`
  return compiled.outputs.flatMap(({ name, loss, lossWeight }, i) => {
    if (!loss) return []
    const [target, output] = [targets[i] as SymbolicTensor, outputs[i] as SymbolicTensor]
    const value = withScope(where, () => reducedLoss(where, loss, target, output, weights[i]))
    return [{ name: `${name}_loss`, value, factor: lossWeight }]
  })
}

/** Metrics of all outputs, then weighted metrics of all outputs, under Keras 3's names. */
function outputMetrics(
  compiled: Compiled,
  outputs: readonly SymbolicTensor[],
  { targets, weights }: Placeholders,
): Reported[] {
  const { label } = compiled.model
  const taken = new Set<string>()
  const reported = (kind: 'metrics' | 'weightedMetrics'): Reported[] =>
    compiled.outputs.flatMap((output, i) =>
      output[kind].map(({ name, metric }) => {
        const weight = kind === 'weightedMetrics' ? weights[i] : undefined
        const values = withScope(`${label} ${name}`, () =>
          metric.statistics(targets[i] as SymbolicTensor, outputs[i] as SymbolicTensor, weight),
        )
        const prefix = compiled.outputs.length > 1 ? `${output.name}_` : ''
        return reportedMetric(freeName(taken, prefix, name, kind), metric, values)
      }),
    )
  return [...reported('metrics'), ...reported('weightedMetrics')]
}

/** accuracy, accuracy_1, ...; of weighted ones accuracy, weighted_accuracy, ... */
function freeName(
  taken: Set<string>,
  prefix: string,
  own: string,
  kind: keyof Pick<CompiledOutput, 'metrics' | 'weightedMetrics'>,
): string {
  const stem = kind === 'weightedMetrics' && taken.has(prefix + own) ? `weighted_${own}` : own
  let name = prefix + stem
  for (let i = 1; taken.has(name); i++) name = `${prefix}${stem}_${i}`
  taken.add(name)
  return name
}
