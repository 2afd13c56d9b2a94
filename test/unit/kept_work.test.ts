/** What weights alone decide, as a phase of its own. */
import { ops } from '../../lib/index'
import { Weight } from '../../lib/graph/weight'
import { Zeros } from '../../lib/initializers'
import { keepWorkOnWeights, prepareUpSampleKernels } from '../../lib/plan/passes/kept_work'
import { fuseUpSampleConv } from '../../lib/plan/passes/up_sample_conv'
import { assignment, type Plan } from '../../lib/plan/plan'
import { applied, input, planOf } from './plan_of'

const weightOf = (shape: readonly number[]): Weight =>
  new Weight({ name: 'w', shape, initialize: new Zeros().prepare(shape) })
const weight = weightOf([3])
const x = input([null, 3])

const opsIn = ({ phases }: Plan): string[][] => phases.map(({ nodes }) => nodes.map(({ op }) => op))
const kept = (...phases: Parameters<typeof planOf>): Plan =>
  applied(keepWorkOnWeights, planOf(...phases))

test('it comes first and is kept; weights are read there', () => {
  const plan = kept([ops.mul(x, ops.exp(weight.leaf))])
  expect(opsIn(plan)).toEqual([['exp'], ['mul']])
  expect(plan.phases.map((phase) => phase.kept)).toEqual([true, undefined])
  expect(plan.phases.map(({ weights }) => weights.length)).toEqual([1, 0])
})

test('random numbers are drawn anew', () => {
  const noise = ops.randomNormal([3], { mean: 0, stddev: 1 })
  expect(opsIn(kept([ops.mul(x, ops.exp(ops.add(weight.leaf, noise)))]))).toHaveLength(1)
})

test.each([
  [
    'an update',
    { outputs: [ops.mul(x, ops.exp(weight.leaf))], updates: [assignment(weight, ops.sum(x, 0))] },
  ],
  ['gradients', ops.gradients(ops.sum(ops.mul(x, ops.exp(weight.leaf))), [x])],
])('plans with %s stay as they are', (_, phase) => {
  expect(kept(phase).phases.some((each) => each.kept)).toBe(false)
})

test('a doubling convolution makes its kernel ready there', () => {
  const picture = input([null, 4, 4, 3])
  const kernel = weightOf([3, 3, 3, 5])
  const y = ops.conv(ops.upSampleNearest(picture, [2, 2]), kernel.leaf, { padding: 'same' })
  const plan = applied(prepareUpSampleKernels, applied(fuseUpSampleConv, planOf([y])))
  expect(opsIn(applied(keepWorkOnWeights, plan))).toEqual([
    ['upSampleKernel'],
    ['preparedUpSampleConv2d'],
  ])
})
