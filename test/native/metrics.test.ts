/** Metrics against Keras, after each of several batches, with and without weights. */
import { metrics, NDArray, type Metric, type SymbolicTensor } from '../../lib/index'
import { MetricSums, resolveMetric, serializeMetric } from '../../lib/metrics'
import { readReference, type Json, type ReferenceCase } from '../reference/read'
import { covers } from './coverage'
import { evaluate } from './evaluate'
import { expectClose } from './tolerance'

type Options = Readonly<Record<string, Json>>

const { cases } = readReference('metrics')
const computed = cases.filter((reference) => reference.has('results'))
const names = cases.find((reference) => reference.name === 'names')?.config.names as Record<
  string,
  string
>

function metricOf(reference: ReferenceCase): Metric {
  const { metric: className, options: config } = reference.config as {
    metric: string
    options: Options
  }
  covers('metric', className, Object.keys(config))
  const [output, target] = ['yPred', 'yTrue'].map((name) => {
    const [first] = reference.list(name)
    return { shape: [null, ...(first as NDArray).shape.slice(1)], dtype: 'float32' } as const
  })
  const value = className === 'accuracy' ? className : { className, config }
  return resolveMetric('test', value, output as never, target).metric
}

test('every metric is recorded', () => {
  const recorded = new Set(computed.map((reference) => reference.config.metric))
  recorded.delete('accuracy')
  const bases = ['Metric', 'MetricSums', 'MeanMetricWrapper']
  const ours = Object.keys(metrics).filter((name) => /^[A-Z]/.test(name) && !bases.includes(name))
  expect([...recorded].sort()).toEqual(ours.sort())
})

test.each(computed)('$name equals Keras', async (reference) => {
  const metric = metricOf(reference)
  const { resolved } = reference.config
  if (resolved !== undefined) expect(metric.constructor.name).toBe(resolved)
  const [targets, predictions, weights] = ['yTrue', 'yPred', 'sampleWeight'].map((name) =>
    reference.list(name),
  ) as [NDArray[], NDArray[], NDArray[]]
  const sums = new MetricSums(metric)
  const results: number[] = []
  for (const [i, target] of targets.entries()) {
    const weight = weights[i]
    const data = [target, predictions[i] as NDArray, ...(weight ? [weight] : [])]
    const statistics = await evaluate(data, ([y, p, w]) =>
      metric.statistics(y as SymbolicTensor, p as SymbolicTensor, w),
    )
    sums.add(statistics)
    results.push(sums.result())
    // One batch alone, as trainOnBatch reports it.
    if (i === 0) expect(metric.result(statistics.map(({ data }) => data))).toBe(results[0])
  }
  const received = new NDArray(Float32Array.from(results), [results.length])
  expectClose('results', received, reference.array('results'), reference.number('drift'))
})

describe('names', () => {
  const output = { shape: [null, 3], dtype: 'float32' } as const
  const isOurs = (className: string): boolean => Object.hasOwn(metrics, className)
  const bases = ['Metric', 'MeanMetricWrapper']
  const known = Object.entries(names).filter(
    ([name, className]) =>
      isOurs(className) && !bases.includes(className) && name.toLowerCase() !== 'accuracy',
  )

  test.each(known)('%s is %s', (name, className) => {
    const { metric, name: reported } = resolveMetric('test', name as 'auc', output)
    expect(reported).toBe(name)
    // A loss's name gives the mean of the loss.
    const isWrapped = metric.constructor.name === 'MeanMetricWrapper'
    expect(isWrapped ? className : metric.constructor.name).toBe(className)
  })

  test('functions go by the name that Keras gives them', () => {
    const nameOf = (value: Parameters<typeof resolveMetric>[1]): string =>
      resolveMetric('test', value, output).name
    expect(nameOf(metrics.binaryAccuracy)).toBe('binary_accuracy')
    expect(nameOf('huber')).toBe('huber')
    expect(nameOf(metrics.AUC({ name: 'area' }))).toBe('area')
    expect(nameOf((yTrue) => yTrue)).toBe('metric')
  })

  test('a metric in a configuration makes an equal metric', () => {
    const metric = metrics.AUC({ curve: 'PR', thresholds: [0.7, 0.2] })
    const { metric: again } = resolveMetric('test', serializeMetric(metric), output)
    expect(serializeMetric(again)).toEqual(serializeMetric(metric))
    expect(metric.getConfig()).toEqual({
      ...{ name: 'auc', numThresholds: 4, curve: 'PR', summationMethod: 'interpolation' },
      ...{ fromLogits: false, thresholds: [0.2, 0.7] },
    })
  })
})

test('MetricSums starts anew after reset, and knows nothing before', () => {
  const sums = new MetricSums(new metrics.Mean())
  expect(sums.result()).toBeNaN()
  const batch = [NDArray.from([6]), NDArray.from([4])]
  sums.add(batch)
  sums.add(batch)
  expect(sums.result()).toBe(1.5)
  sums.reset()
  expect(sums.result()).toBeNaN()
})
