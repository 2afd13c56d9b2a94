/** 200 random functional models of Keras, read from its own JSON; test/reference/README.md. */
import { Adam, modelFromJSON, type NDArray } from '../../lib/index'
import { planOf } from '../../lib/program'
import { readReference } from '../reference/read'
import { covers } from './coverage'
import { compareGroup, inputsOf, lossesAndGradients, runStep } from './random_models'
import { startWeights, targetsOf, type ModelCase } from './random_models'

const { cases } = readReference('random_models')

test('there are 200 of them', () => {
  expect(cases).toHaveLength(200)
})

test.each(cases)('$name: outputs, losses, gradients and a step of Adam', async (reference) => {
  const { model: json, losses, positive } = reference.config as unknown as ModelCase
  covers('model', 'random functional models')
  const model = modelFromJSON(JSON.stringify(json))
  await model.setWeights(startWeights(model, positive))
  const inputs = inputsOf(model)
  const targets = targetsOf(model, losses)
  const outputs = [await model.predict(inputs)].flat() as NDArray[]
  compareGroup(
    reference,
    'outputs',
    outputs.map(({ data }) => data),
  )
  const arrays = [...inputs, ...targets]
  const graph = lossesAndGradients(model, losses, arrays)
  const step = await runStep(planOf(graph.inputs, graph.phases), arrays, losses)
  compareGroup(
    reference,
    'losses',
    step.losses.map((value) => [value]),
  )
  compareGroup(
    reference,
    'gradients',
    step.gradients.map(({ data }) => data),
  )
  // Spectral normalisation has replaced kernels meanwhile.
  await model.setWeights(startWeights(model, positive))
  model.compile({ loss: [...losses], optimizer: new Adam(0.01, 0.9, 0.999, 1e-3) })
  const result = await model.trainOnBatch(inputs, targets)
  expect(result.loss).toBeCloseTo(step.losses[0] as number, 5)
  const updated = await model.getWeights()
  compareGroup(
    reference,
    'updated',
    updated.map(({ data }) => data),
  )
})
