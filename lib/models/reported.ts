/** The numbers that training and evaluation report, over one batch or many. */
import type { NDArray } from '../array'
import { StateError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import { MetricSums, type Metric } from '../metrics'

/**
 * Numbers of one step: total loss, each output's loss (of several), metrics; by place, and by
 * name: `r[0]` is `r.loss`. Metrics stand in the order of outputs, then the weighted ones. (Keras 3
 * sorts those of several outputs by name.) The type parameters are names that are there, and names
 * that may be there, where those are known.
 */
export type BatchResult<
  Names extends string = string,
  MayBe extends string = never,
> = readonly number[] & { readonly loss: number } & (string extends Names | MayBe
    ? {
        /** Throws a StateError where the model was compiled without metrics: ['accuracy']. */
        readonly accuracy: number
      } & Readonly<Record<string, number>>
    : { readonly [K in Names]: number } & { readonly [K in MayBe]?: number })

/** Adds up what batches give. */
interface Accumulator {
  add(values: readonly NDArray[], items: number): void
  result(): number
}

/** One number to report. */
export interface Reported {
  readonly name: string
  /** Outputs of the program. */
  readonly values: readonly SymbolicTensor[]
  accumulator(): Accumulator
}

/** The mean of batches' losses, each counting as many times as it has items. */
class LossMean implements Accumulator {
  private total = 0
  private items = 0

  add([value]: readonly NDArray[], items: number): void {
    this.total += (value?.data[0] as number) * items
    this.items += items
  }

  result(): number {
    return this.total / this.items
  }
}

export function reportedLoss(name: string, value: SymbolicTensor): Reported {
  return { name, values: [value], accumulator: () => new LossMean() }
}

export function reportedMetric(
  name: string,
  metric: Metric,
  values: readonly SymbolicTensor[],
): Reported {
  return { name, values, accumulator: () => new MetricSums(metric) }
}

/** All reported numbers, over the batches that were added. */
export class Totals {
  private readonly accumulators: readonly Accumulator[]
  readonly names: readonly string[]

  constructor(readonly reported: readonly Reported[]) {
    this.accumulators = reported.map((each) => each.accumulator())
    this.names = reported.map(({ name }) => name)
  }

  /** Takes in what the program gave for one batch. */
  add(results: readonly NDArray[], items: number): void {
    let next = 0
    this.reported.forEach(({ values }, i) => {
      this.accumulators[i]?.add(results.slice(next, (next += values.length)), items)
    })
  }

  values(): number[] {
    return this.accumulators.map((each) => each.result())
  }

  /** The numbers by name, as callbacks get them. */
  logs(): Record<string, number> {
    const values = this.values()
    return Object.fromEntries(this.names.map((name, i) => [name, values[i] as number]))
  }
}

/** Numbers as a list that also has names; it can't be changed. */
export function namedResult(where: string, totals: Totals): BatchResult {
  const values = totals.values() as number[] & Record<string, number>
  const { names } = totals
  names.forEach((name, i) => (values[name] = values[i] as number))
  if (!names.includes('accuracy')) {
    Object.defineProperty(values, 'accuracy', missingAccuracy(where, totals))
  }
  return Object.freeze(values) as unknown as BatchResult
}

/** For all results of a step the same one: with one for each, V8 would make each a shape of its own. */
const missing = new WeakMap<readonly Reported[], { where: string; property: PropertyDescriptor }>()

function missingAccuracy(where: string, { reported, names }: Totals): PropertyDescriptor {
  const known = missing.get(reported)
  if (known?.where === where) return known.property
  const cure = names.length > 1 ? `; it has ${names.join(', ')}` : ''
  const property = {
    get(): never {
      throw new StateError(where, `has no accuracy: compile with metrics: ['accuracy']${cure}`)
    },
  }
  missing.set(reported, { where, property })
  return property
}
