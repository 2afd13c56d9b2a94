import { losses, ops, type NDArray, type SymbolicTensor } from '../../lib/index'
import { reducedLoss, resolveLoss } from '../../lib/losses'
import { resolveMetric } from '../../lib/metrics'
import { readReference } from '../reference/read'
import { evaluate } from './evaluate'
import { expectClose } from './tolerance'

const { cases } = readReference('losses')
const lossCases = cases.filter((reference) => reference.config.loss !== undefined)
const metricCases = cases.filter((reference) => reference.config.metric !== undefined)

test('losses and metrics are recorded', () => {
  expect(new Set(lossCases.map((reference) => reference.config.loss)).size).toBeGreaterThan(2)
  expect(metricCases.length).toBeGreaterThan(3)
})

test.each(lossCases)('$name equals Keras', async (reference) => {
  const loss = resolveLoss('test', reference.config.loss as 'mse')
  const data = [reference.array('yTrue'), reference.array('yPred')]
  const [perSample, total, gradient] = (await evaluate(data, ([yTrue, yPred]) => {
    const targets = yTrue as SymbolicTensor
    const predictions = yPred as SymbolicTensor
    const value = reducedLoss('test', loss, targets, predictions)
    return [loss(targets, predictions), value, ...ops.gradients(value, [predictions])]
  })) as [NDArray, NDArray, NDArray]
  // Of values that are clipped no drift is recorded: float64 clips elsewhere.
  expectClose('perSample', perSample, reference.array('perSample'), 0)
  expectClose('gradient', gradient, reference.array('gradient'), 0)
  expect(total.at()).toBeCloseTo(reference.number('loss'), 5)
})

test.each(metricCases)('$name equals Keras', async (reference) => {
  const data = [reference.array('yTrue'), reference.array('yPred')]
  const [, ...items] = reference.array('yPred').shape
  const { metric } = resolveMetric('test', 'accuracy', {
    shape: [null, ...items],
    dtype: 'float32',
  })
  const sums = await evaluate(data, ([yTrue, yPred]) =>
    metric.statistics(yTrue as SymbolicTensor, yPred as SymbolicTensor),
  )
  expect(metric.result(sums.map((sum) => sum.data))).toBeCloseTo(reference.number('accuracy'), 6)
})

test('a saturated discriminator gives no gradient, as in Keras', async () => {
  const yPred = readReference('losses').find('binary_crossentropy y 1 p 0').array('yPred')
  const [gradient] = await evaluate([yPred], ([p]) => {
    const ones = ops.add(ops.mul(p as SymbolicTensor, 0), 1)
    return ops.gradients(losses.binaryCrossentropy(ones, p as SymbolicTensor), [
      p as SymbolicTensor,
    ])
  })
  expect([...(gradient as NDArray).data]).toEqual([0])
})
