/** What is the same at every run is known before the first one. */
import { ops, type SymbolicTensor } from '../../lib/index'
import { constant } from '../../lib/ops/dtypes'
import { foldConstants } from '../../lib/plan/passes/constant_folding'
import { removeDeadCode } from '../../lib/plan/passes/dead_code'
import { applied, input, opsOf, planOf } from './plan_of'

const x = input([null, 2])

/** The nodes that are left, and the value of the last one. */
function folded(...outputs: SymbolicTensor[]): [string[], unknown] {
  const plan = removeDeadCode(applied(foldConstants, planOf(outputs)))
  return [opsOf(plan), plan.phases[0]?.nodes.at(-1)?.attributes.value]
}

describe('constants', () => {
  it('are computed with float32 roundings', () => {
    const third = ops.div(constant(1), constant(3))
    expect(folded(third)).toEqual([['constant'], Math.fround(1 / 3)])
    const tenth = Math.fround(0.1)
    expect(folded(ops.add(constant(0.1), 0.2))).toEqual([
      ['constant'],
      Math.fround(tenth + Math.fround(0.2)),
    ])
    expect(folded(ops.neg(ops.sqrt(ops.square(constant(3)))))).toEqual([['constant'], -3])
  })

  it('may have a shape, if it is known', () => {
    expect(folded(ops.mul(ops.ones([2, 3]), 4))).toEqual([['full'], 4])
    expect(folded(ops.sum(ops.ones([2, 3])))).toEqual([['constant'], 6])
    expect(folded(ops.sum(ops.ones([2, 3]), 0))).toEqual([['full'], 2])
    expect(folded(ops.mean(ops.full([7], 5)))).toEqual([['constant'], 5])
    expect(folded(ops.onesLike(x))[0]).toEqual(['fullLike'])
    expect(folded(ops.mul(x, 2))[0]).toEqual(['constant', 'mul'])
  })

  it('stay where rounding depends on the order, or the result is no number', () => {
    expect(folded(ops.sum(ops.full([3], 0.1)))[0]).toEqual(['full', 'sum'])
    expect(folded(ops.sum(ops.full([5000, 5000], 1)))[0]).toEqual(['full', 'sum'])
    expect(folded(ops.div(constant(1), 0))[0]).toEqual(['constant', 'constant', 'div'])
  })

  it('stay where somebody differentiates by them', () => {
    const two = constant(2)
    const [slope] = ops.gradients(ops.square(two), [two]) as [SymbolicTensor]
    expect(folded(slope)[0]).toEqual(['constant', 'square', 'gradients'])
  })
})
