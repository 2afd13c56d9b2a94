/** The pass that leaves out biases before a batch normalisation, seen as plans. */
import { ops, type SymbolicTensor } from '../../lib/index'
import { Weight } from '../../lib/graph/weight'
import { Zeros } from '../../lib/initializers'
import { dropDeadBias } from '../../lib/plan/passes/dead_bias'
import { assignment, type Plan } from '../../lib/plan/plan'
import { printPlan } from '../../lib/plan/print'
import { applied, input, planOf } from './plan_of'

const x = input([null, 4, 4, 3])
const kernel = input([3, 3, 3, 5])
const bias = input([5])
const mean = input([5])

const convolved = (): SymbolicTensor => ops.conv(x, kernel, { bias, padding: 'same' })
const train = (y: SymbolicTensor): SymbolicTensor => ops.batchNormTraining(y, { epsilon: 1e-3 }).y
const infer = (y: SymbolicTensor): SymbolicTensor =>
  ops.batchNormInference(y, mean, mean, { epsilon: 1e-3 })

const optimised = (...phases: Parameters<typeof planOf>): Plan =>
  applied(dropDeadBias, planOf(...phases))

/** Whether the first node of that op has a bias. */
function hasBias(plan: Plan, op = 'conv'): boolean {
  const node = plan.phases.flatMap(({ nodes }) => nodes).find((each) => each.op === op)
  return node?.inputs.length === 3
}

test('the mean of the batch gets the bias added', () => {
  const { y, mean: batchMean, variance } = ops.batchNormTraining(convolved(), { epsilon: 1e-3 })
  expect(printPlan(optimised([y, batchMean, variance]))).toMatchInlineSnapshot(`
   "%0 = input "x" : float32(None, 4, 4, 3)
   %1 = input "x" : float32(3, 3, 3, 5)
   %2 = input "x" : float32(5,)
   phase "phase 0"
     %3 = conv(%0, %1) strides=[1, 1] padding=same dilationRate=[1, 1] dataFormat=channels_last : float32(None, 4, 4, 5)
     %4, %7, %6 = batchNormTraining(%3) scale=false center=false epsilon=0.001 : float32(None, 4, 4, 5), float32(5,), float32(5,)
     %5 = add(%7, %2) : float32(5,)
   return %4, %5, %6"
  `)
})

test('moving averages get it subtracted, where training uses the same values', () => {
  const y = convolved()
  expect(printPlan(optimised([infer(y), train(y)]))).toMatchInlineSnapshot(`
   "%0 = input "x" : float32(None, 4, 4, 3)
   %1 = input "x" : float32(3, 3, 3, 5)
   %2 = input "x" : float32(5,)
   %3 = input "x" : float32(5,)
   phase "phase 0"
     %4 = conv(%0, %1) strides=[1, 1] padding=same dilationRate=[1, 1] dataFormat=channels_last : float32(None, 4, 4, 5)
     %9 = sub(%3, %2) : float32(5,)
     %5 = batchNormInference(%4, %9, %3) scale=false center=false epsilon=0.001 : float32(None, 4, 4, 5)
     %6, %10, %8 = batchNormTraining(%4) scale=false center=false epsilon=0.001 : float32(None, 4, 4, 5), float32(5,), float32(5,)
     %7 = add(%10, %2) : float32(5,)
   return %5, %6"
  `)
})

