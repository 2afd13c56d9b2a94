/** LossScaleOptimizer against Keras's, and training in half precision. */
import {
  Adam,
  BatchNormalization,
  Conv2D,
  Dense,
  Flatten,
  LeakyReLU,
  LossScaleOptimizer,
  NDArray,
  Sequential,
  type PolicyName,
} from '../../lib/index'
import { placeholder } from '../../lib/graph/tensor'
import { Weight } from '../../lib/graph/weight'
import { fill } from '../../lib/ops/create'
import { materialize, planOf, Program, readWeights, writeWeights } from '../../lib/program'
import { uniform } from '../reference/formula'
import { readReference } from '../reference/read'
import { covers } from './coverage'
import { expectClose } from './tolerance'

test('steps with gradients that are not finite change nothing but the scale, as in Keras', async () => {
  const reference = readReference('loss_scale').find('adam, scale 8, growth after 2')
  const optimizer = new LossScaleOptimizer(new Adam(0.01), 8, 2)
  covers('optimizer', 'LossScaleOptimizer', ['initialScale', 'dynamicGrowthSteps'])
  const starts = reference.list('start')
  const weights = starts.map(
    ({ shape }, i) => new Weight({ name: `w${i}`, shape, initialize: () => fill(shape, 0) }),
  )
  await writeWeights('test', weights, starts)
  const slots = optimizer.createSlots(weights)
  const gradients = starts.map(({ shape }, i) => placeholder(`g${i}`, { shape, dtype: 'float32' }))
  const rate = placeholder('rate', { shape: [], dtype: 'float32' })
  const inputs = [...gradients, rate].map((tensor) => ({ tensor, name: 'x', requireFinite: false }))
  const updates = optimizer.update(gradients, rate, slots)
  const program = new Program('test', planOf(inputs, [{ name: 'step', outputs: [], updates }]))
  await materialize(slots.weights)
  const scales = reference.numberList('scale')
  for (const [step, scale] of scales.entries()) {
    const given = reference.list(`gradients.${step}`)
    await program.run([...given, NDArray.full([], optimizer.nextRate(slots))])
    const state = [slots.scalar('dynamic_scale'), slots.scalar('step_counter')]
    const [now, counter] = await readWeights(state)
    expect([now?.at(), counter?.at()]).toEqual([scale, reference.number('counter', step)])
    const after = await readWeights(weights)
    reference.list(String(step)).forEach((expected, i) => {
      expectClose(`updated.${i}`, after[i] as NDArray, expected, reference.number('drift'))
    })
  }
})

function buildClassifier(dtype: PolicyName): Sequential {
  const shared = { dtype }
  return new Sequential(
    [
      Conv2D(8, { kernelSize: 3, strides: 2, padding: 'same', inputShape: [8, 8, 2], ...shared }),
      BatchNormalization(shared),
      LeakyReLU(0.2, shared),
      Flatten(shared),
      Dense(1, { activation: 'sigmoid', ...shared }),
    ],
    shared,
  )
}

test.each<PolicyName>(['mixed_bfloat16', 'mixed_float16'])(
  '%s trains close to float32, weights stay float32',
  async (policy) => {
    const x = uniform(1, [16, 8, 8, 2], 1)
    // Whether the first half of an image is brighter than the second.
    const y = NDArray.from(
      Array.from({ length: 16 }, (_, i) => {
        const { data } = x.slice(i, i + 1)
        return [
          data.slice(0, 64).reduce((sum: number, value: number) => sum + value, 0) > 0 ? 1 : 0,
        ]
      }),
    )
    const [exact, half] = [buildClassifier('float32'), buildClassifier(policy)]
    await half.setWeights(await exact.getWeights())
    const curves: number[][] = []
    for (const model of [exact, half]) {
      model.compile({ loss: 'binary_crossentropy', optimizer: new Adam(0.01) })
      const curve: number[] = []
      for (let step = 0; step < 30; step++) curve.push((await model.trainOnBatch(x, y)).loss)
      curves.push(curve)
    }
    const [before, after] = curves as [number[], number[]]
    expect(after.at(-1)).toBeLessThan((before[0] as number) / 2)
    // One forward pass rounds every activation to 8 bits of mantissa at worst.
    expect(Math.abs((after[0] as number) - (before[0] as number))).toBeLessThan(2 ** -6)
    expect((await half.predict(x)).dtype).toBe('float32')
    expect(half.weights.every(({ dtype }) => dtype === 'float32')).toBe(true)
  },
)

test('a model of policy mixed_float16 scales its loss', () => {
  const model = buildClassifier('mixed_float16')
  const adam = new Adam(0.01)
  model.compile({ loss: 'binary_crossentropy', optimizer: adam })
  expect(model.plan('train')).toContain('isfinite')
  adam.learningRate = 0.5
  expect(new LossScaleOptimizer(adam).learningRate).toBe(0.5)
})

test('refusals', () => {
  const make = LossScaleOptimizer as unknown as new (...args: unknown[]) => unknown
  expect(() => new make('adamx')).toThrow(
    '[LossScaleOptimizer innerOptimizer] optimizer must be an Optimizer, { className, config } or one of',
  )
  expect(() => new make(new Adam(), -1)).toThrow(
    '[LossScaleOptimizer] initialScale must be a positive number, received -1',
  )
  expect(() => new make(new Adam({ lossScaleFactor: 2 }))).toThrow(
    '[LossScaleOptimizer] scales the loss by itself: leave lossScaleFactor out',
  )
})
