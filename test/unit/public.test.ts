/** What the package exports beside classes with tests of their own. */
import { Adam, losses, metrics } from '../../lib/index'
import type { GraphUpdate, LossFunction, MetricFunction, OptimizerSlots } from '../../lib/index'

test('losses and metrics hold nothing internal', () => {
  // A function for each class, a class for each function, and the bases.
  const pairs = (names: string[]): string[] => names.map((name) => name.toLowerCase()).sort()
  const isClass = (name: string): boolean => /^[A-Z]/.test(name)
  const lossNames = Object.keys(losses)
  expect(pairs(lossNames.filter((name) => isClass(name) && name !== 'Loss'))).toEqual(
    pairs(lossNames.filter((name) => !isClass(name))),
  )
  expect(
    Object.keys(metrics)
      .filter((name) => !isClass(name))
      .sort(),
  ).toEqual([
    'binaryAccuracy',
    'categoricalAccuracy',
    'sparseCategoricalAccuracy',
    'sparseTopKCategoricalAccuracy',
    'topKCategoricalAccuracy',
  ])
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
