/** What is counted by truth and answer: keras/src/metrics/metrics_utils.py. */
import { fail, isList, knownOptions, nonNegativeInteger, positiveInteger } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { callableClass } from '../layers/callable'
import { sameRank } from '../losses/weighting'
import { equal, greater, less, logicalAnd, logicalOr, notEqual, where } from '../ops/compare'
import { arange } from '../ops/create'
import { cast } from '../ops/dtypes'
import { take } from '../ops/gather'
import { mul, sub } from '../ops/math'
import { sum } from '../ops/reduce'
import { expandDims } from '../ops/shape'
import { Metric, type MetricOptions, type Sums } from './metric'

/** Below every prediction that counts. */
const NEGATIVE = -1e10

/** Targets as 0 and 1, predictions, and weights that broadcast to both; all float32. */
export interface Labelled {
  readonly label: SymbolicTensor
  readonly prediction: SymbolicTensor
  readonly weight: SymbolicTensor | undefined
}

export function labelled(
  yTrue: SymbolicTensor,
  yPred: SymbolicTensor,
  sampleWeight?: SymbolicTensor,
): Labelled {
  const [prediction, targets] = sameRank(cast(yPred, 'float32'), cast(yTrue, 'float32'))
  const wide = sampleWeight && expandDims(cast(sampleWeight, 'float32'), -1)
  return {
    label: cast(notEqual(targets, 0), 'float32'),
    prediction,
    weight: wide && sameRank(targets, wide, false)[1],
  }
}

export function divideNoNan(a: number, b: number): number {
  return b === 0 ? 0 : a / b
}

/** Predictions that are not among the k largest of their item (first ones first) become negative. */
function bestOnly(prediction: SymbolicTensor, k: number): SymbolicTensor {
  const [own, others] = [expandDims(prediction, -1), expandDims(prediction, -2)]
  const places = arange(prediction.shape.at(-1) as number)
  const isBefore = logicalAnd(equal(others, own), less(places, expandDims(places, -1)))
  const ahead = sum(cast(logicalOr(greater(others, own), isBefore), 'float32'), -1)
  return where(less(ahead, k), prediction, NEGATIVE)
}

/** Options of {@link metrics.Precision} and {@link metrics.Recall}. */
export interface ThresholdOptions extends MetricOptions {
  /** From 0 to 1; a prediction above counts as yes. Default 0.5, and none with `topK`. */
  readonly thresholds?: number | readonly [number] | null
  /** Only the k largest predictions of an item can count as yes. */
  readonly topK?: number | null
  /** Only this class is looked at: an index into the last axis. */
  readonly classId?: number | null
}

function oneThreshold(where: string, value: unknown, otherwise: number): number {
  if (value === null) return otherwise
  const list: readonly unknown[] = isList(value) ? value : [value]
  const [only] = list
  // Keras gives a list of results for several; a metric here is one number.
  if (list.length !== 1 || typeof only !== 'number' || !(only >= 0 && only <= 1)) {
    fail(where, 'thresholds', 'one number from 0 to 1 (make a metric for each of several)', value)
  }
  return only
}

/** Right answers, and the wrong ones of one kind, at a threshold. */
export abstract class RightAndWrong extends Metric {
  private readonly threshold: number
  private readonly options: Required<Omit<ThresholdOptions, 'name'>>

  constructor(given: ThresholdOptions = {}) {
    const at = new.target.name
    knownOptions(at, given, ['name', 'thresholds', 'topK', 'classId'])
    super({ name: given.name })
    const { thresholds = null, topK = null, classId = null } = given
    if (topK !== null) positiveInteger(at, 'topK', topK)
    if (classId !== null) nonNegativeInteger(at, 'classId', classId)
    this.threshold = oneThreshold(at, thresholds, topK === null ? 0.5 : NEGATIVE)
    this.options = { thresholds, topK, classId }
  }

  /** The wrong answers that count, from the target and the answer. */
  protected abstract wrong(label: SymbolicTensor, answer: SymbolicTensor): SymbolicTensor

  override statistics(
    yTrue: SymbolicTensor,
    yPred: SymbolicTensor,
    sampleWeight?: SymbolicTensor,
  ): readonly SymbolicTensor[] {
    const all = labelled(yTrue, yPred, sampleWeight)
    const { topK, classId } = this.options
    const best = topK === null ? all.prediction : bestOnly(all.prediction, topK)
    const ofClass = (x: SymbolicTensor): SymbolicTensor =>
      classId === null ? x : take(x, [classId], -1)
    const label = ofClass(all.label)
    const answer = cast(greater(ofClass(best), this.threshold), 'float32')
    const weighted = (x: SymbolicTensor): SymbolicTensor => sum(all.weight ? mul(x, all.weight) : x)
    return [weighted(mul(label, answer)), weighted(this.wrong(label, answer))]
  }

  override result([right, wrong]: Sums): number {
    const count = right?.[0] as number
    return divideNoNan(count, count + (wrong?.[0] as number))
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), ...this.options }
  }
}

export class PrecisionClass extends RightAndWrong {
  protected override wrong(label: SymbolicTensor, answer: SymbolicTensor): SymbolicTensor {
    return mul(sub(1, label), answer)
  }
}

/**
 * Share of the yes answers that are right; 0 where there are none.
 * Source: https://keras.io/api/metrics/classification_metrics/#precision-class
 *
 * @class
 * @example
 * const metric = new metrics.Precision({ thresholds: 0.7 })
 */
export const Precision = callableClass('Precision', PrecisionClass)

export class RecallClass extends RightAndWrong {
  protected override wrong(label: SymbolicTensor, answer: SymbolicTensor): SymbolicTensor {
    return mul(label, sub(1, answer))
  }
}

/**
 * Share of the targets of 1 that are answered by yes; 0 where there are none.
 * Source: https://keras.io/api/metrics/classification_metrics/#recall-class
 *
 * @class
 * @example
 * const metric = new metrics.Recall({ topK: 1, classId: 2 })
 */
export const Recall = callableClass('Recall', RecallClass)
