/** Graph to Plan: every tensor gets a number, every node a line. */
import type { PlanNode, PlanPhase, PlanUpdate, PlanValue, ValueId } from '../../binding'
import { PlanError } from '../errors'
import type { Node } from '../graph/node'
import type { SymbolicTensor } from '../graph/tensor'
import { topologicalOrder } from '../graph/walk'
import type { Weight } from '../graph/weight'
import type { GraphInput, GraphPhase, GraphUpdate, Plan } from './plan'

class Numbering {
  readonly values: PlanValue[] = []
  private readonly ids = new Map<SymbolicTensor, ValueId>()

  define(tensor: SymbolicTensor): ValueId {
    const id = this.values.length
    this.values.push({ shape: tensor.shape, dtype: tensor.dtype })
    this.ids.set(tensor, id)
    return id
  }

  has(tensor: SymbolicTensor): boolean {
    return this.ids.has(tensor)
  }

  /** Weights change between phases: each phase numbers its own reading of them. */
  forget(tensor: SymbolicTensor): void {
    this.ids.delete(tensor)
  }

  readonly id = (tensor: SymbolicTensor): ValueId => {
    const id = this.ids.get(tensor)
    if (id === undefined)
      throw new PlanError('plan', `${tensor.toString()} is used before it is computed`)
    return id
  }
}

/**
 * One Plan for phases that run one after the other. A tensor computed in one phase can be used in
 * later ones; a weight is read anew in each.
 */
export function lower(inputs: readonly GraphInput[], phases: readonly GraphPhase[]): Plan {
  const numbering = new Numbering()
  const planInputs = inputs.map(({ tensor, name, requireFinite }) => ({
    value: numbering.define(tensor),
    name,
    requireFinite,
  }))
  const outputs: ValueId[] = []
  const planPhases = phases.map((phase) => {
    const lowered = lowerPhase(phase, numbering)
    outputs.push(...phase.outputs.map(numbering.id))
    for (const node of lowered.weightNodes) numbering.forget(node.outputs[0] as SymbolicTensor)
    return lowered.phase
  })
  return { values: numbering.values, inputs: planInputs, phases: planPhases, outputs }
}

/** Every weight that the phases read or change. */
export function weightsIn(phases: readonly GraphPhase[]): Weight[] {
  const weights = phases.flatMap(({ outputs, updates }) => {
    const roots = [...outputs, ...updates.flatMap(({ inputs }) => inputs)]
    const read = topologicalOrder(roots).flatMap(({ operation }) =>
      operation.kind === 'weight' ? [operation.weight] : [],
    )
    return [...read, ...updates.flatMap((update) => [...update.weights, ...update.slots])]
  })
  return [...new Set(weights)]
}

function lowerPhase(
  phase: GraphPhase,
  numbering: Numbering,
): { phase: PlanPhase; weightNodes: readonly Node[] } {
  const roots = [...phase.outputs, ...phase.updates.flatMap((update) => update.inputs)]
  const weightNodes: Node[] = []
  const weights: { weight: number; value: ValueId }[] = []
  const nodes: PlanNode[] = []
  for (const node of topologicalOrder(roots)) {
    if (node.outputs.every((tensor) => numbering.has(tensor))) continue
    const { operation } = node
    if (operation.kind === 'op') nodes.push(lowerNode(node, operation, numbering))
    else if (operation.kind === 'weight') {
      const value = numbering.define(node.outputs[0] as SymbolicTensor)
      weights.push({ weight: operation.weight.id, value })
      weightNodes.push(node)
    } else {
      const what = operation.kind === 'input' ? `the input "${operation.name}"` : 'a layer call'
      throw new PlanError('plan', `${what} was left in the graph of phase "${phase.name}"`)
    }
  }
  const updates = phase.updates.map((update) => lowerUpdate(update, numbering))
  return { phase: { name: phase.name, weights, nodes, updates }, weightNodes }
}

function lowerNode(
  node: Node,
  operation: Extract<Node['operation'], { kind: 'op' }>,
  numbering: Numbering,
): PlanNode {
  return {
    op: operation.name,
    inputs: node.inputs.map(numbering.id),
    outputs: node.outputs.map((tensor) => numbering.define(tensor)),
    attributes: operation.attributes,
    scope: node.scope,
    differentiable: false,
    release: [],
  }
}

function lowerUpdate(update: GraphUpdate, numbering: Numbering): PlanUpdate {
  return {
    op: update.op,
    weights: update.weights.map((weight) => weight.id),
    slots: update.slots.map((slot) => slot.id),
    inputs: update.inputs.map(numbering.id),
    attributes: update.attributes,
  }
}
