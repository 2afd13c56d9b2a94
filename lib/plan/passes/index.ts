/** The passes in their order. */
import type { Pass, Plan } from '../plan'
import { removeDeadCode } from './dead_code'
import { markDifferentiable } from './differentiable'
import { releaseEarly } from './release'

const PASSES: readonly Pass[] = [removeDeadCode, markDifferentiable, releaseEarly]

export function applyPasses(plan: Plan): Plan {
  return PASSES.reduce((current, pass) => pass(current), plan)
}
