/** The passes in their order. */
import type { Pass, Plan } from '../plan'
import { shareCommonSubexpressions } from './common_subexpressions'
import { foldConstants } from './constant_folding'
import { dropDeadBias } from './dead_bias'
import { removeDeadCode } from './dead_code'
import { fuseDenseActivation, fuseDenseActivationGradient } from './dense_activation'
import { fuseDenseUpdates } from './dense_update'
import { markDifferentiable } from './differentiable'
import { removeIdentities } from './identities'
import { joinElements } from './elements'
import { writeGradients } from './explicit_gradients'
import { keepWorkOnWeights, prepareUpSampleKernels } from './kept_work'
import { fuseNormActivationDropout } from './norm_activation_dropout'
import { fuseNormGradients } from './norm_gradient'
import { releaseEarly } from './release'
import { fuseUpSampleConv } from './up_sample_conv'

/** Those that only make programs faster or smaller, and can be turned off. */
export const OPTIMISATIONS: readonly Pass[] = [
  removeIdentities,
  // Before equal nodes are looked for: other ways to the same constant are equal then.
  foldConstants,
  shareCommonSubexpressions,
  // Behind it, since a convolution with a bias and one without have nothing to share.
  dropDeadBias,
  // Behind those that leave nodes unused.
  removeDeadCode,
  fuseUpSampleConv,
  fuseNormActivationDropout,
  // Behind those above, since it looks for a rule for what they have made.
  writeGradients,
  // Behind it, which writes those gradients as nodes.
  fuseDenseUpdates,
  fuseDenseActivation,
  fuseDenseActivationGradient,
  fuseNormGradients,
  prepareUpSampleKernels,
  // It takes what all others have left.
  keepWorkOnWeights,
  // Last: all others look for the ops that it joins.
  joinElements,
]

/** Which optimisations are applied: all, none, or these. */
export type Optimisations = boolean | readonly Pass[]

/** What is done to a plan, one after the other. Without optimisations it computes the same. */
export function passesOf(optimisations: Optimisations): readonly Pass[] {
  if (optimisations === false) return [markDifferentiable]
  const chosen = optimisations === true ? OPTIMISATIONS : optimisations
  // Which nodes autograd records, and what is freed, are decided for the plan that will run.
  return [...chosen, markDifferentiable, releaseEarly]
}

export function applyPasses(plan: Plan, optimisations: Optimisations = true): Plan {
  return passesOf(optimisations).reduce((current, pass) => pass(current), plan)
}
