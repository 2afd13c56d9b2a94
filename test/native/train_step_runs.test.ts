/** Runs of fused steps: many at once, aborted, fed, failing; and descriptions that are refused. */
import {
  Dense,
  Input,
  Model,
  NDArray,
  ops,
  random,
  Sequential,
  setRandomSeed,
  SGD,
  trainStep,
  type SymbolicTensor,
} from '../../lib'
import { expectRefusal } from '../unit/refusal'
import { pictureSet } from './train_step_gans'

function network(): Sequential {
  const model = new Sequential([Dense(3, { activation: 'tanh', inputDim: 2 }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: new SGD(0.1), metrics: ['mae'] })
  return model
}

function noiseStep(model: Sequential) {
  return trainStep((s) => {
    const x = s.randomNormal([4, 2])
    return { x, result: s.trainOnBatch(model, x, s.ones([4, 1])) }
  })
}

describe('run', () => {
  it('many steps are the steps one by one, and each is heard of in turn', async () => {
    const heard: number[] = []
    setRandomSeed(2)
    const many = noiseStep(network())
    const last = await many.run({
      steps: 30,
      onStep: ({ result }, step) => {
        expect(step).toBe(heard.length)
        heard.push(result.loss)
      },
    })
    setRandomSeed(2)
    const single = noiseStep(network())
    const losses = []
    for (let i = 0; i < 30; i++) losses.push((await single.run()).result.loss)
    expect(heard).toEqual(losses)
    expect(last.result.loss).toBe(losses.at(-1))
    expect(last.result.mae).toBeGreaterThan(0)
    expect(last.x.shape).toEqual([4, 2])
  })

  it('gives what random gives: noise as in plain calls', async () => {
    setRandomSeed(5)
    const step = trainStep((s) => [s.randomNormal([3]), s.randint(0, 9, [2]), s.randomUniform([2])])
    const first = await step.run()
    const after = random.next()
    setRandomSeed(5)
    const plain = [random.normal(0, 1, [3]), random.randint(0, 9, [2]), random.uniform(0, 1, [2])]
    first.forEach((array, i) => expect(array.data).toEqual(plain[i]?.data))
    expect(random.next()).toBe(after)
  })

  it('stops between steps when the signal says so, and can go on', async () => {
    const step = noiseStep(network())
    const controller = new AbortController()
    const heard: number[] = []
    const running = step.run({
      steps: 100_000,
      signal: controller.signal,
      onStep: (_, i) => {
        heard.push(i)
        if (i === 10) controller.abort(new Error('enough'))
      },
    })
    await expect(running).rejects.toThrow('enough')
    // Later ones may have been done, but nobody hears of them.
    expect(heard).toHaveLength(11)
    expect((await step.run()).result.loss).toBeGreaterThanOrEqual(0)
  })

  it('ends with the error of onStep', async () => {
    const onStep = () => {
      throw new RangeError('mine')
    }
    await expect(noiseStep(network()).run({ steps: 5, onStep })).rejects.toThrow('mine')
  })

  it('takes arrays by name and refuses NaN before anything changes', async () => {
    const model = network()
    const step = trainStep((s) => {
      const [x, y] = [s.input('x', [2, 2]), s.input('y', [2])]
      return s.trainOnBatch(model, x, y)
    })
    const before = await model.getWeights()
    const [x, y] = [NDArray.ones([2, 2]), NDArray.from([1, NaN])]
    await expect(step.run({ inputs: { x, y } })).rejects.toMatchObject({
      code: 'GANTORCH_NOT_FINITE',
    })
    await expect(step.run({ inputs: { x } })).rejects.toThrow(
      '[trainStep run] the input "y" is missing',
    )
    await expect(step.run({ inputs: { x, y, z: x } })).rejects.toThrow(
      '[trainStep run] there is no input "z"; names are x, y',
    )
    await expect(step.run({ inputs: { x, y: x } })).rejects.toThrow('y must have shape (2,)')
    expect(await model.getWeights()).toEqual(before)
    const { loss } = await step.run({ inputs: { x, y: [1, 2] } })
    const rerun = await step.run({ inputs: { x, y: [1, 2] } })
    expect(rerun.loss).toBeLessThan(loss)
  })

  it('reads what it is fed when it is called', async () => {
    const model = network()
    const step = trainStep((s) => s.predict(model, s.input('x', [1, 2])))
    const x = NDArray.ones([1, 2])
    const [expected] = [await step.run({ inputs: { x } })]
    const running = step.run({ inputs: { x }, steps: 3 })
    x.data.fill(7)
    expect((await running).data).toEqual(expected.data)
  })

  it('a step that returns nothing resolves to nothing', async () => {
    const model = network()
    const [before] = await model.getWeights()
    const step = trainStep((s) => {
      s.trainOnBatch(model, s.ones([4, 2]), s.zeros([4, 1]))
    })
    const heard: unknown[] = []
    const onStep = (given: unknown): void => {
      heard.push(given)
    }
    await expect(step.run({ steps: 2, onStep })).resolves.toBeUndefined()
    expect(heard).toEqual([undefined, undefined])
    expect((await model.getWeights())[0]?.data).not.toEqual(before?.data)
  })

  it('reads and writes weights at their place in the step', async () => {
    const model = network()
    const step = trainStep((s) => {
      const before = s.getWeights(model)
      s.setWeights(model, (weights) => weights.map((w) => ops.mul(w, 2)))
      const after = s.getWeights(model)
      return { before, after, y: s.predict(model, s.constant([[1, 1]])) }
    })
    const { before, after, y } = await step.run()
    before.forEach((array, i) => expect(after[i]?.data).toEqual(array.mul(2).data))
    expect((await model.predict([[1, 1]])).data).toEqual(y.data)
  })

  it('no gradient flows from one call into another', async () => {
    const run = async (cut: boolean) => {
      setRandomSeed(4)
      const x = Input({ shape: [2] })
      const shared = Dense(2)
      const model = new Model(x, shared(x))
      model.compile({ loss: 'mse', optimizer: new SGD(0.1) })
      const step = trainStep((s) => {
        const target = s.predict(model, s.ones([3, 2]))
        const y = cut ? s.constant(NDArray.full([3, 2], 7)) : target.add(0.5)
        return { y: target, result: s.trainOnBatch(model, s.ones([3, 2]), y) }
      })
      return step.run()
    }
    // The loss is that of outputs against outputs plus a half: constant, were targets differentiated.
    const { result } = await run(false)
    expect(result.loss).toBeCloseTo(0.25, 6)
    await expect(run(true)).resolves.toBeDefined()
  })
})

describe('a description', () => {
  const model = network()
  const z = (): SymbolicTensor => Input({ shape: [2] })
  const setTo = (value: SymbolicTensor): unknown =>
    trainStep((s) => {
      s.setWeights(model, (weights) => [value, ...weights.slice(1)])
    })

  it.each<[string, () => unknown, string]>([
    [
      'shape',
      () => trainStep((s) => s.trainOnBatch(model, s.ones([4, 3]), s.ones([4, 1]))),
      'input must have shape (None, 2), received (4, 3)',
    ],
    [
      'items',
      () => trainStep((s) => s.trainOnBatch(model, s.ones([4, 2]), s.ones([3, 1]))),
      'all tensors must hold equally many items, received 4 and 3',
    ],
    [
      'number of items',
      () => trainStep((s) => s.trainOnBatch(model, s.ones([0, 2]), s.ones([0, 1]))),
      'the batch is empty',
    ],
    ['no target', () => trainStep((s) => s.trainOnBatch(model, s.ones([4, 2]))), 'the target of'],
    [
      'no numbers',
      () => trainStep((s) => s.predict(model, 'x' as never)),
      'input must be a tensor of the step, an NDArray or nested numbers, received "x"',
    ],
    [
      'no model',
      () => trainStep((s) => s.predict({} as never, s.ones([1, 2]))),
      'model must be a model',
    ],
    ['program', () => trainStep(() => [] as SymbolicTensor[]), 'the step does nothing'],
    [
      'a number',
      () => trainStep(() => 3 as unknown as SymbolicTensor),
      'must return results, tensors, or lists and records of them, received 3',
    ],
    [
      'async',
      () => trainStep((async () => []) as unknown as () => SymbolicTensor),
      'takes a function that is not async',
    ],
    [
      'weights',
      () =>
        trainStep((s) => {
          s.setWeights(model, (w) => w.slice(1))
          return []
        }),
      'takes a function that gives 4 tensors',
    ],
    [
      'value of a weight',
      () => setTo({} as never),
      'SymbolicTensor(2, 3):float32, received an object',
    ],
    [
      'shape of a weight',
      () => setTo(ops.zeros([2])),
      '(2, 3):float32, received SymbolicTensor(2,):float32',
    ],
    [
      'number of inputs',
      () => trainStep((s) => s.predict(model, [z(), z()] as never)),
      'takes 1 input tensor, received 2',
    ],
    ['program that is empty', () => trainStep(() => undefined), 'the step does nothing'],
    [
      'list of places',
      () => trainStep((s) => s.batch(pictureSet(), [0, 1] as never)),
      'places must be an int32 tensor (s.randint, or s.constant of an NDArray of an Int32Array), received [0, 1]',
    ],
    ['steps', () => trainStep((s) => s.input('', [2])), 'name must be a word'],
  ])('with a wrong %s is refused', (_, act, message) => {
    expectRefusal(act, message)
  })

  it('ends when its function does', () => {
    let late: (() => unknown) | undefined
    trainStep((s) => {
      late = () => s.ones([1])
      return s.ones([1])
    })
    expect(late).toThrow('[trainStep] s.full was called after the step was described')
  })

  it('refuses tensors that no run could compute, numbers that are none, and what is no signal', async () => {
    expectRefusal(
      () => trainStep((s) => s.predict(model, s.ones([1, 2])).add(z().sum())),
      'of a model or of another step: tensors come from the calls of s',
    )
    expectRefusal(
      () => trainStep((s) => model(s.ones([1, 2]))),
      'a layer or model was called in the step: use s.predict or s.trainOnBatch',
    )
    expectRefusal(
      () => trainStep((s) => s.predict(undefined as never, s.ones([1, 2]))),
      'model must be a model, received undefined',
    )
    expectRefusal(() => trainStep((s) => s.input('x', [1], 'float99' as never)), 'dtype must be')
    expect(() => trainStep((s) => s.predict(model, [[1, NaN]]))).toThrow('holds NaN at element 1')
    const wrong = noiseStep(network()).run({ signal: 'x' as never })
    await expect(wrong).rejects.toThrow('signal must be an AbortSignal, received "x"')
  })

  it('prints its plan, before and after', () => {
    const step = trainStep((s) => {
      const x = s.randomNormal([4, 2])
      return [s.predict(model, x), s.trainOnBatch(model, x, s.ones([4, 1]))] as const
    })
    expect(step.plan()).toContain(`phase "predict ${model.name}"`)
    expect(step.plan({ passes: true })).toMatch(/shareCommonSubexpressions: train .*: dense -2/)
    expect(step.plan({ passes: false })).not.toBe(step.plan())
  })
})
