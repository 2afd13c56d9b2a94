/** Means over items, with Keras's treatment of weights: keras/src/metrics/reduction_metrics.py. */
import { fail, optionsObject } from '../check'
import { SymbolicTensor } from '../graph/tensor'
import { sameRank } from '../losses/weighting'
import { callableClass } from '../layers/callable'
import { onesLike } from '../ops/create'
import { cast, constant } from '../ops/dtypes'
import { mul } from '../ops/math'
import { mean, sum } from '../ops/reduce'
import { Metric, type MetricOptions, type Sums } from './metric'

/** Axes first, first + 1, ... of a tensor. */
function axesFrom(first: number, x: SymbolicTensor): number[] {
  return Array.from({ length: Math.max(x.rank - first, 0) }, (_, i) => first + i)
}

function meanOver(x: SymbolicTensor, axes: readonly number[]): SymbolicTensor {
  return axes.length === 0 ? x : mean(x, axes)
}

/**
 * Total and count of the mean over items. The values of one item count as their mean. Weights are
 * for items, or for values, or anything between.
 */
export function meanStatistics(
  raw: SymbolicTensor,
  rawWeight?: SymbolicTensor,
): [SymbolicTensor, SymbolicTensor] {
  const values = cast(raw, 'float32')
  if (rawWeight === undefined) {
    const items = meanOver(values, axesFrom(1, values))
    return [sum(items), items.rank === 0 ? constant(1, 'float32') : sum(onesLike(items))]
  }
  const [left, right] = sameRank(values, cast(rawWeight, 'float32'))
  const reduced = meanOver(left, axesFrom(right.rank, left))
  const weight = mul(right, onesLike(reduced))
  const weighted = mul(reduced, weight)
  return [
    sum(meanOver(weighted, axesFrom(1, weighted))),
    sum(meanOver(weight, axesFrom(1, weight))),
  ]
}

/** A metric from targets and predictions: the mean of what it returns is reported. */
export type MetricFunction = (yTrue: SymbolicTensor, yPred: SymbolicTensor) => SymbolicTensor

/** Base of the metrics whose statistics are a total and a count. */
export abstract class WeightedMean extends Metric {
  override result([total, count]: Sums): number {
    const divisor = count?.[0] as number
    return divisor === 0 ? 0 : (total?.[0] as number) / divisor
  }
}

export class MeanClass extends WeightedMean {
  /** The mean of the first argument, weighted by the second. */
  override statistics(
    values: SymbolicTensor,
    sampleWeight?: SymbolicTensor,
  ): readonly SymbolicTensor[] {
    return meanStatistics(values, sampleWeight)
  }
}

/**
 * The mean of values, weighted where weights are given. Source:
 * https://keras.io/api/metrics/reduction_metrics/#mean-class
 *
 * @class
 * @example
 * const [total, count] = new metrics.Mean({ name: 'gap' }).statistics(values)
 */
export const Mean = callableClass('Mean', MeanClass)
export type Mean = MeanClass

export class MeanMetricWrapperClass extends WeightedMean {
  constructor(
    private readonly values: MetricFunction,
    options: MetricOptions = {},
  ) {
    if (typeof values !== 'function') {
      fail('MeanMetricWrapper', 'values', 'a function of targets and predictions', values)
    }
    super({ name: values.name || 'metric', ...optionsObject('MeanMetricWrapper', options) })
  }

  override statistics(
    yTrue: SymbolicTensor,
    yPred: SymbolicTensor,
    sampleWeight?: SymbolicTensor,
  ): readonly SymbolicTensor[] {
    const values: unknown = this.values(yTrue, yPred)
    if (!(values instanceof SymbolicTensor)) {
      fail(this.name, 'what the metric returns', 'a symbolic tensor', values)
    }
    return meanStatistics(values, sampleWeight)
  }
}

/**
 * The mean of what a function returns. `compile` wraps functions in it. Source:
 * https://keras.io/api/metrics/reduction_metrics/#meanmetricwrapper-class
 *
 * @class
 * @example
 * const metric = new metrics.MeanMetricWrapper((yTrue, yPred) => ops.abs(yPred), { name: 'size' })
 */
export const MeanMetricWrapper = callableClass('MeanMetricWrapper', MeanMetricWrapperClass)
export type MeanMetricWrapper = MeanMetricWrapperClass
