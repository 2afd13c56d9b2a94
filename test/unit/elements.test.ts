/** Which ops on few elements become one node. */
import { ops } from '../../lib'
import { Weight } from '../../lib/graph/weight'
import { joinElements } from '../../lib/plan/passes/elements'
import { assignment, type Plan } from '../../lib/plan/plan'
import { applied, input, opsOf, planOf } from './plan_of'

const joined = (...phases: Parameters<typeof planOf>): Plan =>
  applied(joinElements, planOf(...phases))

const listsOf = (plan: Plan): unknown[] =>
  plan.phases.flatMap(({ nodes }) =>
    nodes.filter(({ op }) => op === 'elements').map(({ attributes }) => attributes.ops),
  )

test('a loss is one node, with the numbers that it is made with', () => {
  const [x, y] = [input([null, 1]), input([null, 1])]
  const plan = joined([ops.mean(ops.square(ops.sub(ops.mul(x, 2), y)))])
  expect(opsOf(plan)).toEqual(['elements'])
  expect(listsOf(plan)).toEqual(['constant mul sub square mean'])
})

test('what others use comes out of it', () => {
  const [x, y] = [input([8, 1]), input([8, 1])]
  const difference = ops.sub(x, y)
  const plan = joined([difference, ops.neg(ops.square(difference)), ops.tanh(difference)])
  const [node, tanh] = plan.phases[0]?.nodes ?? []
  expect(node?.outputs).toHaveLength(2)
  expect(tanh?.op).toBe('tanh')
  expect(node?.outputs).toContain(tanh?.inputs[0])
})

test('comparisons go with the numbers that are made of them', () => {
  const [x, y] = [input([4, 1]), input([4, 1])]
  const same = ops.equal(x, y)
  expect(opsOf(joined([ops.sum(ops.cast(same, 'float32'))]))).toEqual(['elements'])
  expect(opsOf(joined([ops.sum(ops.cast(same, 'float32')), same]))).toEqual([
    'equal',
    'cast',
    'sum',
  ])
})

test('what stands between two nodes and needs the first stays there', () => {
  const x = input([6])
  const first = ops.neg(ops.square(x))
  const plan = joined([ops.mul(ops.square(ops.tanh(first)), first)])
  expect(opsOf(plan)).toEqual(['elements', 'tanh', 'elements'])
})

test('other elements are another node', () => {
  const [x, y] = [input([6]), input([7])]
  const [a, b] = [ops.neg(x), ops.neg(y)]
  const plan = joined([ops.square(a), ops.square(b)])
  expect(listsOf(plan)).toEqual(['neg square', 'neg square'])
})

test('moving averages of weights are one node', () => {
  const update = (name: string) => {
    const weight = new Weight({ name, shape: [5], initialize: () => ops.zeros([5]) })
    return assignment(weight, ops.add(ops.mul(weight.tensor, 0.8), ops.mul(input([5]), 0.2)))
  }
  const { phases } = joined({ updates: [update('mean'), update('variance')] })
  const [node, ...others] = phases[0]?.nodes ?? []
  expect(others).toHaveLength(0)
  expect(phases[0]?.updates.flatMap(({ inputs }) => inputs)).toEqual(node?.outputs)
})

test.each([
  ['many elements', [5000]],
  ['many elements in one item', [null, 40]],
  ['none', [0, 2]],
])('%s stay apart', (_, shape) => {
  expect(opsOf(joined([ops.neg(ops.square(input(shape)))]))).toEqual(['square', 'neg'])
})

test('a single op and sums along an axis stay as they are', () => {
  const x = input([4, 3])
  expect(opsOf(joined([ops.neg(x)]))).toEqual(['neg'])
  expect(opsOf(joined([ops.sum(ops.neg(x), 0)]))).toEqual(['neg', 'sum'])
})

test('constants alone have no elements to look at', () => {
  const plan = joined([ops.neg(ops.square(ops.ones([3])))])
  expect(opsOf(plan)).toEqual(['full', 'square', 'neg'])
})

test('what autograd looks through stays apart', () => {
  const x = input([4])
  const plan = joined(ops.gradients(ops.sum(ops.neg(ops.square(x))), [x]))
  expect(opsOf(plan)).toEqual(['square', 'neg', 'sum', 'gradients'])
})
