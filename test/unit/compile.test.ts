/** What compile and Adam refuse, and arrays that don't fit a model: all before native code is loaded. */
import {
  Adam,
  ArgumentError,
  Dense,
  DTypeError,
  Input,
  Model,
  NDArray,
  Optimizer,
  Sequential,
  ShapeError,
  StateError,
  type CompileOptions,
} from '../../lib/index'

const x = Input({ shape: [2] })
const model = (): Model => new Model(x, Dense(1)(x), { name: 'm' })
const double = new Model(x, [Dense(1, { name: 'a' })(x), Dense(2, { name: 'b' })(x)], { name: 'm' })
const compiled = model()
compiled.compile({ loss: 'mse', optimizer: 'adam' })

const wrong = (value: unknown): never => value as never

describe('compile', () => {
  const good = { loss: 'mse', optimizer: 'adam' } as const
  test.each<[CompileOptions, string]>([
    [wrong(undefined), 'options must be an object, received undefined'],
    [
      wrong({ ...good, lossWeights: [1] }),
      "unknown option 'lossWeights'; known are loss, optimizer, metrics, frozenBatchNorm",
    ],
    [
      { ...good, optimizer: wrong('sgd') },
      'optimizer must be an optimizer or \'adam\', received "sgd"',
    ],
    [{ ...good, metrics: wrong('accuracy') }, 'metrics must be a list, received "accuracy"'],
    [
      { ...good, frozenBatchNorm: wrong(true) },
      "frozenBatchNorm must be one of 'batch', 'moving', received true",
    ],
    [
      { ...good, loss: ['mse', 'mse'] },
      'loss must be one loss or 1 of them, received [function meanSquaredError, function meanSquaredError]',
    ],
  ])('%#', (options, message) => {
    const act = (): void => model().compile(options)
    expect(act).toThrow(ArgumentError)
    expect(act).toThrow(new Error(`[Model "m" compile] ${message}`))
  })

  test('an unknown name of a loss or a metric is answered with the known ones', () => {
    expect(() => model().compile({ ...good, loss: wrong('nothing') })).toThrow(
      /^\[Model "m" compile\] loss must be a function, a loss object or one of .*\bmse\b.*, received "nothing"$/,
    )
    expect(() => model().compile({ ...good, metrics: [wrong('nothing')] })).toThrow(
      /^\[Model "m" compile\] metrics must be a list of metrics, functions, losses or of .*\bmean\b.*, received "nothing"$/,
    )
  })

  test('several outputs want a list of metrics each', () => {
    const act = (): void => double.compile({ ...good, metrics: ['accuracy'] })
    expect(act).toThrow(
      '[Model "m" compile] metrics must be a list with one list for each of 2 outputs, received [["accuracy"]]',
    )
    double.compile({ ...good, loss: ['mse', 'mae'], metrics: [['accuracy'], []] })
    expect(double.plan('train')).toMatch(/return %\d+(, %\d+){4}$/)
  })

  test('a loss that depends on no weight still makes a step: its gradients are zeros', () => {
    const wide = new Model(x, Dense(3)(x), { name: 'm' })
    wide.compile({ ...good, loss: (yTrue) => yTrue })
    expect(wide.plan('train')).toContain('gradients')
  })
})

