/** Gradients of dense kernels found inside their optimizer's step: on and off give equal weights. */
import { Adam, Input, Dense, Model, NDArray, ops, random, RMSprop, SGD } from '../../lib/index'
import type { Optimizer, SymbolicTensor } from '../../lib/index'
import type { Plan } from '../../binding'
import { placeholder } from '../../lib/graph/tensor'
import { Weight } from '../../lib/graph/weight'
import { fill } from '../../lib/ops/create'
import { writeGradients } from '../../lib/plan/passes/explicit_gradients'
import { fuseDenseUpdates } from '../../lib/plan/passes/dense_update'
import { materialize, planOf, Program, readWeights, writeWeights } from '../../lib/program'

const ON = [writeGradients, fuseDenseUpdates]
const OFF = [writeGradients]

interface Layer {
  readonly rows: number
  readonly inputs: number
  readonly outputs: number
}

/** Which gradients of a plan's updates are products. */
const productsOf = (plan: Plan): unknown[] =>
  plan.phases.flatMap(({ updates }) => updates.map(({ attributes }) => attributes.products))

const input = (tensor: SymbolicTensor) => ({ tensor, name: 'x', requireFinite: false })

/** The weights of two layers behind each other after three steps. */
async function trained(
  { rows, inputs, outputs }: Layer,
  optimizer: Optimizer,
  passes: typeof ON,
): Promise<{ weights: NDArray[]; plan: Plan }> {
  random.seed(31)
  const shapes = [[inputs, outputs], [outputs], [outputs, inputs]]
  const weights = shapes.map(
    (shape, i) => new Weight({ name: `w${i}`, shape, initialize: () => fill(shape, 0) }),
  )
  await writeWeights(
    'test',
    weights,
    shapes.map((shape) => random.normal(0, inputs ** -0.5, shape)),
  )
  const x = placeholder('x', { shape: [rows, inputs], dtype: 'float32' })
  const rate = placeholder('rate', { shape: [], dtype: 'float32' })
  const [kernel, bias, back] = weights.map(({ tensor }) => tensor) as [
    SymbolicTensor,
    SymbolicTensor,
    SymbolicTensor,
  ]
  const y = ops.dense(ops.leakyRelu(ops.dense(x, kernel, bias)), back)
  const gradients = ops.gradients(ops.mean(ops.square(ops.sub(y, x))), [kernel, bias, back])
  const slots = optimizer.createSlots(weights)
  const phase = { name: 'step', outputs: [], updates: optimizer.update(gradients, rate, slots) }
  const plan = planOf([input(x), input(rate)], [phase], passes)
  await materialize(slots.weights)
  const program = new Program('test', plan)
  for (let step = 0; step < 3; step++) {
    const data = random.normal(0, 1, [rows, inputs])
    await program.run([data, NDArray.full([], optimizer.nextRate(slots))])
  }
  return { weights: await readWeights([...weights, ...slots.weights]), plan }
}

/** Bit for bit: each element is the same sum of products in the same order. */
async function expectEqual(layer: Layer, make: () => Optimizer): Promise<Plan> {
  const on = await trained(layer, make(), ON)
  const off = await trained(layer, make(), OFF)
  expect(productsOf(off.plan)).toEqual([undefined])
  on.weights.forEach(({ data }, i) => {
    expect(data.every(Number.isFinite)).toBe(true)
    expect(data).toEqual(off.weights[i]?.data)
  })
  return on.plan
}

const LAYER = { rows: 32, inputs: 130, outputs: 270 }

// Rows, inputs, outputs: vectors that are not whole, one row, more than the kernel takes, a kernel
// that is wider than a piece, one that fills no vector.
test.each([
  [32, 128, 256],
  [32, 131, 257],
  [1, 300, 100],
  [3, 137, 120],
  [256, 130, 140],
  [257, 130, 140],
  [5, 17, 4099],
  [4, 4099, 5],
])('%d rows, %d inputs, %d outputs', async (rows, inputs, outputs) => {
  const plan = await expectEqual({ rows, inputs, outputs }, () => new Adam(0.01))
  expect(productsOf(plan)).toEqual([[0, 2]])
})

test.each<[string, () => Optimizer]>([
  ['Adam with amsgrad', () => new Adam({ learningRate: 0.01, amsgrad: true })],
  ['RMSprop', () => new RMSprop({ learningRate: 0.01, momentum: 0.5, centered: true })],
  ['SGD', () => new SGD({ learningRate: 0.01, momentum: 0.9, nesterov: true })],
  ['weight decay', () => new Adam({ learningRate: 0.01, weightDecay: 0.1 })],
  ['clipvalue', () => new Adam({ learningRate: 0.01, clipvalue: 1e-4 })],
  ['averages', () => new Adam({ learningRate: 0.01, useEma: true, emaMomentum: 0.6 })],
])('%s', async (_, make) => {
  const plan = await expectEqual(LAYER, make)
  expect(productsOf(plan)).toEqual([[0, 2]])
})

test('a gradient that something else looks at too is computed whole', async () => {
  const make = (): Optimizer => new Adam({ learningRate: 0.01, globalClipnorm: 0.1 })
  expect(productsOf(await expectEqual(LAYER, make))).toEqual([undefined])
})

test('a small kernel keeps its gradient', async () => {
  const plan = await expectEqual({ rows: 32, inputs: 20, outputs: 40 }, () => new Adam(0.01))
  expect(productsOf(plan)).toEqual([undefined])
})

test('a step that fails changes no weight', async () => {
  const x = Input({ shape: [200] })
  const model = new Model(x, Dense(200)(Dense(100)(x)))
  model.compile({ loss: 'mse', optimizer: new Adam(0.01) })
  const before = await model.getWeights()
  const data = random.normal(0, 1, [4, 200])
  await expect(model.trainOnBatch(data, random.normal(0, 1, [5, 200]))).rejects.toThrow()
  const after = await model.getWeights()
  after.forEach(({ data: values }, i) => expect(values).toEqual(before[i]?.data))
})
