/**
 * Metric: numbers that tell how good predictions are. Sums over a batch are computed by a program,
 * the result from sums on the host, so that one description serves a batch and a whole data set.
 */
import type { NDArray } from '../array'
import { knownOptions, nonEmptyString } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { snakeCase } from '../layers/names'

/** Options of every metric. */
export interface MetricOptions {
  /** Under which the result is reported; default: Keras's name of the class. */
  readonly name?: string
}

/** Statistics as numbers, each in row-major order. */
export type Sums = readonly ArrayLike<number>[]

/**
 * Base of all metrics. A metric of your own extends it. Source: https://keras.io/api/metrics/
 *
 * @example
 * class Share extends Metric {
 *   override statistics(yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor[] {
 *     return [ops.sum(yPred), ops.sum(yTrue)]
 *   }
 *   override result([predicted, wanted]: metrics.Sums): number {
 *     return predicted[0] / wanted[0]
 *   }
 * }
 */
export abstract class Metric {
  readonly name: string

  constructor(options: MetricOptions = {}) {
    const where = new.target.name
    knownOptions(where, options, ['name'])
    const { name = snakeCase(where) } = options
    nonEmptyString(where, 'name', name)
    this.name = name
  }

  /**
   * Sums over one batch, float32 of any shape. They are additive: those of two batches, added
   * element by element, are those of both together. Always equally many.
   */
  abstract statistics(
    yTrue: SymbolicTensor,
    yPred: SymbolicTensor,
    sampleWeight?: SymbolicTensor,
  ): readonly SymbolicTensor[]

  /** The metric from the sums of a batch, or of many added up. */
  abstract result(sums: Sums): number

  /** The options that make an equal metric. */
  getConfig(): Record<string, unknown> {
    return { name: this.name }
  }
}

/** Adds up the statistics of batches, in float64. */
export class MetricSums {
  private sums: Float64Array[] | undefined

  constructor(readonly metric: Metric) {}

  /** Takes in one batch. */
  add(statistics: readonly NDArray[]): void {
    this.sums ??= statistics.map(({ size }) => new Float64Array(size))
    this.sums.forEach((sum, i) => {
      statistics[i]?.data.forEach((value: number, at: number) => {
        sum[at] = (sum[at] as number) + value
      })
    })
  }

  /** The metric over all batches since the start or the last `reset`; NaN where there were none. */
  result(): number {
    return this.sums ? this.metric.result(this.sums) : NaN
  }

  /** Forgets what was added up. */
  reset(): void {
    this.sums = undefined
  }
}
