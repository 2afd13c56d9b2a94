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
    // What an earlier phase keeps stays, though another output of its node is made once more.
    if (!this.ids.has(tensor)) this.ids.set(tensor, id)
    return id
  }

  has(tensor: SymbolicTensor): boolean {
    return this.ids.has(tensor)
  }

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
 * One Plan for phases that run one after the other. Each reads weights anew, and what is made of
 * weights is computed anew, unless it is what an earlier phase was there to compute.
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
    lowered.passing.forEach((tensor) => {
      const isReading = tensor.node.operation.kind === 'weight'
      if (isReading || !phase.continues) numbering.forget(tensor)
    })
    return lowered.phase
  })
  return { values: numbering.values, inputs: planInputs, phases: planPhases, outputs }
}

/** Every weight that the phases read or change. */
export function weightsIn(phases: readonly GraphPhase[]): Weight[] {
  const weights = phases.flatMap((phase) => {
    const { updates } = phase
    const read = topologicalOrder(rootsOf(phase)).flatMap(({ operation }) =>
      operation.kind === 'weight' ? [operation.weight] : [],
    )
    return [...read, ...updates.flatMap((update) => [...update.weights, ...update.slots])]
  })
  return [...new Set(weights)]
}

/** All that a phase is there to compute. */
export function rootsOf({ outputs, computed = [], updates }: GraphPhase): SymbolicTensor[] {
  return [...outputs, ...computed, ...updates.flatMap(({ inputs }) => inputs)]
}

/** `passing`: tensors that a weight decides, which hold for this phase alone. */
function lowerPhase(
  phase: GraphPhase,
  numbering: Numbering,
): { phase: PlanPhase; passing: ReadonlySet<SymbolicTensor> } {
  const passing = new Set<SymbolicTensor>()
  const weights: { weight: number; value: ValueId }[] = []
  const nodes: PlanNode[] = []
  // Behind what is there already nothing is needed.
  for (const node of topologicalOrder(rootsOf(phase), numbering)) {
    const { operation } = node
    if (operation.kind === 'weight' || node.inputs.some((tensor) => passing.has(tensor))) {
      node.outputs
        .filter((tensor) => !numbering.has(tensor))
        .forEach((tensor) => passing.add(tensor))
    }
    if (operation.kind === 'op') nodes.push(lowerNode(node, operation, numbering))
    else if (operation.kind === 'weight') {
      const value = numbering.define(node.outputs[0] as SymbolicTensor)
      weights.push({ weight: operation.weight.id, value })
    } else {
      const what = operation.kind === 'input' ? `the input "${operation.name}"` : 'a layer call'
      throw new PlanError('plan', `${what} was left in the graph of phase "${phase.name}"`)
    }
  }
  const updates = phase.updates.map((update) => lowerUpdate(update, numbering))
  for (const root of rootsOf(phase)) {
    if (root.node.operation.kind !== 'weight') passing.delete(root)
  }
  return { phase: { name: phase.name, weights, nodes, updates }, passing }
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
