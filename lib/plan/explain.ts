/** What the passes did to a plan, as text. */
import { knownOptions, boolean } from '../check'
import { lower } from './lower'
import { applyPasses, passesOf } from './passes'
import type { GraphInput, GraphPhase, Plan } from './plan'
import { printPlan } from './print'

/** Options of `model.plan` and `step.plan`. */
export interface PlanOptions {
  /**
   * true: the plan before and after the optimising passes, and what each of them did. false: the
   * plan without them. Default: the plan that runs.
   */
  readonly passes?: boolean
}

/** A program as text; `isOptimised` says how it runs. */
export function planText(
  where: string,
  program: { readonly inputs: readonly GraphInput[]; readonly phases: readonly GraphPhase[] },
  options: PlanOptions,
  isOptimised: boolean,
): string {
  knownOptions(where, options, ['passes'])
  const { passes } = options
  const lowered = lower(program.inputs, program.phases)
  if (passes === undefined) return printPlan(applyPasses(lowered, isOptimised))
  return boolean(where, 'passes', passes)
    ? explainPasses(lowered)
    : printPlan(applyPasses(lowered, false))
}

/** The plan as it was written down, what each pass changed, and the plan that runs. */
function explainPasses(lowered: Plan): string {
  let plan = lowered
  const changes = passesOf(true).map((pass) => {
    const before = plan
    plan = pass(plan)
    return `  ${pass.name}: ${changeText(before, plan)}`
  })
  const sections = {
    before: printPlan(lowered),
    passes: changes.join('\n'),
    after: printPlan(plan),
  }
  return Object.entries(sections)
    .map(([title, text]) => `${title}:\n${text}`)
    .join('\n\n')
}

/** Nodes that went and came, by op and phase: `train: conv -4, upSampleNearest -4, upSampleConv2d +4`. */
function changeText(before: Plan, after: Plan): string {
  // A pass may put phases before the others.
  const added = after.phases.length - before.phases.length
  const notes = after.phases.flatMap((phase, i) => {
    const counts = new Map<string, number>()
    const count = (op: string, by: number): void => void counts.set(op, (counts.get(op) ?? 0) + by)
    before.phases[i - added]?.nodes.forEach(({ op }) => count(op, -1))
    phase.nodes.forEach(({ op }) => count(op, 1))
    const changed = [...counts].filter(([, by]) => by !== 0)
    if (changed.length === 0) return []
    const list = changed.map(([op, by]) => `${op} ${by > 0 ? '+' : ''}${by}`).join(', ')
    return [`${phase.name}: ${list}`]
  })
  if (notes.length > 0) return notes.join('; ')
  return printPlan(before) === printPlan(after) ? 'nothing' : 'marks on nodes'
}
