import type { SymbolicTensor } from '../graph/tensor'
import { callableClass } from '../layers/callable'
import { sameRank } from '../losses/weighting'
import { cast } from '../ops/dtypes'
import { square, sub } from '../ops/math'
import { meanStatistics, WeightedMean } from './mean'
import type { MetricOptions, Sums } from './metric'

export class RootMeanSquaredErrorClass extends WeightedMean {
  constructor(options: MetricOptions = {}) {
    super({ name: 'root_mean_squared_error', ...options })
  }

  override statistics(
    yTrue: SymbolicTensor,
    yPred: SymbolicTensor,
    sampleWeight?: SymbolicTensor,
  ): readonly SymbolicTensor[] {
    const [y, p] = sameRank(cast(yTrue, 'float32'), cast(yPred, 'float32'))
    return meanStatistics(square(sub(p, y)), sampleWeight)
  }

  override result(sums: Sums): number {
    return Math.sqrt(super.result(sums))
  }
}

/**
 * Root of the mean of (y - p)^2.
 * Source: https://keras.io/api/metrics/regression_metrics/#rootmeansquarederror-class
 *
 * @class
 * @example
 * const metric = new metrics.RootMeanSquaredError()
 */
export const RootMeanSquaredError = callableClass('RootMeanSquaredError', RootMeanSquaredErrorClass)
