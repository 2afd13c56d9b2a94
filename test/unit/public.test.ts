/** What the package exports beside classes with tests of their own. */
import { Adam, losses, metrics } from '../../lib/index'
import type { GraphUpdate, LossFunction, MetricFunction, OptimizerSlots } from '../../lib/index'

test('losses and metrics hold nothing internal', () => {
  expect(Object.keys(losses).sort()).toEqual([
    'binaryCrossentropy',
    'meanAbsoluteError',
    'meanSquaredError',
  ])
  expect(Object.keys(metrics).sort()).toEqual(['binaryAccuracy', 'categoricalAccuracy'])
  const functions: (LossFunction | MetricFunction)[] = [losses.meanSquaredError]
  expect(functions).toHaveLength(1)
})

test("the types that an optimizer of one's own needs", () => {
  const slots: OptimizerSlots = { weights: [] }
  const updates: GraphUpdate[] = []
  expect([slots.weights, updates]).toEqual([[], []])
})

test('Adam takes epsilon as its fourth argument, as in Keras', () => {
  expect(new Adam(0.1, 0.5, 0.9, 1e-4).getConfig()).toMatchObject({
    learningRate: 0.1,
    beta1: 0.5,
    beta2: 0.9,
    epsilon: 1e-4,
  })
  expect(new Adam(0.1, 0.5).epsilon).toBe(1e-7)
})