describe('is left out', () => {
  test('where it was rounded before its weight changed', () => {
    const weight = new Weight({ name: 'w', shape: [5], initialize: new Zeros().prepare([5]) })
    const half = (tensor: SymbolicTensor): SymbolicTensor => ops.cast(tensor, 'bfloat16')
    const rounded = half(weight.leaf)
    const y = ops.conv(half(x), half(kernel), { bias: rounded, padding: 'same' })
    const plan = optimised(
      { outputs: [infer(y)], computed: [y, rounded], updates: [assignment(weight, mean)] },
      [train(y)],
    )
    expect(hasBias(plan)).toBe(false)
  })

  const images = input([null, 4, 4, 5])

  test.each<[string, SymbolicTensor]>([
    ['dense', ops.dense(input([null, 3]), input([3, 5]), bias)],
    ['conv', ops.conv(input([null, 7, 3]), input([3, 3, 5]), { bias })],
    ['depthwiseConv', ops.depthwiseConv(images, input([3, 3, 5, 1]), { bias })],
    ['convTranspose', ops.convTranspose(images, input([3, 3, 5, 5]), { bias })],
  ])('of %s', (op, y) => {
    expect(hasBias(planOf([train(y)]), op)).toBe(true)
    expect(hasBias(optimised([train(y)]), op)).toBe(false)
  })

  test('through an order of axes that puts the channels last', () => {
    const first = input([null, 3, 4, 4])
    const y = ops.conv(first, kernel, { bias, dataFormat: 'channels_first', padding: 'same' })
    expect(hasBias(optimised([train(ops.transpose(y, [0, 2, 3, 1]))]))).toBe(false)
    // Columns are normalised, to each of which all biases are added.
    expect(hasBias(optimised([train(ops.transpose(y, [0, 1, 3, 2]))]))).toBe(true)
    expect(hasBias(optimised([train(y)]))).toBe(true)
  })

  test('through a change of precision', () => {
    const half = ops.cast(convolved(), 'bfloat16')
    expect(hasBias(optimised([train(ops.cast(half, 'float32'))]))).toBe(false)
  })
})

describe('stays', () => {
  test.each<[string, (y: SymbolicTensor) => SymbolicTensor]>([
    [
      'zeros at the border',
      (y) =>
        ops.pad(y, [
          [0, 0],
          [0, 1],
          [0, 1],
          [0, 0],
        ]),
    ],
    ['an activation', ops.relu],
    ['another shape', (y) => ops.reshape(y, [null, 4, 20])],
  ])('before %s', (_, between) => {
    expect(hasBias(optimised([train(between(convolved()))]))).toBe(true)
  })

  test('where the values are used elsewhere, or are results', () => {
    const y = convolved()
    expect(hasBias(optimised([train(y), ops.exp(y)]))).toBe(true)
    expect(hasBias(optimised([train(y), y]))).toBe(true)
    expect(hasBias(optimised([train(y)], [ops.exp(y)]))).toBe(true)
  })

  test('where an update takes the values', () => {
    const y = ops.dense(input([2, 3]), input([3, 5]), bias)
    const weight = new Weight({ name: 'w', shape: [2, 5], initialize: new Zeros().prepare([2, 5]) })
    const phase = { outputs: [train(y)], updates: [assignment(weight, y)] }
    expect(hasBias(optimised(phase), 'dense')).toBe(true)
  })

  test('before moving averages alone, and where those are differentiated', () => {
    const y = convolved()
    expect(hasBias(optimised([infer(y)]))).toBe(true)
    expect(hasBias(optimised([train(y), ...ops.gradients(ops.sum(infer(y)), [bias])]))).toBe(true)
  })

  test('where it changes before a normalisation in a later phase', () => {
    const weight = new Weight({ name: 'w', shape: [5], initialize: new Zeros().prepare([5]) })
    const other = new Weight({ name: 'v', shape: [5], initialize: new Zeros().prepare([5]) })
    const y = ops.conv(x, kernel, { bias: weight.leaf, padding: 'same' })
    const hasBiasWith = (changed: Weight): boolean =>
      hasBias(
        optimised(
          { outputs: [infer(y)], computed: [y], updates: [assignment(changed, mean)] },
          { outputs: [train(y)], updates: [assignment(weight, mean)] },
        ),
      )
    expect(hasBiasWith(weight)).toBe(true)
    expect(hasBiasWith(other)).toBe(false)
  })
})
