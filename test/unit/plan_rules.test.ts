/** Every rule of a legal Plan, broken once. */
import type { Plan, PlanNode, PlanPhase, PlanUpdate } from '../../binding'
import { PlanError } from '../../lib/index'
import { gradientEnds } from '../../lib/plan/passes/differentiable'
import { printPlan } from '../../lib/plan/print'
import { validatePlan } from '../../lib/plan/validate'

const value = { shape: [null, 2], dtype: 'float32' } as const

function node(op: string, inputs: number[], outputs: number[], more?: Partial<PlanNode>): PlanNode {
  const rest = { attributes: {}, scope: '', differentiable: false, release: [] }
  return { op, inputs, outputs, ...rest, ...more }
}

function update(weights: number[], inputs: number[], slots: number[] = []): PlanUpdate {
  return { op: 'assign', weights, slots, inputs, attributes: {} }
}

function phase(nodes: PlanNode[], more: Partial<PlanPhase> = {}): PlanPhase {
  return { name: 'p', weights: [], nodes, updates: [], ...more }
}

/** Input %0, and room for %1 to %4. */
function plan(phases: PlanPhase[], outputs: number[], more: Partial<Plan> = {}): Plan {
  const inputs = [{ value: 0, name: 'x', requireFinite: false }]
  return { values: Array(5).fill(value) as (typeof value)[], inputs, phases, outputs, ...more }
}

test('a legal plan passes and comes back', () => {
  const legal = plan(
    [
      phase([node('mul', [0, 1], [2]), node('neg', [2], [3], { release: [2] })], {
        weights: [{ weight: 7, value: 1 }],
        updates: [update([7], [3], [8]), update([9], [0])],
      }),
      phase([node('exp', [3], [4])], { updates: [update([7], [4])] }),
    ],
    [4, 0],
  )
  expect(validatePlan(legal)).toBe(legal)
})

const gradients = (outputs: number[], ys?: number, inputs = [0, 1]): PlanNode =>
  node('gradients', inputs, outputs, { attributes: ys === undefined ? {} : { ys } })

test.each<[string, Plan, string]>([
  [
    'an undeclared input',
    plan([], [], { inputs: [{ value: 9, name: 'x', requireFinite: false }] }),
    'input "x" names value %9, which is not declared',
  ],
  [
    'two inputs in one value',
    plan([], [], { inputs: ['a', 'b'].map((name) => ({ value: 0, name, requireFinite: false })) }),
    'input "b" defines value %0 again',
  ],
  [
    'an undeclared result',
    plan([phase([node('neg', [0], [5], { scope: 'Dense "d"' })])], []),
    'neg of Dense "d" names value %5, which is not declared',
  ],
  [
    'a value defined twice',
    plan([phase([node('neg', [0], [0])])], []),
    'neg defines value %0 again',
  ],
  [
    'a weight over a value that exists',
    plan([phase([], { weights: [{ weight: 3, value: 0 }] })], []),
    'weight 3 defines value %0 again',
  ],
  [
    'an undeclared weight',
    plan([phase([], { weights: [{ weight: 3, value: -1 }] })], []),
    'weight 3 names value %-1, which is not declared',
  ],
  [
    'use before computation',
    plan([phase([node('neg', [2], [1]), node('exp', [0], [2])])], []),
    'neg use value %2 before it is computed',
  ],
  [
    'use after release',
    plan([phase([node('neg', [0], [1], { release: [0] }), node('exp', [0], [2])])], []),
    'exp use value %0 after it is released',
  ],
  [
    'release of what is not there',
    plan([phase([node('neg', [0], [1], { release: [3] })])], []),
    'neg use value %3 before it is computed',
  ],
  [
    'release twice',
    plan([phase([node('neg', [0], [1], { release: [0, 0] })])], []),
    'neg use value %0 after it is released',
  ],
  [
    'use in a later phase after release',
    plan([phase([node('neg', [0], [1], { release: [0] })]), phase([node('exp', [0], [2])])], []),
    'exp use value %0 after it is released',
  ],
  [
    'an output that is not computed',
    plan([], [1]),
    'the outputs use value %1 before it is computed',
  ],
  [
    'an output that is released',
    plan([phase([node('neg', [0], [1], { release: [1] })])], [1]),
    'the outputs use value %1 after it is released',
  ],
  [
    'an update from what is not computed',
    plan([phase([], { updates: [update([7], [1])] })], []),
    'assign use value %1 before it is computed',
  ],
  [
    'an update from what is released',
    plan([phase([node('neg', [0], [1], { release: [1] })], { updates: [update([7], [1])] })], []),
    'assign use value %1 after it is released',
  ],
  [
    'a weight changed twice in one phase',
    plan([phase([], { updates: [update([7], [0]), update([7], [0])] })], []),
    'phase "p" changes weight 7 twice',
  ],
  [
    'a weight that is also a slot',
    plan([phase([], { updates: [update([7], [0], [7])] })], []),
    'phase "p" changes weight 7 twice',
  ],
  [
    'gradients without their count',
    plan([phase([node('neg', [0], [1]), gradients([2])])], []),
    'gradients must give one result for each x',
  ],
  [
    'gradients with too few results',
    plan([phase([node('neg', [0], [1]), gradients([2], 0)])], []),
    'gradients must give one result for each x',
  ],
  [
    'a gradient of another shape than its x',
    plan([phase([node('neg', [0], [1]), gradients([2], 1)])], [], {
      values: [value, value, { shape: [2], dtype: 'float32' }],
    }),
    'gradient %2 must have the shape of its x',
  ],
])('%s', (_, illegal, message) => {
  expect(() => validatePlan(illegal)).toThrow(PlanError)
  expect(() => validatePlan(illegal)).toThrow(new Error(`[plan] ${message}`))
})

test('the ends of gradients', () => {
  expect(gradientEnds(gradients([2], 1))).toEqual({ ys: [0], xs: [1] })
  expect(() => gradientEnds(gradients([2]))).toThrow(PlanError)
})

test('printing does not hide an undeclared value', () => {
  expect(printPlan(plan([phase([node('neg', [0], [9])])], [9]))).toContain(
    '%9 = neg(%0) : undeclared',
  )
})
