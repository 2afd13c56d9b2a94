/** The table that `summary()` prints, in the form of Keras 2. */
import { shapeText } from '../array'
import type { Weight } from '../graph/weight'
import type { AnyLayer } from '../layers/layer'
import { frozenWithin, layersWithin } from '../layers/within'
import type { AnyModel } from './base_model'
import { layerOf, type Graph } from './graph'

const WIDTH = 65
/** Where the columns end. */
const COLUMNS = [29, 55, WIDTH] as const

interface Row {
  readonly layer: string
  readonly shape: string
  readonly parameters: string
}

function line({ layer, shape, parameters }: Row): string {
  let text = ''
  for (const [i, cell] of [layer, shape, parameters].entries()) {
    const end = COLUMNS[i] as number
    // A cell that is too long is cut, and a space kept behind it.
    text = `${text}${cell}`.slice(0, end - 1).padEnd(end)
  }
  return text.trimEnd()
}

function count(model: AnyModel): { total: number; trainable: number } {
  const frozen = frozenWithin(model)
  const weightsOf = (layers: readonly AnyLayer[]): Weight[] => [
    ...new Set(layers.flatMap((layer) => layer.directWeights)),
  ]
  const size = (weights: readonly Weight[]): number =>
    weights.reduce((sum, weight) => sum + weight.size, 0)
  const layers = layersWithin(model)
  const trained = weightsOf(layers.filter((layer) => !frozen.has(layer)))
  return {
    total: size(weightsOf(layers)),
    trainable: size(trained.filter((weight) => weight.trainable)),
  }
}

/** One row for each call of a layer, then the numbers of weights. */
export function summaryText(model: AnyModel, graph: Graph): string {
  const inputs = graph.inputs.map(({ node, shape }) => {
    const name = node.operation.kind === 'input' ? node.operation.name : 'input'
    return { layer: `${name} (Input)`, shape: shapeText(shape), parameters: '0' }
  })
  const calls = graph.order.flatMap((node) => {
    const layer = layerOf(node)
    if (!layer) return []
    return {
      layer: `${layer.name} (${layer.constructor.name})`,
      shape: node.outputs.map((tensor) => shapeText(tensor.shape)).join(', '),
      parameters: layer.countParams().toLocaleString('en-US'),
    }
  })
  const isSequential = model.constructor.name === 'Sequential'
  const rows = (isSequential ? calls : [...inputs, ...calls]).map(line)
  const { total, trainable } = count(model)
  const number = (value: number): string => value.toLocaleString('en-US')
  return [
    `Model: "${model.name}"`,
    '_'.repeat(WIDTH),
    line({ layer: 'Layer (type)', shape: 'Output Shape', parameters: 'Param #' }),
    '='.repeat(WIDTH),
    rows.join(`\n${'_'.repeat(WIDTH)}\n`),
    '='.repeat(WIDTH),
    `Total params: ${number(total)}`,
    `Trainable params: ${number(trainable)}`,
    `Non-trainable params: ${number(total - trainable)}`,
    '_'.repeat(WIDTH),
  ].join('\n')
}
