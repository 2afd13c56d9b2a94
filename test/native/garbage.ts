/** A Plan that is right, things that are wrong anywhere, and how tests call what types forbid. */
import { isNativeError } from 'node:util/types'
import type { Plan, PlanNode } from '../../binding'
import { native } from '../../lib/native'

export const { Store, Program } = native()

/** Calls that the types of binding.d.ts forbid. */
export type Loose = (...args: unknown[]) => unknown
export const loose = (target: unknown, name: string): Loose =>
  ((target as Record<string, Loose>)[name] as Loose).bind(target)

export const garbage: unknown[] = [
  undefined,
  null,
  true,
  NaN,
  -1,
  0.5,
  1e300,
  Infinity,
  2 ** 53,
  'x',
  Symbol('x'),
  10n,
  {},
  [],
  [NaN],
  [[]],
  [undefined],
  () => 1,
  new Date(),
  new Float64Array(2),
  new DataView(new ArrayBuffer(8)),
  new Float32Array(3),
  new Proxy(
    {},
    {
      get: () => {
        throw new Error('trap')
      },
    },
  ),
]

/** Neither crashes nor hangs; what it throws or rejects with is an Error. */
export async function survives(action: () => unknown): Promise<boolean> {
  try {
    await action()
    return true
  } catch (error) {
    // Not instanceof: the addon's errors are of the realm outside jest's.
    expect(isNativeError(error)).toBe(true)
    return false
  }
}

export function reluNode(changes: Partial<PlanNode> = {}): PlanNode {
  const node = { op: 'relu', inputs: [0], outputs: [1], attributes: {}, scope: '' }
  return { ...node, differentiable: false, release: [], ...changes }
}

export function reluPlan(changes: Partial<Plan> = {}, node: Partial<PlanNode> = {}): Plan {
  const value = { shape: [null, 2], dtype: 'float32' } as const
  return {
    values: [value, value],
    inputs: [{ value: 0, name: 'x', requireFinite: false }],
    phases: [{ name: 'p', weights: [], nodes: [reluNode(node)], updates: [] }],
    outputs: [1],
    ...changes,
  }
}

export const input = new Float32Array([-1, 2, 3, -4])

/** Everything goes on after any of it. */
export async function stillWorks(): Promise<void> {
  const output = new Float32Array(4)
  await new Program(new Store(), reluPlan()).run([input], [[2, 2]], [output])
  expect([...output]).toEqual([0, 2, 3, 0])
}
