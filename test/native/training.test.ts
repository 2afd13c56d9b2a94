/** trainOnBatch and testOnBatch with all options of compile, against Keras. */
import { NDArray, type Data } from '../../lib/index'
import type { WeightOptions } from '../../lib/models/sample_weights'
import { readReference, type ReferenceCase } from '../reference/read'
import { covers } from './coverage'
import { expectResults, expectWeights, modelOf, type TestModel } from './training_models'

const reference = readReference('training')
const STEPS = 3
const steps = reference.cases.filter(({ name }) => !/^(fit|evaluate|early|plateau)/.test(name))

const one = (list: NDArray[]): Data => (list.length === 1 ? (list[0] as NDArray) : list)

function weightOptions(found: ReferenceCase): WeightOptions {
  const { classWeight } = found.config.call as { classWeight?: Record<string, number> }
  if (classWeight) return { classWeight }
  if (found.has('sampleWeight')) return { sampleWeight: found.array('sampleWeight') }
  const each = found.list('sampleWeights')
  return each.length > 0 ? { sampleWeight: each } : {}
}

async function run(model: TestModel, found: ReferenceCase, options: WeightOptions): Promise<void> {
  const isTest = found.name.includes('test_on_batch')
  const [x, y] = [one(found.list('x')), one(found.list('y'))]
  for (let step = 0; step < STEPS; step++) {
    const result = isTest
      ? await model.testOnBatch(x, y, options)
      : await model.trainOnBatch(x, y, options)
    expectResults(found, step, result)
    expect(result[0]).toBe(result.loss)
  }
  await expectWeights(found, model)
}

test.each(steps)('$name', async (found: ReferenceCase) => {
  const options = weightOptions(found)
  const feature = found.name.includes('test_on_batch') ? 'testOnBatch' : 'trainOnBatch'
  covers('model', feature, [
    ...Object.keys(found.config.compile as object),
    ...Object.keys(options),
  ])
  await run(await modelOf(found), found, options)
})

test('losses, weights and data by name, in any order, are those of the lists', async () => {
  covers('model', 'trainOnBatch', ['sampleWeight', 'by name'])
  const found = reference.find('two outputs, sample weights each')
  const model = await modelOf(found, {
    loss: { label: 'categorical_crossentropy', valid: 'binary_crossentropy' },
    weightedMetrics: { label: 'accuracy', valid: ['accuracy'] },
  })
  const [valid, label] = found.list('y') as [NDArray, NDArray]
  const [first, second] = found.list('sampleWeights') as [NDArray, NDArray]
  for (let step = 0; step < STEPS; step++) {
    const result = await model.trainOnBatch(
      { x: found.array('x.0') },
      { label, valid },
      { sampleWeight: { valid: first, label: second } },
    )
    expectResults(found, step, result)
  }
  await expectWeights(found, model)
})

test('numbers stand in this order: total, losses, metrics, weighted metrics', async () => {
  const found = reference.find('two outputs, by name')
  const model = await modelOf(found)
  const result = await model.trainOnBatch(one(found.list('x')), one(found.list('y')))
  expect(Object.keys(result).filter((key) => !/^\d+$/.test(key))).toEqual([
    'loss',
    'valid_loss',
    'label_loss',
    'label_accuracy',
    'valid_mse',
    'label_weighted_accuracy',
  ])
})

test('class weights of several outputs, as in Keras 2, are sample weights of each', async () => {
  const found = reference.find('two outputs, plain')
  const [valid, label] = found.list('y') as [NDArray, NDArray]
  const x = found.array('x.0')
  const listed = await modelOf(found)
  const named = await modelOf(found)
  const weighted = await modelOf(found)
  const classes = [{ 0: 1, 1: 3 }, { 2: 0.5 }]
  const sampleWeight = [
    valid.reshape([6]).map((value) => (value === 1 ? 3 : 1)),
    NDArray.from([...Array(6).keys()].map((item) => (label.at(item, 2) === 1 ? 0.5 : 1))),
  ]
  const expected = await weighted.trainOnBatch(x, [valid, label], { sampleWeight })
  const byList = await listed.trainOnBatch(x, [valid, label], { classWeight: classes })
  const byName = await named.trainOnBatch(x, [valid, label], {
    classWeight: { valid: classes[0]!, label: classes[1]! },
  })
  expect([...byList]).toEqual([...expected])
  expect([...byName]).toEqual([...expected])
  expect([...expected]).not.toEqual([
    ...(await (await modelOf(found)).testOnBatch(x, [valid, label])),
  ])
})

test("a list of class weights that is no single output's is ignored, as in Keras 2", async () => {
  const found = reference.find('one output, frozen layer')
  const [x, y] = [found.array('x.0'), found.array('y.0')]
  const model = await modelOf(found)
  const result = await model.trainOnBatch(x, y, { classWeight: [{ 0: 5 }, { 1: 5 }] })
  expectResults(found, 0, result)
})

test('an output without a loss takes no targets and is not trained', async () => {
  const found = reference.find('two outputs, plain')
  const model = await modelOf(found, { loss: ['binary_crossentropy', null] })
  const [valid, label] = found.list('y') as [NDArray, NDArray]
  const x = found.array('x.0')
  const before = await model.getWeights()
  const result = await model.trainOnBatch(x, valid)
  expect(Object.keys(result).filter((key) => !/^\d+$/.test(key))).toEqual(['loss'])
  const again = await modelOf(found, { loss: { valid: 'binary_crossentropy' } })
  expect([...(await again.trainOnBatch(x, [valid, label]))]).toEqual([...result])
  const after = await model.getWeights()
  // The penalty trains its kernel nevertheless; its bias has no way to the loss.
  const bias = model.weights.findIndex(({ name }) => name === 'label/bias')
  expect(after[bias]?.tolist()).toEqual(before[bias]?.tolist())
})
