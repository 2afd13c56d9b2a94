/** Initialisers, regularisers and constraints of every weight of every layer, in a training step. */
import { modelFromJSON, NDArray, SGD } from '../../lib/index'
import { readReference } from '../reference/read'
import { covers } from './coverage'
import { expectClose } from './tolerance'

const { cases } = readReference('weight_options')

test.each(cases)('$name equals Keras', async (reference) => {
  covers('layer', reference.config.layer as string, reference.config.options as string[])
  const model = modelFromJSON(JSON.stringify(reference.config.model))
  const start = await model.getWeights()
  const expected = reference.list('start')
  expect(start).toHaveLength(expected.length)
  start.forEach((weight, i) => expectClose(`start.${i}`, weight, expected[i] as NDArray, 0))
  await model.setWeights(reference.list('weights'))
  model.compile({ loss: 'mse', optimizer: new SGD(0.1) })
  const x = reference.array('x')
  const shape = (model.outputs[0]?.shape.slice(1) ?? []) as number[]
  const { loss } = await model.trainOnBatch(x, NDArray.zeros([x.shape[0] as number, ...shape]))
  const [received, wanted] = [loss, reference.number('loss')].map((value) =>
    NDArray.full([], value),
  )
  expectClose('loss', received as NDArray, wanted as NDArray, reference.number('drift', 'loss'))
  const updated = await model.getWeights()
  reference.list('updated').forEach((weight, i) => {
    const drift = reference.number('drift', 'updated', i)
    expectClose(`updated.${i}`, updated[i] as NDArray, weight, drift)
  })
})
