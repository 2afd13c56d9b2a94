/** The optimizer's state of a compiled model: read, and written into an equal model. */
import {
  Adam,
  Dense,
  LossScaleOptimizer,
  NDArray,
  schedules,
  Sequential,
  SGD,
  type Optimizer,
} from '../../lib/index'
import { uniform } from '../reference/formula'

const x = uniform(1, [8, 3], 1)
const y = uniform(2, [8, 1], 1)

function compiled(optimizer: Optimizer): Sequential {
  const model = Sequential([
    Dense(4, { inputDim: 3, activation: 'tanh', name: 'hidden' }),
    Dense(1, { name: 'out' }),
  ])
  model.compile({ loss: 'mse', optimizer })
  return model
}

async function train(model: Sequential, steps: number): Promise<number[]> {
  const losses: number[] = []
  for (let i = 0; i < steps; i++) losses.push((await model.trainOnBatch(x, y)).loss)
  return losses
}

const decay = (): InstanceType<typeof schedules.ExponentialDecay> =>
  new schedules.ExponentialDecay(0.1, 2, 0.5)

const optimizers: [string, () => Optimizer][] = [
  ['Adam', () => new Adam({ learningRate: 0.01, amsgrad: true, useEma: true })],
  ['SGD, a schedule', () => new SGD({ learningRate: decay(), momentum: 0.9 })],
  ['LossScaleOptimizer', () => new LossScaleOptimizer(new Adam(0.01), 8, 2)],
  ['LossScaleOptimizer, a schedule', () => new LossScaleOptimizer(new Adam(decay()), 8, 2)],
]

test.each(optimizers)('%s goes on where its state was read', async (_, make) => {
  const first = compiled(make())
  await train(first, 5)
  const [state, weights] = await Promise.all([first.getOptimizerState(), first.getWeights()])
  const expected = await train(first, 3)
  const second = compiled(make())
  await second.setWeights(weights)
  // Without the state it goes elsewhere, so that the comparison below says something.
  expect(await train(second, 3)).not.toEqual(expected)
  await second.setWeights(weights)
  await second.setOptimizerState(state)
  expect(await second.getOptimizerState()).toEqual(state)
  expect(await train(second, 3)).toEqual(expected)
  expect(await second.getWeights()).toEqual(await first.getWeights())
  expect(await second.getOptimizerState()).toEqual(await first.getOptimizerState())
})

test('names are those of Keras, and arrays alone do', async () => {
  const model = compiled(new Adam(0.5))
  await train(model, 2)
  const state = await model.getOptimizerState()
  expect(state.map(({ name }) => name).slice(0, 4)).toEqual([
    'adam/iteration',
    'adam/learning_rate',
    'adam/hidden_kernel_momentum',
    'adam/hidden_kernel_velocity',
  ])
  expect(state[0]?.value.data[0]).toBe(2)
  await model.setOptimizerState(
    state.map(({ value }, i) => (i === 1 ? NDArray.full([], 2) : value)),
  )
  expect(model.optimizer.learningRate).toBe(2)
})

test('what does not fit is refused, and nothing changes', async () => {
  const model = compiled(new Adam(0.5))
  await train(model, 1)
  const before = await model.getOptimizerState()
  const write = (values: readonly unknown[]): Promise<void> =>
    model.setOptimizerState(values as never)
  await expect(write(before.slice(1))).rejects.toThrow('[Adam state] has 10 arrays, received 9')
  await expect(
    write([...before.slice(0, 2), ...before.slice(4), ...before.slice(2, 4)]),
  ).rejects.toThrow('[Adam state] adam/hidden_kernel_momentum has shape (3, 4), received (4,)')
  await expect(write([3, ...before.slice(1)])).rejects.toThrow(
    `${model.label} setOptimizerState] values[0] must be an NDArray or { name, value }, received 3`,
  )
  await expect(write('adam' as never)).rejects.toThrow('values must be a list of arrays')
  const negative = before.map((item, i) => (i === 1 ? NDArray.full([], -1) : item))
  await expect(write(negative)).rejects.toThrow('learningRate must be a non-negative number')
  expect(await model.getOptimizerState()).toEqual(before)
})

test('before compile there is no state', async () => {
  const model = Sequential([Dense(1, { inputDim: 1 })])
  await expect(model.getOptimizerState()).rejects.toThrow('must be compiled before it can train')
  await expect(model.setOptimizerState([])).rejects.toThrow('must be compiled before it can train')
})
