/** What `summary()` says of each layer. */
import { shapeText } from '../array'
import type { Node } from '../graph/node'
import { SymbolicTensor } from '../graph/tensor'
import type { AnyLayer } from '../layers/layer'
import { layerOf, type Graph } from './graph'
import { Network, tensorName } from './network'

export interface Row {
  readonly layer: string
  readonly shape: string
  readonly parameters: string
  /** `conv2d[0][0]`: the first output of the first call of conv2d, counted in this model. */
  readonly connections: readonly string[]
  /** Undefined for inputs. */
  readonly source: AnyLayer | undefined
}

type AnyNetwork = Network<never>

const isSequential = (model: AnyLayer): boolean => model.constructor.name === 'Sequential'

/** Whether layers stand in one row, each called once: Keras 2's rule for the narrow table. */
export function isChain(model: AnyLayer, { inputs, layers, order }: Graph): boolean {
  if (isSequential(model) || layers.includes(model)) return true
  const follows = (tensor: SymbolicTensor | undefined, i: number): boolean =>
    i === 0 ? tensor === inputs[0] : tensor?.node === order[i - 1]
  return (
    inputs.length === 1 &&
    new Set(layers).size === order.length &&
    order.every((node, i) => node.inputs.length === 1 && follows(node.inputs[0], i))
  )
}

/** A row for each layer in Keras's order, and for each input, which a Sequential does not show. */
export function layerRows(
  model: AnyLayer,
  graph: Graph,
  expandNested: boolean,
  depth = 0,
): readonly Row[] {
  // A model that computes in its own call holds layers, but there is no graph of them.
  const parts = graph.layers.includes(model) ? (model as unknown as AnyNetwork).layers : graph.parts
  const shown = parts.filter((part) => !(part instanceof SymbolicTensor && isSequential(model)))
  const names = callNames(graph)
  const mark = depth > 0 ? `${'|'.repeat(depth)} ` : ''
  return shown.flatMap((part) => {
    if (part instanceof SymbolicTensor) return inputRow(part, mark)
    const calls = graph.order.filter((node) => layerOf(node) === part)
    const row = layerRow(part, calls, names, mark)
    const inner = expandNested ? innerGraph(part) : undefined
    return inner ? [row, ...layerRows(part, inner, true, depth + 1)] : [row]
  })
}

function innerGraph(layer: AnyLayer): Graph | undefined {
  return layer instanceof Network ? (layer as unknown as AnyNetwork).builtGraph : undefined
}

function inputRow(tensor: SymbolicTensor, mark: string): Row {
  return {
    layer: `${mark}${tensorName(tensor)} (InputLayer)`,
    shape: shapeText(tensor.shape),
    parameters: '0',
    connections: [],
    source: undefined,
  }
}

function layerRow(
  layer: AnyLayer,
  calls: readonly Node[],
  names: ReadonlyMap<Node, string>,
  mark: string,
): Row {
  const shapes = new Set(calls.map(outputShape))
  return {
    layer: `${mark}${layer.name} (${layer.constructor.name})`,
    shape: shapes.size === 1 ? ([...shapes][0] as string) : 'multiple',
    parameters: layer.built ? layer.countParams().toLocaleString('en-US') : '0 (unused)',
    connections: calls.flatMap(({ inputs }) =>
      inputs.map((tensor) => {
        const name = names.get(tensor.node) ?? `${tensorName(tensor)}[0]`
        return `${name}[${tensor.index}]`
      }),
    ),
    source: layer,
  }
}

function outputShape({ outputs }: Node): string {
  const shapes = outputs.map(({ shape }) => shapeText(shape))
  return shapes.length === 1 ? (shapes[0] as string) : `[${shapes.join(', ')}]`
}

/** `conv2d[0]`, `conv2d[1]`: calls of layers; what is an op or a weight goes by its own name. */
function callNames({ order }: Graph): ReadonlyMap<Node, string> {
  const counts = new Map<AnyLayer, number>()
  return new Map(
    order.map((node) => {
      const { operation } = node
      const layer = layerOf(node)
      if (!layer) {
        const name = operation.kind === 'op' ? `ops.${operation.name}` : operation.kind
        return [node, `${name}[0]`]
      }
      const count = counts.get(layer) ?? 0
      counts.set(layer, count + 1)
      return [node, `${layer.name}[${count}]`]
    }),
  )
}
