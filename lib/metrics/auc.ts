/** Area under a curve of right and wrong answers over all thresholds. */
import { boolean, fail, isList, knownOptions, oneOf } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { callableClass } from '../layers/callable'
import { EPSILON } from '../losses/epsilon'
import { greater } from '../ops/compare'
import { cast } from '../ops/dtypes'
import { segmentSum } from '../ops/gather'
import { add, ceil, clip, maximum, mul, sub } from '../ops/math'
import { sigmoid } from '../ops/nn'
import { divideNoNan, labelled } from './confusion'
import { Metric, type MetricOptions, type Sums } from './metric'

const CURVES = ['ROC', 'PR', 'PRGAIN'] as const
const METHODS = ['interpolation', 'minoring', 'majoring'] as const

/** Options of {@link metrics.AUC}. */
export interface AUCOptions extends MetricOptions {
  /** Default 200, spread evenly over 0..1. */
  readonly numThresholds?: number
  /** Default 'ROC': right yes answers over wrong ones. 'PR': precision over recall. */
  readonly curve?: (typeof CURVES)[number]
  /** The height of each strip: of its middle (default), its lower or its higher side. */
  readonly summationMethod?: (typeof METHODS)[number]
  /** Thresholds of your own between 0 and 1, in place of `numThresholds`. */
  readonly thresholds?: readonly number[] | null
  /** Predictions are logits and not probabilities; default false. */
  readonly fromLogits?: boolean
}

const OPTIONS = ['name', 'numThresholds', 'curve', 'summationMethod', 'thresholds', 'fromLogits']

/** Inner thresholds, in rising order. */
function innerThresholds(options: AUCOptions): readonly number[] {
  const { numThresholds = 200 } = options
  const thresholds = options.thresholds ?? null
  if (thresholds === null) {
    if (!(Number.isSafeInteger(numThresholds) && numThresholds > 1)) {
      fail('AUC', 'numThresholds', 'an integer above 1', numThresholds)
    }
    return Array.from({ length: numThresholds - 2 }, (_, i) => (i + 1) / (numThresholds - 1))
  }
  const isShare = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1
  if (!isList(thresholds) || thresholds.length === 0 || !thresholds.every(isShare)) {
    fail('AUC', 'thresholds', 'a list of numbers from 0 to 1', thresholds)
  }
  return [...thresholds].sort((a, b) => a - b)
}

/** As Keras decides it: such thresholds are counted by rounding. */
function isEven(inner: readonly number[]): boolean {
  const all = [0, ...inner, 1]
  if (all.length < 3) return false
  return all.every((value, i) => {
    const even = i / (all.length - 1)
    return Math.abs(value - even) <= EPSILON + 1e-5 * even
  })
}

/** Right and wrong yes answers at each threshold, and how many targets are 1 and 0. */
interface Counts {
  readonly truePositives: readonly number[]
  readonly falsePositives: readonly number[]
  readonly positives: number
  readonly negatives: number
}

/** At threshold i stands what lies in buckets above i: it has passed more than i thresholds. */
function above(buckets: ArrayLike<number>): number[] {
  const totals: number[] = []
  let total = 0
  for (let i = buckets.length - 1; i > 0; i--) totals.push((total += buckets[i] as number))
  return totals.reverse()
}

function countsOf([right, wrong]: Sums): Counts {
  const total = (buckets: ArrayLike<number>): number =>
    Array.from(buckets).reduce((sum, value) => sum + value, 0)
  const [rightOnes, wrongOnes] = [right, wrong] as [ArrayLike<number>, ArrayLike<number>]
  return {
    truePositives: above(rightOnes),
    falsePositives: above(wrongOnes),
    positives: total(rightOnes),
    negatives: total(wrongOnes),
  }
}

/** Davis and Goadrich's interpolation: true positives are linear between two thresholds. */
function interpolatedPrecisionRecall(counts: Counts): number {
  const { truePositives: tp, falsePositives: fp, positives } = counts
  let area = 0
  for (let i = 0; i + 1 < tp.length; i++) {
    const [tp0, tp1] = [tp[i], tp[i + 1]] as [number, number]
    const [p0, p1] = [tp0 + (fp[i] as number), tp1 + (fp[i + 1] as number)]
    const slope = divideNoNan(tp0 - tp1, Math.max(p0 - p1, 0))
    const intercept = tp1 - slope * p1
    const ratio = p0 > 0 && p1 > 0 ? p0 / p1 : 1
    area += divideNoNan(slope * (tp0 - tp1 + intercept * Math.log(ratio)), positives)
  }
  return area
}