describe('Adam', () => {
  test('positional, by option, by Keras 2 name', () => {
    for (const adam of [new Adam(0.01, 0.5), Adam({ lr: 0.01, beta1: 0.5 }), Adam(0.01, 0.5)]) {
      expect(adam).toBeInstanceOf(Optimizer)
      expect(adam.getConfig()).toEqual({
        ...{ learningRate: 0.01, clipnorm: undefined, clipvalue: undefined },
        ...{ beta1: 0.5, beta2: 0.999, epsilon: 1e-7, decay: 0, amsgrad: false },
      })
    }
    expect(new Adam().learningRate).toBe(0.001)
  })

  test('the learning rate may change later, to what is valid', () => {
    const adam = new Adam()
    adam.learningRate = 0
    expect(adam.learningRate).toBe(0)
    expect(() => (adam.learningRate = -1)).toThrow(
      '[Adam] learningRate must be a non-negative number, received -1',
    )
  })

  test.each<[() => unknown, string]>([
    [() => new Adam(-1), 'learningRate must be a non-negative number, received -1'],
    [() => new Adam(NaN), 'learningRate must be a finite number, received NaN'],
    [() => new Adam(0.1, 1), 'beta1 must be a number from 0 up to, not including, 1, received 1'],
    [
      () => new Adam({ beta2: -0.1 }),
      'beta2 must be a number from 0 up to, not including, 1, received -0.1',
    ],
    [() => new Adam({ epsilon: -1 }), 'epsilon must be a non-negative number, received -1'],
    [() => new Adam({ decay: -1 }), 'decay must be a non-negative number, received -1'],
    [() => new Adam({ amsgrad: wrong(1) }), 'amsgrad must be true or false, received 1'],
    [() => new Adam({ clipnorm: 0 }), 'clipnorm must be a positive number, received 0'],
    [
      () => new Adam({ clipvalue: wrong('1') }),
      'clipvalue must be a positive number, received "1"',
    ],
    [
      () => new Adam(wrong({ learning_rate: 1 })),
      "unknown option 'learning_rate'; known are learningRate, lr, clipnorm, clipvalue, beta1, beta2, epsilon, decay, amsgrad",
    ],
  ])('%#', (act, message) => {
    expect(act).toThrow(ArgumentError)
    expect(act).toThrow(new Error(`[Adam] ${message}`))
  })

  test('clipping is part of the plan', () => {
    const clipped = model()
    clipped.compile({ loss: 'mse', optimizer: new Adam({ clipnorm: 1, clipvalue: 0.5 }) })
    expect(clipped.plan('train')).toMatch(/sqrt[^]*maximum[^]*clip\(%\d+\) low=-0.5 high=0.5/)
    expect(compiled.plan('train')).not.toContain('clip')
  })
})

type Refusal = [act: () => Promise<unknown>, error: new (...a: never[]) => Error, message: string]

describe('arrays that do not fit', () => {
  const one = NDArray.zeros([1, 2])
  test.each<Refusal>([
    [
      () => model().trainOnBatch(one, [0]),
      StateError,
      '[Model "m"] must be compiled before it can train: call compile({ loss, optimizer }) first',
    ],
    [
      () => new Sequential([Dense(1)], { name: 's' }).predict([[1]]),
      StateError,
      '[Sequential "s"] is not built yet: give its first layer inputShape, or call the model on a tensor',
    ],
    [
      () => compiled.trainOnBatch(NDArray.zeros([1, 3]), [0]),
      ShapeError,
      '[Model "m" trainOnBatch] input must have shape (None, 2), received (1, 3)',
    ],
    [
      () => compiled.trainOnBatch(one, NDArray.zeros([1, 2])),
      ShapeError,
      '[Model "m" trainOnBatch] target must have shape (None, 1), received (1, 2)',
    ],
    [
      () => compiled.trainOnBatch(one, [0, 0]),
      ShapeError,
      '[Model "m" trainOnBatch] all arrays must hold equally many items, received 1 and 2',
    ],
    [
      () => compiled.trainOnBatch(NDArray.zeros([0, 2]), NDArray.zeros([0, 1])),
      ShapeError,
      '[Model "m" trainOnBatch] input is empty: received shape (0, 2)',
    ],
    [
      () => compiled.trainOnBatch([one, one], [0]),
      ArgumentError,
      '[Model "m" trainOnBatch] takes 1 input arrays, received 2',
    ],
    [
      () => compiled.predict(new NDArray(new Uint8Array(2), [1, 2])),
      DTypeError,
      '[Model "m" predict] input must be float32, received uint8; scale pictures first, such as x.div(127.5).sub(1)',
    ],
    [
      () => compiled.predict(one, { batchSize: 0 }),
      ArgumentError,
      '[Model "m" predict] batchSize must be a positive integer, received 0',
    ],
    [
      () => compiled.predict(one, wrong({ batch_size: 1 })),
      ArgumentError,
      '[Model "m" predict] unknown option \'batch_size\'; known are batchSize',
    ],
  ])('%#', async (act, error, message) => {
    const rejected = act()
    await expect(rejected).rejects.toThrow(error)
    await expect(rejected).rejects.toThrow(new Error(message))
  })
})
