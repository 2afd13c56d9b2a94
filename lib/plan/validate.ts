/** The rules that a legal Plan keeps; run before native code sees it. */
import type { Plan, PlanNode, PlanPhase, ValueId } from '../../binding'
import { shapeText } from '../array'
import { PlanError } from '../errors'

/** Throws a PlanError that names the first rule broken; returns the plan. */
export function validatePlan(plan: Plan): Plan {
  const defined = new Set<ValueId>()
  const define = (value: ValueId, by: string): void => {
    if (!plan.values[value])
      throw new PlanError('plan', `${by} names value %${value}, which is not declared`)
    if (defined.has(value)) throw new PlanError('plan', `${by} defines value %${value} again`)
    defined.add(value)
  }
  for (const { value, name } of plan.inputs) define(value, `input "${name}"`)
  const released = new Set<ValueId>()
  for (const phase of plan.phases) validatePhase(plan, phase, define, defined, released)
  for (const value of plan.outputs) requireLive(value, 'the outputs', defined, released)
  return plan
}

function requireLive(
  value: ValueId,
  by: string,
  defined: ReadonlySet<ValueId>,
  released: ReadonlySet<ValueId>,
): void {
  if (!defined.has(value))
    throw new PlanError('plan', `${by} use value %${value} before it is computed`)
  if (released.has(value))
    throw new PlanError('plan', `${by} use value %${value} after it is released`)
}

function validatePhase(
  plan: Plan,
  phase: PlanPhase,
  define: (value: ValueId, by: string) => void,
  defined: ReadonlySet<ValueId>,
  released: Set<ValueId>,
): void {
  for (const { value, weight } of phase.weights) define(value, `weight ${weight}`)
  for (const node of phase.nodes) {
    const by = `${node.op}${node.scope && ` of ${node.scope}`}`
    for (const value of node.inputs) requireLive(value, by, defined, released)
    for (const value of node.outputs) define(value, by)
    if (node.op === 'gradients') validateGradients(plan, node)
    for (const value of node.release) {
      requireLive(value, by, defined, released)
      released.add(value)
    }
  }
  const changed = new Set<number>()
  for (const update of phase.updates) {
    for (const value of update.inputs) requireLive(value, update.op, defined, released)
    for (const weight of [...update.weights, ...update.slots]) {
      if (changed.has(weight)) {
        throw new PlanError('plan', `phase "${phase.name}" changes weight ${weight} twice`)
      }
      changed.add(weight)
    }
  }
}

function validateGradients(plan: Plan, node: PlanNode): void {
  const count = node.attributes.ys
  if (typeof count !== 'number' || node.inputs.length - count !== node.outputs.length) {
    throw new PlanError('plan', 'gradients must give one result for each x')
  }
  node.outputs.forEach((value, i) => {
    const x = plan.values[node.inputs[count + i] as ValueId]
    const gradient = plan.values[value]
    if (!x || !gradient || shapeText(x.shape) !== shapeText(gradient.shape)) {
      throw new PlanError('plan', `gradient %${value} must have the shape of its x`)
    }
  })
}