/** The points of a curve, one for each threshold. */
function curvePoints(curve: (typeof CURVES)[number], counts: Counts): [number, number][] {
  const { truePositives, falsePositives, positives, negatives } = counts
  const scale = divideNoNan(positives, negatives)
  return truePositives.map((tp, i) => {
    const fp = falsePositives[i] as number
    const recall = divideNoNan(tp, positives)
    if (curve === 'ROC') return [divideNoNan(fp, negatives), recall]
    if (curve === 'PR') return [recall, divideNoNan(tp, tp + fp)]
    if (tp === 0) return [0, 1]
    return [Math.max(1 - scale * divideNoNan(positives - tp, tp), 0), 1 - (scale * fp) / tp]
  })
}

const HEIGHTS = {
  interpolation: (a: number, b: number) => (a + b) / 2,
  minoring: Math.min,
  majoring: Math.max,
} as const

export class AUCClass extends Metric {
  private readonly inner: readonly number[]
  private readonly curve: (typeof CURVES)[number]
  private readonly summationMethod: (typeof METHODS)[number]
  private readonly fromLogits: boolean
  private readonly ownThresholds: boolean

  constructor(options: AUCOptions = {}) {
    knownOptions('AUC', options, OPTIONS)
    super({ name: options.name ?? 'auc' })
    const { curve = 'ROC', summationMethod = 'interpolation', fromLogits = false } = options
    this.curve = oneOf('AUC', 'curve', curve, CURVES)
    this.summationMethod = oneOf('AUC', 'summationMethod', summationMethod, METHODS)
    this.fromLogits = boolean('AUC', 'fromLogits', fromLogits)
    this.inner = innerThresholds(options)
    this.ownThresholds = (options.thresholds ?? null) !== null
  }

  /** How many thresholds each prediction lies above: the outer ones are -1e-7 and 1 + 1e-7. */
  private passed(prediction: SymbolicTensor): SymbolicTensor {
    const { inner } = this
    if (!this.ownThresholds || isEven(inner)) {
      const strips = inner.length + 1
      return maximum(ceil(mul(clip(prediction, 0, 1), strips)), 1)
    }
    return [-EPSILON, ...inner, 1 + EPSILON]
      .map((threshold) => cast(greater(prediction, threshold), 'float32'))
      .reduce((total, one) => add(total, one))
  }

  /** Targets of 1 and of 0 (or their weights), each by how many thresholds they pass. */
  override statistics(
    yTrue: SymbolicTensor,
    yPred: SymbolicTensor,
    sampleWeight?: SymbolicTensor,
  ): readonly SymbolicTensor[] {
    const scores = this.fromLogits ? sigmoid(cast(yPred, 'float32')) : yPred
    const { label, prediction, weight } = labelled(yTrue, scores, sampleWeight)
    const bucket = cast(this.passed(prediction), 'int32')
    return [label, sub(1, label)].map((counted) =>
      segmentSum(weight ? mul(counted, weight) : counted, bucket, this.inner.length + 3),
    )
  }

  override result(sums: Sums): number {
    const counts = countsOf(sums)
    const { curve, summationMethod } = this
    if (curve === 'PR' && summationMethod === 'interpolation') {
      return interpolatedPrecisionRecall(counts)
    }
    const points = curvePoints(curve, counts)
    const height = HEIGHTS[summationMethod]
    return points.slice(1).reduce((area, [x, y], i) => {
      const [x0, y0] = points[i] as [number, number]
      return area + (x0 - x) * height(y0, y)
    }, 0)
  }

  override getConfig(): Record<string, unknown> {
    const { inner, curve, summationMethod, fromLogits } = this
    const numThresholds = inner.length + 2
    const thresholds = this.ownThresholds ? { thresholds: inner } : {}
    const own = { numThresholds, curve, summationMethod, fromLogits, ...thresholds }
    return { ...super.getConfig(), ...own }
  }
}

/**
 * Area under the ROC or the precision-recall curve, from counts at a number of thresholds.
 * Source: https://keras.io/api/metrics/classification_metrics/#auc-class
 *
 * @class
 * @example
 * model.compile({ loss: 'bce', optimizer: 'adam', metrics: [new metrics.AUC({ curve: 'PR' })] })
 */
export const AUC = callableClass('AUC', AUCClass)
