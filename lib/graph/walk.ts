/** Orders over graphs. */
import type { Node } from './node'
import type { SymbolicTensor } from './tensor'

/**
 * Every node that `outputs` depend on, each after the nodes it takes its inputs from.
 * Does not look behind the tensors in `stopAt`. Iterative, so that depth is not limited.
 */
export function topologicalOrder(
  outputs: readonly SymbolicTensor[],
  stopAt: Pick<ReadonlySet<SymbolicTensor>, 'has'> = new Set(),
): Node[] {
  const order: Node[] = []
  const seen = new Set<Node>()
  const stack: { node: Node; next: number }[] = []
  const visit = (tensor: SymbolicTensor): void => {
    if (stopAt.has(tensor) || seen.has(tensor.node)) return
    seen.add(tensor.node)
    stack.push({ node: tensor.node, next: 0 })
  }
  for (const output of outputs) {
    visit(output)
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const input = top.node.inputs[top.next++]
      if (input) visit(input)
      else {
        order.push(top.node)
        stack.pop()
      }
    }
  }
  return order
}
