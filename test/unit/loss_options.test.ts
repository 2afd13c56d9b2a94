/** What losses and metrics refuse: one message for each class of bad argument. */
import {
  ArgumentError,
  Input,
  Loss,
  losses,
  Metric,
  metrics,
  ShapeError,
  type SymbolicTensor,
} from '../../lib/index'
import { reducedLoss, resolveLoss } from '../../lib/losses'
import { resolveMetric } from '../../lib/metrics'

const wrong = (value: unknown): never => value as never
const y = Input({ shape: [4] })
const deep = Input({ shape: [3, 4] })

test.each<[() => unknown, string]>([
  [
    () => losses.Huber(wrong({ size: 1 })),
    "[Huber] unknown option 'size'; known are delta, reduction, name",
  ],
  [() => losses.Huber(wrong(2)), '[Huber] options must be an object, received 2'],
  [
    () => losses.Huber({ delta: wrong('1') }),
    '[Huber] delta must be a finite number, received "1"',
  ],
  [
    () => losses.MeanSquaredError({ reduction: wrong('all') }),
    "[MeanSquaredError] reduction must be one of 'sum_over_batch_size', 'mean', 'sum', 'mean_with_sample_weight', 'none', received \"all\"",
  ],
  [
    () => losses.MeanSquaredError({ name: '' }),
    '[MeanSquaredError] name must be a non-empty string, received ""',
  ],
  [
    () => losses.BinaryCrossentropy({ fromLogits: wrong(1) }),
    '[BinaryCrossentropy] fromLogits must be true or false, received 1',
  ],
  [
    () => losses.BinaryCrossentropy({ labelSmoothing: 2 }),
    '[BinaryCrossentropy] labelSmoothing must be a number from 0 to 1, received 2',
  ],
  [
    () => losses.CosineSimilarity({ axis: 0.5 }),
    '[CosineSimilarity] axis must be an integer, received 0.5',
  ],
  [
    () => losses.CategoricalFocalCrossentropy({ alpha: [] }),
    '[CategoricalFocalCrossentropy] alpha must be a number or a list of numbers, received []',
  ],
  [
    () => losses.SparseCategoricalCrossentropy({ ignoreClass: 0.5 }),
    '[SparseCategoricalCrossentropy] ignoreClass must be an integer or null, received 0.5',
  ],
  [
    () => losses.huber(y, y, wrong({ size: 1 })),
    "[losses.huber] unknown option 'size'; known are delta",
  ],
  [
    () => resolveLoss('m', { className: 'Huber', config: { delta: true } }),
    '[Huber] delta must be a finite number, received true',
  ],
  [
    () => metrics.BinaryAccuracy({ threshold: wrong('1') }),
    '[BinaryAccuracy] threshold must be a finite number, received "1"',
  ],
  [
    () => metrics.TopKCategoricalAccuracy({ k: 0 }),
    '[TopKCategoricalAccuracy] k must be a positive integer, received 0',
  ],
  [() => metrics.Mean(wrong({ axis: 1 })), "[Mean] unknown option 'axis'; known are name"],
  [() => metrics.Mean({ name: wrong(1) }), '[Mean] name must be a non-empty string, received 1'],
  [
    () => metrics.AUC({ numThresholds: 1 }),
    '[AUC] numThresholds must be an integer above 1, received 1',
  ],
  [
    () => metrics.AUC({ thresholds: [0.5, 2] }),
    '[AUC] thresholds must be a list of numbers from 0 to 1, received [0.5, 2]',
  ],
  [
    () => metrics.AUC({ curve: wrong('roc curve') }),
    "[AUC] curve must be one of 'ROC', 'PR', 'PRGAIN', received \"roc curve\"",
  ],
  [
    () => metrics.AUC({ summationMethod: wrong('middle') }),
    "[AUC] summationMethod must be one of 'interpolation', 'minoring', 'majoring', received \"middle\"",
  ],
  [
    () => metrics.Precision({ thresholds: wrong([0.2, 0.7]) }),
    '[Precision] thresholds must be one number from 0 to 1 (make a metric for each of several), received [0.2, 0.7]',
  ],
  [() => metrics.Recall({ topK: 0 }), '[Recall] topK must be a positive integer, received 0'],
  [
    () => metrics.Recall({ classId: -1 }),
    '[Recall] classId must be a non-negative integer, received -1',
  ],
  [
    () => metrics.MeanMetricWrapper(wrong(() => 1)).statistics(y, y),
    '[metric] what the metric returns must be a symbolic tensor, received 1',
  ],
  [
    () =>
      reducedLoss(
        'm',
        wrong(() => 1),
        y,
        y,
      ),
    '[m] what the loss returns must be a symbolic tensor, received 1',
  ],
  [
    () => losses.sparseCategoricalCrossentropy(Input({ shape: [3] }), deep, { axis: 1 }),
    '[losses.sparseCategoricalCrossentropy] axis must be the last one of (None, 3, 4), received 1',
  ],
])('argument %#', (act, message) => {
  expect(act).toThrow(ArgumentError)
  expect(act).toThrow(new Error(message))
})

test.each<[() => unknown, string]>([
  [
    () => reducedLoss('m', losses.meanSquaredError, Input({ shape: [1] }), y),
    '[m] targets (None, 1) must have the shape of the predictions (None, 4)',
  ],
  [
    () => losses.sparseCategoricalCrossentropy(y, deep),
    '[losses.classNumbers] targets (None, 4) must have the shape of the predictions (None, 3, 4) without the last axis',
  ],
])('shape %#', (act, message) => {
  expect(act).toThrow(ShapeError)
  expect(act).toThrow(new Error(message))
})

describe("losses and metrics of one's own", () => {
  class Quartic extends Loss {
    readonly power = 4
    override call(yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor {
      return losses.meanSquaredError(yTrue, yPred)
    }
  }

  test('a loss is a function, with the name of its class', () => {
    const loss = new Quartic({ reduction: 'sum' })
    expect([loss.name, loss.reduction, loss.power]).toEqual(['quartic', 'sum', 4])
    expect(loss).toBeInstanceOf(Loss)
    expect(resolveLoss('m', loss)).toBe(loss)
    expect(loss(y, y).shape).toEqual([])
    expect(() => new Quartic(wrong({ delta: 1 }))).toThrow(
      "[Quartic] unknown option 'delta'; known are reduction, name",
    )
  })

  test('a metric is taken as it is', () => {
    class Size extends Metric {
      override statistics(_yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor[] {
        return [losses.meanAbsoluteError(yPred, yPred)]
      }
      override result(): number {
        return 7
      }
    }
    const size = new Size()
    expect(resolveMetric('m', size, y)).toEqual({ name: 'size', metric: size })
    expect(size.getConfig()).toEqual({ name: 'size' })
  })

  test('classes work without new and give their options back', () => {
    expect(losses.BinaryCrossentropy({ labelSmoothing: 0.1 }).getConfig()).toEqual({
      ...{ name: 'binary_crossentropy', reduction: 'sum_over_batch_size' },
      ...{ fromLogits: false, labelSmoothing: 0.1, axis: -1 },
    })
    expect(metrics.Recall({ topK: 2 }).getConfig()).toEqual({
      ...{ name: 'recall', thresholds: null, topK: 2, classId: null },
    })
    // As Python's JSON writes it: null where nothing was given.
    const config = { name: 'sparse', ignoreClass: null, fromLogits: null }
    const sparse = losses.SparseCategoricalCrossentropy(wrong(config))
    expect(sparse.getConfig()).toMatchObject({ ignoreClass: null, fromLogits: false })
  })
})
