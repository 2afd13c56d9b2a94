/** Lowering and the passes, seen as text. */
import { Adam, BatchNormalization, Dense, Dropout, Input, Model, ops } from '../../lib/index'
import { placeholder, type SymbolicTensor } from '../../lib/graph/tensor'
import { Weight } from '../../lib/graph/weight'
import { lower } from '../../lib/plan/lower'
import { applyPasses } from '../../lib/plan/passes'
import { removeDeadCode } from '../../lib/plan/passes/dead_code'
import { markDifferentiable } from '../../lib/plan/passes/differentiable'
import { releaseEarly } from '../../lib/plan/passes/release'
import type { GraphPhase, GraphUpdate, Plan } from '../../lib/plan/plan'
import { printPlan } from '../../lib/plan/print'
import { validatePlan } from '../../lib/plan/validate'
import { Zeros } from '../../lib/initializers'

const x = placeholder('x', { shape: [null, 2], dtype: 'float32' })
const inputs = [{ tensor: x, name: 'x', requireFinite: true }]

function phase(name: string, outputs: SymbolicTensor[], updates: GraphUpdate[] = []): GraphPhase {
  return { name, outputs, updates }
}

function weight(shape: number[] = [2]): Weight {
  return new Weight({ name: 'w', shape, initialize: new Zeros().prepare(shape) })
}

function assign(target: Weight, value: SymbolicTensor): GraphUpdate {
  return { op: 'assign', weights: [target], slots: [], inputs: [value], attributes: {} }
}

/** The plan's text with weights numbered from 1, since ids are unique in a process. */
function text(plan: Plan | string): string {
  const numbers = new Map<string, number>()
  const number = (id: string): string => {
    if (!numbers.has(id)) numbers.set(id, numbers.size + 1)
    return String(numbers.get(id))
  }
  return (typeof plan === 'string' ? plan : printPlan(plan))
    .replace(/= weight (\d+)/g, (_, id: string) => `= weight ${number(id)}`)
    .replace(/(weights|slots)=\[([\d, ]+)\]/g, (_, kind: string, ids: string) => {
      return `${kind}=[${ids.split(', ').map(number).join(', ')}]`
    })
}

const opsOf = (plan: Plan): string[] =>
  plan.phases.flatMap(({ nodes }) => nodes.map(({ op }) => op))

