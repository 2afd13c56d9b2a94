/** A graph computed anew on other tensors. */
import type { CallContext, Node } from '../graph/node'
import { withScope } from '../graph/scope'
import { makeTensors, type SymbolicTensor } from '../graph/tensor'
import { topologicalOrder } from '../graph/walk'

interface Replayable {
  readonly inputs: readonly SymbolicTensor[]
  readonly outputs: readonly SymbolicTensor[]
  /** Each call after those that it depends on. */
  readonly order: readonly Node[]
}

/**
 * What functions of the user give, a loss or a Lambda, may depend on tensors of the graph that
 * they captured: `resolve` puts the replayed ones in their place.
 */
export class Replay {
  readonly outputs: SymbolicTensor[]
  /** From tensors of the graph to their counterparts. */
  private readonly values: Map<SymbolicTensor, SymbolicTensor>
  /** Nodes that depend on nothing that would have to be replaced. */
  private readonly settled = new Set<Node>()

  constructor(
    graph: Replayable,
    inputs: readonly SymbolicTensor[],
    private readonly context: CallContext,
  ) {
    this.values = new Map(graph.inputs.map((tensor, i) => [tensor, inputs[i] as SymbolicTensor]))
    for (const { node } of inputs) this.settled.add(node)
    for (const node of graph.order) {
      // A captured tensor may have been needed, and so made, before its turn.
      if (node.operation.kind === 'weight' || this.has(node)) continue
      this.repeat(node)
    }
    this.outputs = graph.outputs.map((tensor) => this.valueOf(tensor))
  }

  /** The same tensors, computed from the replayed ones where they are made of the graph's own. */
  resolve(tensors: readonly SymbolicTensor[]): SymbolicTensor[] {
    const stop = {
      has: (tensor: SymbolicTensor) => this.values.has(tensor) || this.settled.has(tensor.node),
    }
    for (const node of topologicalOrder(tensors, stop)) {
      // What another call captured too is made once.
      if (this.has(node)) continue
      if (this.mustChange(node)) this.repeat(node)
      else this.settled.add(node)
    }
    return tensors.map((tensor) => this.valueOf(tensor))
  }

  private mustChange({ inputs, operation }: Node): boolean {
    return inputs.some((tensor) =>
      operation.kind === 'layer' ? this.values.has(tensor) : this.valueOf(tensor) !== tensor,
    )
  }

  private has({ outputs }: Node): boolean {
    return outputs.every((tensor) => this.values.has(tensor))
  }

  private repeat(node: Node): void {
    const inputs = node.inputs.map((tensor) => this.valueOf(tensor))
    const results =
      node.operation.kind === 'layer'
        ? this.resolve(node.operation.layer.trace(inputs, this.context))
        : computedAnew(node, inputs)
    node.outputs.forEach((tensor, i) => this.values.set(tensor, results[i] as SymbolicTensor))
  }

  private valueOf(tensor: SymbolicTensor): SymbolicTensor {
    return this.values.get(tensor) ?? tensor
  }
}

/** The results of a node's op for other inputs. */
function computedAnew(node: Node, inputs: readonly SymbolicTensor[]): SymbolicTensor[] {
  const { operation, outputs, scope } = node
  const isGradients = operation.kind === 'op' && operation.name === 'gradients'
  // The new inputs may have a batch that is known: their gradients have it too.
  const like = isGradients ? inputs.slice(-outputs.length) : outputs
  return withScope(scope, () => makeTensors(operation, inputs, like))
}

/** The tensor as a function of `to` where it is one of `from`; ops only. */
export function substituted(
  tensor: SymbolicTensor,
  from: SymbolicTensor,
  to: SymbolicTensor,
): SymbolicTensor {
  const values = new Map([[from, to]])
  const valueOf = (x: SymbolicTensor): SymbolicTensor => values.get(x) ?? x
  for (const node of topologicalOrder([tensor], values)) {
    if (!node.inputs.some((input) => values.has(input))) continue
    const results = computedAnew(node, node.inputs.map(valueOf))
    node.outputs.forEach((output, i) => values.set(output, results[i] as SymbolicTensor))
  }
  return valueOf(tensor)
}
