/** The calls between a model's inputs and outputs. */
import { shapeText } from '../array'
import { ArgumentError, ShapeError } from '../errors'
import { Node, type CallContext } from '../graph/node'
import type { SymbolicTensor } from '../graph/tensor'
import { orderByDepth, topologicalOrder } from '../graph/walk'
import { Layer, type AnyLayer } from '../layers/layer'
import { Replay } from './replay'

export class Graph {
  /** Every layer once, in Keras's order, so that weights are in Keras's order too. */
  readonly layers: readonly AnyLayer[]
  /** The same and the inputs. */
  readonly parts: readonly (AnyLayer | SymbolicTensor)[]
  /** Calls in order. */
  readonly order: readonly Node[]

  constructor(
    private readonly label: string,
    readonly inputs: readonly SymbolicTensor[],
    readonly outputs: readonly SymbolicTensor[],
    /** The outputs in the order that decides the order of layers. */
    ends: readonly SymbolicTensor[] = outputs,
  ) {
    this.order = topologicalOrder(outputs, new Set(inputs))
    for (const { operation } of this.order) {
      if (operation.kind === 'input') {
        throw new ArgumentError(
          label,
          `outputs depend on the input "${operation.name}", which is not among the model's inputs`,
        )
      }
    }
    this.parts = orderByDepth(ends, inputs, (node) => layerOf(node) ?? node).filter(
      (owner): owner is AnyLayer | SymbolicTensor => !(owner instanceof Node),
    )
    this.layers = this.parts.filter((part): part is AnyLayer => part instanceof Layer)
    const names = this.layers.map((layer) => layer.name)
    const twice = names.find((name, i) => names.indexOf(name) !== i)
    if (twice !== undefined) {
      throw new ArgumentError(label, `has two layers named "${twice}"; names must be unique`)
    }
  }

  /** The same computation on other tensors, with layers taken apart into ops. */
  replay(inputs: readonly SymbolicTensor[], context: CallContext): SymbolicTensor[] {
    return this.replayed(inputs, context).outputs
  }

  /** The same, open to questions about what else belongs to it. */
  replayed(inputs: readonly SymbolicTensor[], context: CallContext): Replay {
    if (inputs.length !== this.inputs.length) {
      throw new ArgumentError(
        this.label,
        `takes ${this.inputs.length} inputs, received ${inputs.length}`,
      )
    }
    return new Replay(this, inputs, context)
  }
}

/** The layer that a node calls, if it does. */
export function layerOf(node: Node): AnyLayer | undefined {
  const { operation } = node
  return operation.kind === 'layer' && operation.layer instanceof Layer
    ? operation.layer
    : undefined
}

/** That a model is called on items of the shape that it was built for. */
export function requireSameItems(
  label: string,
  expected: SymbolicTensor | undefined,
  received: SymbolicTensor,
): void {
  if (!expected) return
  const [wanted, given] = [expected, received].map((tensor) => shapeText(tensor.shape.slice(1)))
  if (wanted !== given) {
    throw new ShapeError(
      label,
      `expects an input of shape ${shapeText(expected.shape)}, received ${shapeText(received.shape)}`,
    )
  }
}