describe('a small model', () => {
  const input = Input({ shape: [2] })
  const hidden = Dense(3, { activation: 'relu', name: 'hidden' })(input)
  const normal = BatchNormalization({ momentum: 0.8, name: 'norm' })(hidden)
  const model = new Model(input, Dense(1, { activation: 'sigmoid', name: 'out' })(normal), {
    name: 'small',
  })
  const optimizer = new Adam(0.001, 0.5)
  model.compile({ loss: 'binary_crossentropy', optimizer, metrics: ['accuracy'] })

  test('predict', () => {
    expect(text(model.plan('predict'))).toMatchInlineSnapshot(`
     "%0 = input "x0" : float32(None, 2)
     phase "predict"
       %1 = weight 1 : float32(2, 3)
       %2 = weight 2 : float32(3,)
       %5 = weight 3 : float32(3,)
       %6 = weight 4 : float32(3,)
       %7 = weight 5 : float32(3,)
       %8 = weight 6 : float32(3,)
       %10 = weight 7 : float32(3, 1)
       %11 = weight 8 : float32(1,)
       %3 = dense(%0, %1, %2) : float32(None, 3)  # Dense "hidden"  release %0, %1, %2
       %4 = relu(%3) : float32(None, 3)  # Dense "hidden"  release %3
       %9 = batchNormInference(%4, %5, %6, %7, %8) scale=true center=true epsilon=0.001 : float32(None, 3)  # BatchNormalization "norm"  release %4, %5, %6, %7, %8
       %12 = dense(%9, %10, %11) : float32(None, 1)  # Dense "out"  release %9, %10, %11
       %13 = sigmoid(%12) : float32(None, 1)  # Dense "out"  release %12
     return %13"
    `)
  })

  test('train', () => {
    expect(text(model.plan('train'))).toMatchInlineSnapshot(`
     "%0 = input "input" : float32(None, 2)
     %1 = input "target" : float32(None, 1)
     %2 = input "learningRate" : float32()
     phase "train"
       %3 = weight 1 : float32(2, 3)
       %4 = weight 2 : float32(3,)
       %7 = weight 3 : float32(3,)
       %8 = weight 4 : float32(3,)
       %12 = weight 5 : float32(3, 1)
       %13 = weight 6 : float32(1,)
       %38 = weight 7 : float32(3,)
       %44 = weight 8 : float32(3,)
       %5 = dense(%0, %3, %4) : float32(None, 3)  # Dense "hidden"  release %4
       %6 = relu(%5) : float32(None, 3)  # Dense "hidden"  release %5
       %9, %10, %11 = batchNormTraining(%6, %7, %8) scale=true center=true epsilon=0.001 : float32(None, 3), float32(3,), float32(3,)  # BatchNormalization "norm"
       %14 = dense(%9, %12, %13) : float32(None, 1)  # Dense "out"  release %13
       %15, %16, %20, %22, %26, %28, %33 = elements(%14, %1) ops=constant constant sigmoid clip log mul sub sub log mul add neg mean greater cast equal cast operands=[-1, -1, -1, -1, 0, -1, 4, -1, 5, -1, 1, 6, 2, 1, 2, 5, 9, -1, 8, 10, 7, 11, 12, -1, 13, -1, 4, 3, 15, -1, 1, 16, 17, -1] numbers=[1, 0, 0.5, 0, 0, 0, 1e-7, 0.9999999, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] results=[4, 5, 8, 9, 13, 14, 18] axes=[0, 1] : float32(None, 1), float32(None, 1), float32(None, 1), float32(None, 1), float32(None, 1), float32(), float32(None, 1)  # Dense "out"  release %14
       %34 = mean(%33) axes=[1] keepdims=false : float32(None,)  # Model "small" accuracy
       %36 = fullLike(%34) value=1 dtype=float32 : float32(None,)  # Model "small" accuracy  release %34
       %37 = sum(%36) axes=[0] keepdims=false : float32()  # Model "small" accuracy  release %36
       %43, %49 = elements(%38, %10, %44, %11) ops=constant constant mul mul add mul mul add operands=[-1, -1, -1, -1, 0, 4, 1, 5, 6, 7, 2, 4, 3, 5, 9, 10] numbers=[0.8, 0, 0.19999999999999996, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] results=[8, 11] axes=[0] : float32(3,), float32(3,)  # BatchNormalization "norm"  release %38, %44
       %35, %66 = elements(%33, %26, %20, %22, %1, %16, %15) ops=constant sum meanGradient neg mul div neg mul div add clipGradient sigmoidGradient operands=[-1, -1, 0, -1, 7, 1, 9, -1, 10, 2, 11, 3, 12, -1, 10, 4, 14, 5, 13, 15, 16, 6, 17, 6] numbers=[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1e-7, 0.9999999, 0, 0] results=[8, 18] axes=[0, 1] : float32(), float32(None, 1)  # Model "small" accuracy  release %33, %26, %20, %22, %1, %16, %15
       %67, %54, %55 = denseGradient(%66, %9, %12) input=true kernel=true bias=true : float32(None, 3), float32(3, 1), float32(1,)  # Dense "out"  release %66, %9, %12
       %70, %52, %53 = batchNormGradient(%67, %6, %10, %11, %7, %8) scale=true center=true epsilon=0.001 : float32(None, 3), float32(3,), float32(3,)  # BatchNormalization "norm"  release %67, %10, %11, %7, %8
       %73 = reluGradient(%70, %6) : float32(None, 3)  # Dense "hidden"  release %70, %6
       %50, %51 = denseGradient(%73, %0, %3) input=false kernel=true bias=true : float32(2, 3), float32(3,)  # Dense "hidden"  release %73, %0, %3
       update weights=[7] by assign(%43)
       update weights=[8] by assign(%49)
       update weights=[1, 2, 3, 4, 5, 6] slots=[9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21] by adam(%2, %50, %51, %52, %53, %54, %55) beta1=0.5 beta2=0.999 epsilon=1e-7 amsgrad=false
     return %28, %35, %37"
    `)
  })

  test('dropout is there while training only', () => {
    const dropped = new Model(input, Dropout(0.5)(Dense(1)(input)))
    dropped.compile({ loss: 'mse', optimizer: 'adam' })
    expect(dropped.plan('train')).toContain('dropout(')
    expect(dropped.plan('predict')).not.toContain('dropout(')
  })
})

describe('lower', () => {
  test('values flow from phase to phase, weights are read anew in each', () => {
    const w = weight()
    const y = ops.mul(x, w.tensor)
    const plan = lower(inputs, [
      phase('first', [y], [assign(w, ops.mean(y, 0))]),
      phase('second', [ops.add(y, w.tensor)]),
    ])
    expect(text(plan)).toMatchInlineSnapshot(`
     "%0 = input "x" : float32(None, 2)
     phase "first"
       %1 = weight 1 : float32(2,)
       %2 = mul(%0, %1) : float32(None, 2)
       %3 = mean(%2) axes=[0] keepdims=false : float32(2,)
       update weights=[1] by assign(%3)
     phase "second"
       %4 = weight 1 : float32(2,)
       %5 = add(%2, %4) : float32(None, 2)
     return %2, %5"
    `)
    validatePlan(plan)
  })

  test('what is computed twice in the graph stays twice, what is shared once', () => {
    const y = ops.exp(x)
    expect(opsOf(lower(inputs, [phase('p', [ops.add(y, y), ops.exp(x)])]))).toEqual([
      'exp',
      'add',
      'exp',
    ])
  })

  test('a foreign input and a layer call are refused', () => {
    const other = placeholder('other', { shape: [null, 2], dtype: 'float32' })
    expect(() => lower(inputs, [phase('p', [ops.add(x, other)])])).toThrow(
      '[plan] the input "other" was left in the graph of phase "p"',
    )
    expect(() => lower(inputs, [phase('p', [Dense(1)(x)])])).toThrow(
      '[plan] a layer call was left in the graph of phase "p"',
    )
  })
})

