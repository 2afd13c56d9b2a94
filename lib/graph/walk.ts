/** Orders over graphs. */
import type { Node } from './node'
import type { SymbolicTensor } from './tensor'

/** Tensors that a walk does not look behind. */
type Stops = Pick<ReadonlySet<SymbolicTensor>, 'has'>

/**
 * Visits every node that `outputs` depend on, depth first: `enter` before the nodes it takes its
 * inputs from, `leave` after them. Does not look behind the tensors in `stopAt`. Iterative, so that
 * depth is not limited.
 */
function walk(
  outputs: readonly SymbolicTensor[],
  stopAt: Stops,
  visitor: {
    readonly enter?: (node: Node) => void
    readonly leave?: (node: Node) => void
    readonly stop?: (tensor: SymbolicTensor) => void
  },
): void {
  const seen = new Set<Node>()
  const stack: { node: Node; next: number }[] = []
  const visit = (tensor: SymbolicTensor): void => {
    if (stopAt.has(tensor)) return visitor.stop?.(tensor)
    if (seen.has(tensor.node)) return
    seen.add(tensor.node)
    visitor.enter?.(tensor.node)
    stack.push({ node: tensor.node, next: 0 })
  }
  for (const output of outputs) {
    visit(output)
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const input = top.node.inputs[top.next++]
      if (input) visit(input)
      else {
        visitor.leave?.(top.node)
        stack.pop()
      }
    }
  }
}

/** Every node that `outputs` depend on, each after the nodes it takes its inputs from. */
export function topologicalOrder(
  outputs: readonly SymbolicTensor[],
  stopAt: Stops = new Set(),
): Node[] {
  const order: Node[] = []
  walk(outputs, stopAt, { leave: (node) => order.push(node) })
  return order
}

/**
 * What `ownerOf` says that nodes belong to (the layer that a node calls) and the inputs, each once,
 * in Keras's order of a model's layers: those with more calls behind them on the way to the outputs
 * first, and among equals the one that is met first on the way back; inputs that lead nowhere stand
 * before what has no call behind it. Source: keras/src/ops/function.py.
 */
export function orderByDepth<T>(
  outputs: readonly SymbolicTensor[],
  inputs: readonly SymbolicTensor[],
  ownerOf: (node: Node) => T,
): (T | SymbolicTensor)[] {
  const stopAt = new Set(inputs)
  const met = new Set<T | SymbolicTensor>()
  const order: Node[] = []
  walk(outputs, stopAt, {
    enter: (node) => met.add(ownerOf(node)),
    leave: (node) => order.push(node),
    stop: (tensor) => met.add(tensor),
  })
  const depths = new Map<Node, number>()
  const owners = new Map<T | SymbolicTensor, number>()
  for (const node of order.reverse()) {
    const owner = ownerOf(node)
    const depth = Math.max(depths.get(node) ?? 0, owners.get(owner) ?? 0)
    owners.set(owner, depth)
    for (const tensor of node.inputs) {
      if (stopAt.has(tensor)) owners.set(tensor, Math.max(depth + 1, owners.get(tensor) ?? 0))
      else depths.set(tensor.node, Math.max(depth + 1, depths.get(tensor.node) ?? 0))
    }
  }
  const depthOf = (owner: T | SymbolicTensor): number => owners.get(owner) ?? 0
  const unused = inputs.filter((tensor) => !met.has(tensor))
  return [...unused, ...met].sort((a, b) => depthOf(b) - depthOf(a))
}
