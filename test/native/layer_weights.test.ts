/** What the options of layers say about their weights, against recorded Keras. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Input, type NDArray, type SymbolicTensor } from '../../lib/index'
import type { AnyLayer } from '../../lib/layers/layer'
import { layerFromConfig } from '../../lib/layers/registry'
import { readReference, type Json } from '../reference/read'
import { covers } from './coverage'
import { evaluate } from './evaluate'
import { expectClose } from './tolerance'

const cases = readdirSync(join(__dirname, '..', 'reference'))
  .filter((file) => /^layers.*\.json$/.test(file))
  .flatMap((file) => readReference(file.replace('.json', '')).cases)
  .filter((reference) => reference.has('constrained.0'))

interface LayerCase {
  readonly layer: string
  readonly options: Readonly<Record<string, Json>>
}

function built(name: string, options: Readonly<Record<string, Json>>, shape: number[]): AnyLayer {
  const layer = layerFromConfig(name, options)
  ;(layer as unknown as (x: SymbolicTensor) => unknown)(Input({ shape }))
  return layer
}

test.each(cases)('$name: first values, penalty and constraints equal Keras', async (reference) => {
  const { layer: name, options } = reference.config as unknown as LayerCase
  covers('layer', name, Object.keys(options))
  const layer = built(name, options, reference.numberList('inputShape'))
  const start = await layer.getWeights()
  expect(start).toHaveLength(reference.list('start').length)
  reference.list('start').forEach((value, i) => {
    expect({ i, data: start[i]?.data }).toEqual({ i, data: value.data })
  })
  await layer.setWeights(reference.list('weights'))
  const { weights } = layer
  const [...values] = await evaluate(
    [],
    () =>
      weights.flatMap(({ leaf, constraint, regularizer }) => [
        constraint ? constraint.apply(leaf) : leaf,
        ...(regularizer ? [regularizer.penalty(leaf)] : []),
      ]),
    { weights },
  )
  let penalty = 0
  weights.forEach(({ regularizer }, i) => {
    expectClose(
      `constrained.${i}`,
      values.shift() as NDArray,
      reference.array(`constrained.${i}`),
      0,
    )
    if (regularizer) penalty += (values.shift() as NDArray).data[0] as number
  })
  const expected = reference.number('penalty')
  expect(Math.abs(penalty - expected)).toBeLessThanOrEqual(Math.abs(expected) * 2 ** -20)
})
