import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Input, type NDArray, type SymbolicTensor, type Tensors } from '../../lib/index'
import type { AnyLayer } from '../../lib/layers/layer'
import { layerFromConfig, layerNames } from '../../lib/layers/registry'
import { readReference, type Json, type ReferenceCase } from '../reference/read'
import { covers } from './coverage'
import { runLayer } from './evaluate'
import { LAMBDA_FUNCTIONS } from './lambda_functions'
import { expectClose } from './tolerance'

interface LayerCase {
  readonly layer: string
  readonly options: Readonly<Record<string, Json>>
  readonly training: boolean
}

const topics = readdirSync(join(__dirname, '..', 'reference'))
  .filter((file) => /^layers.*\.json$/.test(file))
  .map((file) => file.replace('.json', ''))
const cases = topics.flatMap((topic) => readReference(topic).cases)
const computed = cases.filter((reference) => reference.has('y'))

/** One array, or the several of a layer with several inputs. */
function arraysOf(reference: ReferenceCase, name: string): NDArray | readonly NDArray[] {
  return reference.has(name) ? reference.array(name) : reference.list(name)
}

function built({ layer, options }: LayerCase, x: NDArray | readonly NDArray[]): AnyLayer {
  const named = options.function
  const compute = typeof named === 'string' && { function: LAMBDA_FUNCTIONS[named] }
  const made = layerFromConfig(layer, { ...options, ...compute })
  const input = ({ shape, dtype }: NDArray): SymbolicTensor =>
    Input({ shape: shape.slice(1), dtype })
  const inputs: Tensors = Array.isArray(x) ? x.map(input) : input(x as NDArray)
  ;(made as unknown as (tensors: Tensors) => Tensors)(inputs)
  return made
}

/** Activations and policies have rows of their own in the table. */
function coversCase({ layer, options }: LayerCase): void {
  if (typeof options.dtype === 'string') covers('policy', options.dtype, [layer])
  else if (layer === 'Activation') covers('activation', options.activation as string)
  else covers('layer', layer, Object.keys(options))
}

test('every layer is recorded', () => {
  const recorded = new Set(cases.map((reference) => reference.config.layer))
  expect(layerNames().filter((name) => !recorded.has(name))).toEqual([])
})

test.each(computed)('$name equals Keras: values, gradients, state', async (reference) => {
  const config = reference.config as unknown as LayerCase
  coversCase(config)
  const x = arraysOf(reference, 'x')
  const layer = built(config, x)
  await layer.setWeights(reference.list('weights'))
  const run = await runLayer(layer, x, reference.array('r'), config.training)
  const compare = (name: string, received: NDArray): void =>
    expectClose(name, received, reference.array(name), reference.number('drift', name))
  compare('y', run.y)
  if (Array.isArray(x)) {
    expect(run.dx).toHaveLength(reference.list('dx').length)
    run.dx.forEach((gradient, i) => compare(`dx.${i}`, gradient))
  } else if (reference.has('dx')) compare('dx', run.dx[0] as NDArray)
  expect(run.dweights).toHaveLength(reference.list('dweights').length)
  run.dweights.forEach((gradient, i) => compare(`dweights.${i}`, gradient))
  const after = await layer.getWeights()
  reference.list('updated').forEach((_, i) => compare(`updated.${i}`, after[i] as NDArray))
})
