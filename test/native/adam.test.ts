import { Adam, NDArray, type AdamOptions } from '../../lib/index'
import { placeholder } from '../../lib/graph/tensor'
import { Weight } from '../../lib/graph/weight'
import { fill } from '../../lib/ops/create'
import { materialize, planOf, Program, readWeights, writeWeights } from '../../lib/program'
import { readReference, type ReferenceCase } from '../reference/read'
import { expectClose } from './tolerance'

const cases = readReference('optimizers').cases.filter(({ config }) => config.optimizer === 'Adam')

/** Steps an optimizer on given gradients, and reads the weight after each. */
async function steps(
  options: AdamOptions,
  start: NDArray,
  gradients: NDArray[],
): Promise<NDArray[]> {
  const weight = new Weight({
    name: 'w',
    shape: start.shape,
    initialize: () => fill(start.shape, 0),
  })
  await writeWeights('test', [weight], [start])
  const optimizer = new Adam(options)
  const slots = optimizer.createSlots([weight])
  const gradient = placeholder('gradient', { shape: start.shape, dtype: 'float32' })
  const rate = placeholder('rate', { shape: [], dtype: 'float32' })
  const updates = [optimizer.update([weight], [gradient], rate, slots)]
  const inputs = [gradient, rate].map((tensor) => ({ tensor, name: 'x', requireFinite: false }))
  const program = new Program('test', planOf(inputs, [{ name: 'step', outputs: [], updates }]))
  await materialize(slots.weights)
  const results: NDArray[] = []
  for (const each of gradients) {
    await program.run([each, NDArray.full([], optimizer.learningRate)])
    results.push((await readWeights([weight]))[0] as NDArray)
  }
  return results
}

test.each(cases)('$name equals Keras, step by step', async (reference: ReferenceCase) => {
  const options = reference.config.options as AdamOptions
  const results = await steps(options, reference.array('start'), reference.list('gradients'))
  results.forEach((result, i) => {
    const drift = reference.number('drift', 'weights')
    expectClose(`weights.${i}`, result, reference.array(`weights.${i}`), drift)
  })
})

test('decay divides the learning rate by 1 + decay * steps done (Keras 2)', async () => {
  const start = NDArray.zeros([1])
  const gradients = [1, 1, 1].map((value) => NDArray.full([1], value))
  // With equal gradients and without decay every step of Adam moves by the learning rate.
  const moved = await steps({ learningRate: 0.1, decay: 1, epsilon: 0 }, start, gradients)
  const expected = [-0.1, -0.1 - 0.1 / 2, -0.1 - 0.1 / 2 - 0.1 / 3]
  moved.forEach((array, i) => expect(array.at(0)).toBeCloseTo(expected[i] as number, 6))
})
