/** The pass that leaves out what changes nothing, seen as ops. */
import { ops, type SymbolicTensor } from '../../lib/index'
import { cast } from '../../lib/ops/dtypes'
import { removeDeadCode } from '../../lib/plan/passes/dead_code'
import { removeIdentities } from '../../lib/plan/passes/identities'
import type { Plan } from '../../lib/plan/plan'
import { Weight } from '../../lib/graph/weight'
import { Zeros } from '../../lib/initializers'
import { assignment } from '../../lib/plan/plan'
import { printPlan } from '../../lib/plan/print'
import { applied, input, opsOf, planOf } from './plan_of'

const optimised = (plan: Plan): Plan => removeDeadCode(applied(removeIdentities, plan))

const x = input([null, 4, 6])

/** The ops that are left of a function of x; around it others, as results stay. */
const left = (
  between: (x: SymbolicTensor) => SymbolicTensor,
  from: SymbolicTensor = x,
): string[] => {
  const names = opsOf(optimised(planOf([ops.copy(between(ops.copy(from)))])))
  return names.filter((op) => op !== 'copy')
}

const flags = input([null, 3], 'bool')
const half = input([null, 3], 'bfloat16')

type Case = [string, string[], (x: SymbolicTensor) => SymbolicTensor, SymbolicTensor?]

const cases: readonly Case[] = [
  ['x * 1', [], (a) => ops.mul(a, 1)],
  ['1 * x', [], (a) => ops.mul(1, a)],
  ['x / 1', [], (a) => ops.div(a, 1)],
  ['x - 0', [], (a) => ops.sub(a, 0)],
  ['x + 0, which changes -0', ['constant', 'add'], (a) => ops.add(a, 0)],
  ['x - -0, which changes -0', ['constant', 'sub'], (a) => ops.sub(a, -0)],
  ['1 / x', ['constant', 'div'], (a) => ops.div(1, a)],
  ['0 - x', ['constant', 'sub'], (a) => ops.sub(0, a)],
  ['x * 2', ['constant', 'mul'], (a) => ops.mul(a, 2)],
  ['-(-x)', [], (a) => ops.neg(ops.neg(a))],
  ['-(-(-x))', ['neg'], (a) => ops.neg(ops.neg(ops.neg(a)))],
  ['the same shape', [], (a) => ops.reshape(a, [null, 4, 6])],
  ['there and back', [], (a) => ops.reshapeItems(ops.reshape(a, [null, 24]), [4, 6])],
  ['three shapes', ['reshape'], (a) => ops.squeeze(ops.expandDims(ops.reshape(a, [null, 24]), 1))],
  ['the batch in another place', ['reshape'], (a) => ops.reshape(a, [24, -1])],
  ['a batch cut up', ['reshape', 'reshape'], (a) => ops.ravel(ops.reshape(a, [-1, 5]))],
  ['the same order', [], (a) => ops.transpose(a, [0, 1, 2])],
  ['orders that cancel', [], (a) => ops.transpose(ops.transpose(a, [1, 2, 0]), [2, 0, 1])],
  [
    'orders that do not',
    ['transpose'],
    (a) => ops.transpose(ops.transpose(a, [1, 2, 0]), [1, 0, 2]),
  ],
  ['wider and back', [], (a) => cast(cast(a, 'float32'), 'bfloat16'), half],
  ['narrower and back', ['cast', 'cast'], (a) => cast(cast(a, 'bfloat16'), 'float32')],
  ['flags as floats as integers', ['cast'], (a) => cast(cast(a, 'float32'), 'int32'), flags],
  ['one part', [], (a) => ops.concatenate([a], 1)],
  [
    'no border',
    [],
    (a) =>
      ops.pad(a, [
        [0, 0],
        [0, 0],
        [0, 0],
      ]),
  ],
  [
    'a border',
    ['pad'],
    (a) =>
      ops.pad(a, [
        [0, 0],
        [0, 1],
        [0, 0],
      ]),
  ],
  ['the shape that it has', [], (a) => ops.broadcastTo(a, [2, 3]), input([2, 3])],
  ['a larger shape', ['broadcastTo'], (a) => ops.broadcastTo(a, [5, 3]), input([1, 3])],
  ['a scalar times ones', ['mul'], (a) => ops.mul(input([2]), a), input([])],
]

test.each(cases.map(([name, ...rest]) => ({ name, rest })))('$name', ({ rest }) => {
  const [expected, between, from] = rest
  expect(left(between, from)).toEqual(expected)
})

test('reductions of single numbers are one with the next', () => {
  const column = input([null, 3, 1])
  const mean = ops.mean(ops.mean(column, 2), 0)
  expect(printPlan(optimised(planOf([mean, ops.sum(ops.mean(x, 1), 0)])))).toMatchInlineSnapshot(`
   "%0 = input "x" : float32(None, 3, 1)
   %1 = input "x" : float32(None, 4, 6)
   phase "phase 0"
     %3 = mean(%0) axes=[0, 2] keepdims=false : float32(3,)
     %4 = mean(%1) axes=[1] keepdims=false : float32(None, 6)
     %5 = sum(%4) axes=[0] keepdims=false : float32(6,)
   return %3, %5"
  `)
})

describe('stays', () => {
  test('what is a result, and what a later phase or an update takes', () => {
    const weight = new Weight({ name: 'w', shape: [2], initialize: new Zeros().prepare([2]) })
    const same = ops.mul(weight.leaf, 1)
    expect(opsOf(optimised(planOf([same])))).toEqual(['constant', 'mul'])
    const update = { updates: [assignment(weight, same)] }
    expect(opsOf(optimised(planOf(update)))).toEqual(['constant', 'mul'])
    const phases = planOf({ outputs: [], computed: [same] }, [ops.exp(same)])
    expect(opsOf(optimised(phases))).toEqual(['constant', 'mul', 'exp'])
  })

  test('what is differentiated by, or differentiated', () => {
    const hidden = ops.reshape(ops.exp(x), [null, 24])
    const flat = ops.reshape(hidden, [null, 24])
    const [byHidden] = ops.gradients(ops.sum(ops.square(flat)), [hidden])
    const plan = optimised(planOf([byHidden as SymbolicTensor]))
    expect(opsOf(plan)).toEqual(['exp', 'reshape', 'square', 'sum', 'gradients'])
    const [byFlat] = ops.gradients(ops.sum(ops.square(flat)), [flat])
    expect(opsOf(optimised(planOf([byFlat as SymbolicTensor])))).toContain('reshape')
  })
})