describe('removeDeadCode', () => {
  test('keeps what outputs and updates of any phase need', () => {
    const [kept, updated] = [weight(), weight()]
    const later = ops.exp(x)
    const plan = lower(inputs, [
      phase('a', [ops.mul(later, kept.tensor)], [assign(updated, ops.mean(x, 0))]),
      phase('b', [ops.neg(later)]),
    ])
    const first = plan.outputs[0]!
    const shortened = removeDeadCode({ ...plan, outputs: plan.outputs.slice(1) })
    expect(opsOf(plan)).toEqual(['exp', 'mul', 'mean', 'neg'])
    expect(opsOf(shortened)).toEqual(['exp', 'mean', 'neg'])
    expect(shortened.phases[0]?.weights).toEqual([])
    expect(opsOf(removeDeadCode({ ...plan, outputs: [first] }))).toEqual(['exp', 'mul', 'mean'])
    // Never changes its argument.
    expect(opsOf(plan)).toEqual(['exp', 'mul', 'mean', 'neg'])
  })
})

describe('releaseEarly', () => {
  /** Values that each op frees, by op. */
  const released = (plan: Plan): [string, readonly number[]][] =>
    releaseEarly(plan).phases.flatMap(({ nodes }) =>
      nodes.map(({ op, release }): [string, readonly number[]] => [op, release]),
    )

  test('after the last use, not before', () => {
    const y = ops.exp(x)
    const plan = lower(inputs, [phase('p', [ops.add(ops.neg(y), y)])])
    // x is %0, exp %1, neg %2, add %3.
    expect(released(plan)).toEqual([
      ['exp', [0]],
      ['neg', []],
      ['add', [2, 1]],
    ])
  })

  test('outputs, values of updates and values of later phases stay', () => {
    const w = weight()
    const y = ops.exp(x)
    const z = ops.mean(y, 0)
    const plan = lower(inputs, [
      phase('a', [y], [assign(w, z)]),
      phase('b', [ops.neg(x), ops.sum(y)]),
    ])
    expect(released(plan)).toEqual([
      ['exp', []],
      ['mean', []],
      ['neg', [0]],
      ['sum', []],
    ])
  })

  test('unused results of an op go at once', () => {
    const { y } = ops.batchNormTraining(x, { epsilon: 1e-3 })
    const plan = lower(inputs, [phase('p', [y])])
    expect(released(plan)).toEqual([['batchNormTraining', [0, 2, 3]]])
  })
})

describe('markDifferentiable', () => {
  const marked = (outputs: SymbolicTensor[]): string[] =>
    markDifferentiable(lower(inputs, [phase('p', outputs)])).phases.flatMap(({ nodes }) =>
      nodes.filter(({ differentiable }) => differentiable).map(({ op }) => op),
    )

  test('only what lies between the ends', () => {
    const w = weight()
    const before = ops.exp(x)
    const y = ops.mul(before, w.tensor)
    const beside = ops.tanh(y)
    const loss = ops.mean(y)
    expect(marked([...ops.gradients(loss, [w.tensor]), beside])).toEqual(['mul', 'mean'])
    expect(marked([loss, beside])).toEqual([])
  })

  test('a gradient that is differentiated again (a gradient penalty)', () => {
    const w = weight()
    const score = ops.sum(ops.square(ops.mul(x, w.tensor)))
    const [slope] = ops.gradients(score, [x])
    const penalty = ops.mean(ops.square(slope!))
    expect(marked(ops.gradients(penalty, [w.tensor]))).toEqual([
      ...['mul', 'square', 'sum'],
      ...['gradients', 'square', 'mean'],
    ])
  })
})

test('all passes together give a legal plan and leave their argument alone', () => {
  const w = weight()
  const [gradient] = ops.gradients(ops.mean(ops.mul(x, w.tensor)), [w.tensor])
  const plan = lower(inputs, [phase('p', [ops.sum(x)], [assign(w, gradient!)])])
  const before = JSON.stringify(plan)
  const optimised = validatePlan(applyPasses(plan))
  expect(JSON.stringify(plan)).toBe(before)
  expect(optimised.phases[0]?.nodes.some(({ differentiable }) => differentiable)).toBe(true)
})
