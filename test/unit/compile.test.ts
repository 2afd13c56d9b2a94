/** What compile refuses, and arrays that don't fit a model: all before native code is loaded. */
import {
  ArgumentError,
  Dense,
  DTypeError,
  Embedding,
  Input,
  Model,
  NDArray,
  ops,
  Sequential,
  ShapeError,
  StateError,
  type CompileOptions,
  type LossFunction,
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
      wrong({ ...good, runEagerly: true }),
      "unknown option 'runEagerly'; known are loss, optimizer, metrics, weightedMetrics, lossWeights, frozenBatchNorm, passes",
    ],
    [
      { ...good, optimizer: wrong('sgdm') },
      'optimizer must be an Optimizer, { className, config } or one of adam, adamw, adamax, nadam, rmsprop, sgd, adagrad, adadelta, lion, received "sgdm"',
    ],
    [
      { ...good, metrics: wrong('accuracy') },
      'metrics must be a list or a record by output name, received "accuracy"',
    ],
    [
      { ...good, frozenBatchNorm: wrong(true) },
      "frozenBatchNorm must be one of 'batch', 'moving', received true",
    ],
    [
      { ...good, loss: wrong(['mse', 'mse']) },
      'loss must be one loss or 1 of them, received [function meanSquaredError, function meanSquaredError]',
    ],
  ])('%#', (options, message) => {
    const act = () => model().compile(options)
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

  test('several outputs take a list of metrics each, or one for all, as in Keras 2', () => {
    double.compile({ ...good, metrics: ['accuracy'] })
    expect(double.metricsNames.filter((name) => name.endsWith('accuracy'))).toHaveLength(2)
    double.compile({ ...good, loss: ['mse', 'mae'], metrics: [['accuracy'], []] })
    expect(double.plan('train')).toMatch(/return %\d+(, %\d+){4}$/)
  })

  test.each<[string, LossFunction]>([
    ['of the targets alone', (yTrue) => ops.mean(yTrue)],
    ['under stopGradient', (yTrue, yPred) => ops.stopGradient(ops.sub(yPred, yTrue))],
    ['of whole numbers', (_, yPred) => ops.cast(ops.cast(yPred, 'int32'), 'float32')],
  ])('a loss %s has no gradient by a weight', (_, loss) => {
    const wide = new Model(x, Dense(3)(x), { name: 'm' })
    wide.compile({ ...good, loss })
    expect(() => wide.plan('train')).toThrow(ArgumentError)
    expect(() => wide.plan('train')).toThrow(
      '[Model "m" compile] no weight has a gradient: the loss does not depend on what the model trains',
    )
    expect(wide.plan('test')).toContain('return')
  })

  test('a loss that one of the weights changes is trained by', () => {
    const half = new Model(x, [Dense(1)(x), Dense(1)(x)], { name: 'm' })
    half.compile({ loss: ['mse', null], optimizer: 'adam' })
    expect(half.plan('train', { passes: false })).toContain('gradients')
  })
})

type Refusal = [act: () => Promise<unknown>, error: new (...a: never[]) => Error, message: string]

describe('arrays that do not fit', () => {
  const one = NDArray.zeros([1, 2])
  const image = Input({ shape: [2, 2, 3] })
  const pictures = new Model(image, Dense(1)(image), { name: 'p' })
  const label = Input({ shape: [1], dtype: 'int32' })
  const labels = new Model(label, Embedding(3, 2)(label), { name: 'e' })
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
      () => compiled.trainOnBatch(wrong([one, one]), [0]),
      ArgumentError,
      '[Model "m" trainOnBatch] takes 1 input array, received 2',
    ],
    [
      () => pictures.predict(new NDArray(new Uint8Array(12), [1, 2, 2, 3])),
      DTypeError,
      '[Model "p" predict] input must be float32, received uint8; scale pictures first, such as x.div(127.5).sub(1)',
    ],
    [
      () => labels.predict([[0.5]]),
      DTypeError,
      '[Model "e" predict] input must be int32, received 0.5',
    ],
    [
      () => compiled.predict(one, { batchSize: 0 }),
      ArgumentError,
      '[Model "m" predict] batchSize must be a positive integer, received 0',
    ],
    [
      () => compiled.predict(one, wrong({ batch_size: 1 })),
      ArgumentError,
      '[Model "m" predict] unknown option \'batch_size\'; known are batchSize, steps, callbacks, verbose, signal',
    ],
  ])('%#', async (act, error, message) => {
    const rejected = act()
    await expect(rejected).rejects.toThrow(error)
    await expect(rejected).rejects.toThrow(new Error(message))
  })
})
