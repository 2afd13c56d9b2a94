/**
 * Inference runs again and again with the same weights. What they alone decide, such as weights in
 * half precision and kernels in the form that a convolution wants, becomes a phase of its own, which
 * native code runs only when a weight has changed since.
 */
import type { Plan, PlanNode, PlanValue, ValueId } from '../plan'
import { isRandom } from '../random_ops'

/** Doubling and convolving, as making the kernel ready and using it. */
export function prepareUpSampleKernels(plan: Plan): Plan {
  if (!isInference(plan)) return plan
  const known = knownValues(plan)
  const values: PlanValue[] = [...plan.values]
  const prepare = (node: PlanNode): PlanNode[] => {
    const [x, kernel, ...bias] = node.inputs as [ValueId, ValueId]
    if (node.op !== 'upSampleConv2d' || !known.has(kernel)) return [node]
    // The processor decides which form it has.
    const { shape, dtype } = values[kernel] as PlanValue
    const ready = values.push({ shape, dtype }) - 1
    return [
      { ...node, op: 'upSampleKernel', inputs: [kernel], outputs: [ready] },
      { ...node, op: 'preparedUpSampleConv2d', inputs: [x, ready, ...bias] },
    ]
  }
  const phases = plan.phases.map((phase) => ({ ...phase, nodes: phase.nodes.flatMap(prepare) }))
  return { ...plan, values, phases }
}

export function keepWorkOnWeights(plan: Plan): Plan {
  if (!isInference(plan)) return plan
  const known = knownValues(plan)
  const isKept = ({ outputs }: PlanNode): boolean => outputs.every((value) => known.has(value))
  const kept = plan.phases.flatMap((phase) => phase.nodes.filter(isKept))
  if (kept.length === 0) return plan
  const weights = plan.phases.flatMap((phase) => phase.weights)
  const phases = plan.phases.map((phase) => {
    return { ...phase, weights: [], nodes: phase.nodes.filter((node) => !isKept(node)) }
  })
  const first = { name: 'weights', weights, nodes: kept, updates: [], kept: true }
  return { ...plan, phases: [first, ...phases] }
}

/** Whether a plan changes no weight, differentiates nothing, and is run for its inputs. */
function isInference({ inputs, phases }: Plan): boolean {
  return (
    inputs.length > 0 &&
    phases.every(({ updates, nodes, kept }) => {
      return !kept && updates.length === 0 && nodes.every(({ op }) => op !== 'gradients')
    })
  )
}

/** The values that are the same in every run as long as no weight changes. */
function knownValues({ phases }: Plan): ReadonlySet<ValueId> {
  const known = new Set(phases.flatMap(({ weights }) => weights.map(({ value }) => value)))
  for (const node of phases.flatMap(({ nodes }) => nodes)) {
    if (isRandom(node) || !node.inputs.every((value) => known.has(value))) continue
    node.outputs.forEach((value) => known.add(value))
  }
  return known
}
