/** In which precision layers compute and keep their weights. */
import { fail } from './check'

/** Keras's names of precisions: for all, or `mixed_`: weights in float32, computations in half. */
export type PolicyName = 'float32' | 'mixed_bfloat16' | 'mixed_float16'

/**
 * A precision policy. Weights are always kept in float32; `mixed_bfloat16` and `mixed_float16`
 * compute in half precision. Source: https://keras.io/api/mixed_precision/policy/
 */
export interface Policy {
  readonly name: PolicyName
  readonly computeDType: 'float32' | 'bfloat16' | 'float16'
  readonly variableDType: 'float32'
}

const POLICIES: Readonly<Record<PolicyName, Policy>> = {
  float32: { name: 'float32', computeDType: 'float32', variableDType: 'float32' },
  mixed_bfloat16: { name: 'mixed_bfloat16', computeDType: 'bfloat16', variableDType: 'float32' },
  mixed_float16: { name: 'mixed_float16', computeDType: 'float16', variableDType: 'float32' },
}

let globalPolicy: Policy = POLICIES.float32

/** What a layer's `dtype` option takes. */
export type PolicyArgument = PolicyName | Policy

export function resolvePolicy(where: string, name: string, value: unknown): Policy {
  if (value === undefined || value === null) return globalPolicy
  const key = typeof value === 'object' ? (value as { name?: unknown }).name : value
  if (typeof key === 'string' && Object.hasOwn(POLICIES, key)) return POLICIES[key as PolicyName]
  return fail(where, name, `a policy: one of ${Object.keys(POLICIES).join(', ')}`, value)
}

/**
 * Sets the policy of all layers that are made from now on without a `dtype` of their own.
 *
 * @example
 * setDTypePolicy('mixed_bfloat16')
 */
export function setDTypePolicy(policy: PolicyArgument): void {
  globalPolicy = resolvePolicy('setDTypePolicy', 'policy', policy)
}

/** The policy of layers made without a `dtype`; 'float32' at first. */
export function dtypePolicy(): Policy {
  return globalPolicy
}
