/** What the package exports beside classes with tests of their own. */
import { Adam, Dense, losses, metrics, ops, Optimizer, Sequential } from '../../lib/index'
import type { LossFunction, MetricFunction, Moment, OptimizerSlots } from '../../lib/index'
import type { SlotKind, Step, WeightResult, WeightStep } from '../../lib/index'

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

test("an optimizer of one's own needs a formula and the kinds of its state", () => {
  class Momentum extends Optimizer {
    override get slotKinds(): readonly (readonly SlotKind[])[] {
      return [[{ name: 'momentum' }]]
    }

    override step({ rate }: Moment): Step {
      const each = ({ weight, gradient, slot }: WeightStep): WeightResult => {
        const momentum = ops.sub(ops.mul(slot('momentum'), 0.9), ops.mul(gradient, rate))
        return { weight: ops.add(weight, momentum), slots: { momentum } }
      }
      return { each }
    }
  }
  const optimizer = new Momentum({ learningRate: 0.1, clipnorm: 1 })
  const model = Sequential([Dense(1, { inputDim: 2, name: 'd' })])
  model.compile({ loss: 'mse', optimizer })
  expect(model.plan('train')).toContain('assign')
  const slots: OptimizerSlots = optimizer.createSlots(model.weights)
  expect(slots.weights.map(({ name }) => name)).toEqual([
    'momentum/iteration',
    'momentum/d_kernel_momentum',
    'momentum/d_bias_momentum',
  ])
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
