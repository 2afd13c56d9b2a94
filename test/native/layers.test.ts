import {
  Activation,
  BatchNormalization,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  Input,
  LeakyReLU,
  Reshape,
  UpSampling2D,
  ZeroPadding2D,
  type NDArray,
} from '../../lib/index'
import type { Layer } from '../../lib/layers/layer'
import { readReference, type Json, type ReferenceCase } from '../reference/read'
import { runLayer } from './evaluate'
import { expectClose } from './tolerance'

/** Makes a layer from its recorded options: arguments that Keras takes by position come first. */
type Maker = (options: Readonly<Record<string, Json>>) => Layer

const POSITIONAL: Readonly<Record<string, string>> = {
  Dense: 'units',
  Conv2D: 'filters',
  Activation: 'activation',
  Dropout: 'rate',
  Reshape: 'targetShape',
}

const CLASSES: Readonly<Record<string, unknown>> = {
  Activation,
  BatchNormalization,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  LeakyReLU,
  Reshape,
  UpSampling2D,
  ZeroPadding2D,
}

function makerOf(className: string): Maker {
  const construct = CLASSES[className] as new (...args: unknown[]) => Layer
  return (options) => {
    const first = POSITIONAL[className]
    if (first === undefined) return new construct(options)
    const { [first]: value, ...rest } = options
    return new construct(value, rest)
  }
}

function build(reference: ReferenceCase, x: NDArray): Layer {
  const { layer, options } = reference.config as { layer: string; options: Record<string, Json> }
  const made = makerOf(layer)(options)
  made(Input({ shape: x.shape.slice(1), dtype: x.dtype }))
  return made
}

const { cases } = readReference('layers')
const computed = cases.filter((reference) => reference.has('x'))

test('every layer of this version is recorded', () => {
  const recorded = new Set(cases.map((reference) => reference.config.layer))
  expect([...recorded].sort()).toEqual(Object.keys(CLASSES).sort())
})

test.each(computed)('$name equals Keras: values, gradients, state', async (reference) => {
  const x = reference.array('x')
  const layer = build(reference, x)
  const weights = reference.list('weights')
  await layer.setWeights(weights)
  const run = await runLayer(layer, x, reference.array('r'), reference.config.training === true)
  const compare = (name: string, received: NDArray): void =>
    expectClose(name, received, reference.array(name), reference.number('drift', name))
  compare('y', run.y)
  compare('dx', run.dx)
  expect(run.dweights).toHaveLength(reference.list('dweights').length)
  run.dweights.forEach((gradient, i) => compare(`dweights.${i}`, gradient))
  const after = await layer.getWeights()
  reference.list('updated').forEach((_, i) => compare(`updated.${i}`, after[i] as NDArray))
})
