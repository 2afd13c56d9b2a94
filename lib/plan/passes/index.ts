/** The passes in their order. */
import type { Pass, Plan } from '../plan'
import { removeDeadCode } from './dead_code'
import { markDifferentiable } from './differentiable'
import { fuseNormActivation } from './norm_activation'
import { releaseEarly } from './release'
import { fuseUpSampleConv } from './up_sample_conv'

const PASSES: readonly Pass[] = [
  removeDeadCode,
  fuseUpSampleConv,
  fuseNormActivation,
  markDifferentiable,
  releaseEarly,
]

export function applyPasses(plan: Plan): Plan {
  return PASSES.reduce((current, pass) => pass(current), plan)
}
