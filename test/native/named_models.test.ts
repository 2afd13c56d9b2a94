/** A model whose inputs and outputs have names, against Keras's of dicts. */
import { Add, Dense, Input, Model, modelFromJSON, type NDArray, SGD } from '../../lib/index'
import { readReference } from '../reference/read'
import { covers } from './coverage'
import { expectClose } from './tolerance'
import { expectResults, expectWeights } from './training_models'

const reference = readReference('named_models').find('named')

function build() {
  const dense = (units: number, name: string) => Dense(units, { activation: 'tanh', name })
  const label = Input({ shape: [2], name: 'label' })
  const image = Input({ shape: [3], name: 'image' })
  const unused = Input({ shape: [2], name: 'unused' })
  const hidden = Add({ name: 'sum' })([dense(4, 'from_label')(label), dense(4, 'from_image')(image)]) // prettier-ignore
  const validity = dense(1, 'to_validity')(hidden)
  const klass = dense(2, 'to_klass')(hidden)
  return new Model({ label, image, unused }, { validity, klass }, { name: 'named' })
}

const array = (name: string): NDArray => reference.array(name)
// By name, so in any order.
const x = { image: array('x.image'), unused: array('x.unused'), label: array('x.label') }
const y = { klass: array('t.klass'), validity: array('t.validity') }

test('layers and weights stand in the order of Keras', () => {
  const model = build()
  const rows = model.summary({ print: false }).matchAll(/^(\w+) \((?!type)/gm)
  expect([...rows].map(([, name]) => name)).toEqual(reference.config.layers)
  expect(model.weights.map(({ name }) => name)).toEqual(reference.config.weights)
  expect(model.inputNames).toEqual(reference.config.inputs)
  expect(model.outputNames).toEqual(reference.config.outputs)
})

test('JSON names inputs and outputs as that of Keras, and that of Keras gives the same model', async () => {
  covers('model', 'config of named inputs and outputs', ['keras3'])
  const json = reference.config.json as Record<string, unknown>
  const own = (JSON.parse(build().toJSON()) as { config: Record<string, unknown> }).config
  expect(own.input_layers).toEqual(json.input_layers)
  expect(own.output_layers).toEqual(json.output_layers)
  const text = JSON.stringify({ class_name: 'Functional', config: json })
  for (const model of [build(), modelFromJSON(text)]) {
    await model.setWeights(reference.list('weights'))
    const outputs = (await model.predict(x)) as Record<string, NDArray>
    expect(Object.keys(outputs)).toEqual(reference.config.outputs)
    for (const [name, value] of Object.entries(outputs)) {
      expectClose(`y.${name}`, value, array(`y.${name}`), reference.number('drift', 'y', name))
    }
  }
})

test('training with data, losses, factors and metrics by name', async () => {
  covers('model', 'trainOnBatch', ['records of inputs and outputs'])
  const model = build()
  await model.setWeights(reference.list('weights'))
  model.compile({
    optimizer: new SGD(0.1),
    loss: { klass: 'mae', validity: 'mse' },
    lossWeights: { validity: 2, klass: 0.5 },
    metrics: { klass: ['mse'] },
  })
  for (let step = 0; step < 3; step++)
    expectResults(reference, step, await model.trainOnBatch(x, y))
  expectResults(reference, 3, await model.testOnBatch(x, y))
  await expectWeights(reference, model)
})
