/**
 * The gradient of a dense layer's kernel that goes into its optimizer alone is computed there, some
 * rows at a time: it is as large as the kernel, and writing and reading it costs small batches more
 * than the products themselves.
 */
import type { PlanUpdate } from '../../../binding'
import type { Plan, PlanNode, PlanPhase, ValueId } from '../plan'
import { isView } from '../recorded'

/** Smaller gradients stay in a core's cache from one op to the next. */
const FEWEST_ELEMENTS = 16384
/** Updates that take gradients as native/ops/element_update.cpp does. */
const OPTIMIZERS: ReadonlySet<string> = new Set(['adam', 'rmsprop', 'sgd'])

export function fuseDenseUpdates(plan: Plan): Plan {
  const users = countUsers(plan)
  const phases = plan.phases.map((phase) => fusePhase(plan, phase, users))
  return { ...plan, phases }
}

/** Bytes of a gradient that an update has in memory at once, on each thread. */
export function piecesOf(plan: Plan, { inputs, attributes }: PlanUpdate): number {
  const count = Array.isArray(attributes.products) ? attributes.products.length : 0
  const widths = inputs.slice(inputs.length - count).map((dy) => plan.values[dy]?.shape[1] ?? 0)
  // As DenseKernelGradient::together has it.
  const rowsOf = (width: number): number => 16 * Math.max(1, Math.floor(16384 / width / 16))
  return Math.max(0, ...widths.map((width) => 4 * rowsOf(width) * width))
}

/** How many nodes, updates and results use a value. */
function countUsers(plan: Plan): ReadonlyMap<ValueId, number> {
  const users = new Map<ValueId, number>()
  const count = (value: ValueId): void => void users.set(value, (users.get(value) ?? 0) + 1)
  for (const { nodes, updates } of plan.phases) {
    for (const { inputs } of [...nodes, ...updates]) inputs.forEach(count)
  }
  plan.outputs.forEach(count)
  return users
}

function fusePhase(plan: Plan, phase: PlanPhase, users: ReadonlyMap<ValueId, number>): PlanPhase {
  const makers = new Map(phase.nodes.flatMap((node) => node.outputs.map((id) => [id, node])))
  const fused = new Set<ValueId>()
  const updates = phase.updates.map((update) => {
    const chosen = update.weights.flatMap((_, i) => {
      const gradient = update.inputs[firstGradient(update) + i] as ValueId
      const maker = makers.get(gradient)
      if (!maker || users.get(gradient) !== 1 || !isKernelGradient(maker, gradient)) return []
      return isLarge(plan, gradient) && !isOfWeights(plan, maker) ? [{ i, gradient, maker }] : []
    })
    if (!OPTIMIZERS.has(update.op) || chosen.length === 0) return update
    const inputs = [...update.inputs]
    for (const { i, gradient, maker } of chosen) {
      const [dy, x] = maker.inputs as readonly [ValueId, ValueId]
      inputs[firstGradient(update) + i] = x
      inputs.push(dy)
      fused.add(gradient)
    }
    const products = chosen.map(({ i }) => i)
    return { ...update, inputs, attributes: { ...update.attributes, products } }
  })
  if (fused.size === 0) return phase
  return { ...phase, updates, nodes: phase.nodes.flatMap((node) => withoutKernel(node, fused)) }
}

/** Behind the learning rate, and the condition where there is one. */
function firstGradient({ attributes }: PlanUpdate): number {
  return attributes.conditional === true ? 2 : 1
}

/** Whether a value, a kernel or its gradient, has so many elements that passes over dense layers pay. */
export function isLarge(plan: Plan, id: ValueId): boolean {
  const elements = (plan.values[id]?.shape ?? []).reduce<number>((a, b) => a * (b ?? 1), 1)
  return elements >= FEWEST_ELEMENTS
}

function isKernelGradient({ op, attributes, outputs }: PlanNode, id: ValueId): boolean {
  if (op !== 'denseGradient' || attributes.kernel !== true) return false
  return outputs[attributes.input === true ? 1 : 0] === id
}

/** Whether a factor may lie in the memory of a weight, which another update may change first. */
function isOfWeights(plan: Plan, { inputs }: PlanNode): boolean {
  const nodes = plan.phases.flatMap((phase) => phase.nodes)
  const weights = new Set(plan.phases.flatMap((phase) => phase.weights.map(({ value }) => value)))
  const reaches = (value: ValueId): boolean => {
    const maker = nodes.find(({ outputs }) => outputs.includes(value))
    if (!maker) return weights.has(value)
    return isView(maker) && reaches(maker.inputs[0] as ValueId)
  }
  return inputs.slice(0, 2).some(reaches)
}

function withoutKernel(node: PlanNode, fused: ReadonlySet<ValueId>): PlanNode[] {
  const outputs = node.outputs.filter((id) => !fused.has(id))
  if (outputs.length === node.outputs.length) return [node]
  if (outputs.length === 0) return []
  return [{ ...node, outputs, attributes: { ...node.attributes, kernel: false } }]
}
