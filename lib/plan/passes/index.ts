/** The passes in their order. */
import type { Pass, Plan } from '../plan'
import { removeDeadCode } from './dead_code'
import { shareCommonSubexpressions } from './common_subexpressions'
import { markDifferentiable } from './differentiable'
import { fuseNormActivation } from './norm_activation'
import { releaseEarly } from './release'
import { fuseUpSampleConv } from './up_sample_conv'

/** Those that only make programs faster or smaller, and can be turned off. */
const OPTIMISATIONS: readonly Pass[] = [
  removeDeadCode,
  shareCommonSubexpressions,
  fuseUpSampleConv,
  fuseNormActivation,
]

/** What is done to a plan, one after the other. Without optimisations it computes the same. */
export function passesOf(isOptimised: boolean): readonly Pass[] {
  // Which nodes autograd records, and what is freed, are decided for the plan that will run.
  return isOptimised ? [...OPTIMISATIONS, markDifferentiable, releaseEarly] : [markDifferentiable]
}

export function applyPasses(plan: Plan, isOptimised = true): Plan {
  return passesOf(isOptimised).reduce((current, pass) => pass(current), plan)
}
