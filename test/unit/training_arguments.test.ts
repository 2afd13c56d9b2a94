/** What compile, trainOnBatch and testOnBatch refuse for models with several outputs. */
import {
  ArgumentError,
  Dense,
  Input,
  Model,
  NDArray,
  ShapeError,
  type CompileOptions,
} from '../../lib/index'

const x = Input({ shape: [2], name: 'x' })
type Two = [typeof x, typeof x]
const make = (): Model<typeof x, Two> =>
  new Model(x, [Dense(1, { name: 'a' })(x), Dense(2, { name: 'b' })(x)], { name: 'm' })
const single = new Model(x, Dense(1, { name: 'only' })(x), { name: 's' })
const good = { loss: 'mse', optimizer: 'adam' } as const
const wrong = (value: unknown): never => value as never

describe('compile', () => {
  test.each<[CompileOptions<Two>, string]>([
    [{ ...good, loss: { c: 'mse' } }, 'there is no output "c"; names are a, b'],
    [
      { ...good, loss: wrong(['mse']) },
      'loss must be one loss or 2 of them, received [function meanSquaredError]',
    ],
    [
      { ...good, lossWeights: wrong([1, 2, 3]) },
      'lossWeights must be one number or 2 of them, received [1, 2, 3]',
    ],
    [
      { ...good, lossWeights: { a: wrong('1') } },
      'lossWeights must be a finite number, received "1"',
    ],
    [{ ...good, lossWeights: { c: 1 } }, 'there is no output "c"; names are a, b'],
    [{ ...good, metrics: { c: 'mse' } }, 'there is no output "c"; names are a, b'],
    [
      { ...good, weightedMetrics: wrong([['mse'], ['mse'], ['mse']]) },
      'weightedMetrics must be a list with one list for each of 2 outputs, or a record by name, received [["mse"], ["mse"], ["mse"]]',
    ],
    [
      { ...good, weightedMetrics: wrong('mse') },
      'weightedMetrics must be a list or a record by output name, received "mse"',
    ],
  ])('%#', (options, message) => {
    const act = () => make().compile(options)
    expect(act).toThrow(ArgumentError)
    expect(act).toThrow(new Error(`[Model "m" compile] ${message}`))
  })

  test('without any loss there must be one that a layer adds', () => {
    const model = make()
    model.compile({ loss: null, optimizer: 'adam' })
    expect(() => model.plan('train')).toThrow(
      '[Model "m" compile] there is nothing to minimise: no output has a loss and no layer adds one',
    )
  })
})

describe('data and weights', () => {
  const rows = NDArray.zeros([3, 2])
  const [one, two] = [NDArray.zeros([3, 1]), NDArray.zeros([3, 2])]
  const model = make()
  model.compile(good)
  single.compile(good)
  type Act = () => Promise<unknown>
  test.each<[act: Act, error: new (...a: never[]) => Error, message: string]>([
    [
      () => model.trainOnBatch({ z: rows }, [one, two]),
      ArgumentError,
      '[Model "m" trainOnBatch] there is no input "z"; names are x',
    ],
    [
      () => model.trainOnBatch(rows, { a: one, c: two }),
      ArgumentError,
      '[Model "m" trainOnBatch] there is no target "c"; names are a, b',
    ],
    [
      () => model.trainOnBatch(rows, { a: one }),
      ArgumentError,
      '[Model "m" trainOnBatch] target[1] must be an NDArray or nested numbers, received undefined',
    ],
    [
      () => model.trainOnBatch(rows),
      ArgumentError,
      '[Model "m" trainOnBatch] takes 2 target arrays, received none',
    ],
    [
      () => model.trainOnBatch(rows, wrong(one)),
      ArgumentError,
      '[Model "m" trainOnBatch] takes 2 target arrays, received 1',
    ],
    [
      () => model.testOnBatch(rows, [one, two], wrong({ classWeight: [{}, {}] })),
      ArgumentError,
      '[Model "m" testOnBatch] unknown option \'classWeight\'; known are sampleWeight',
    ],
    [
      () => model.trainOnBatch(rows, [one, two], { sampleWeight: [1, 2] }),
      ShapeError,
      '[Model "m" trainOnBatch] all arrays must hold equally many items, received 3 and 2',
    ],
    [
      () => single.trainOnBatch(rows, one, { sampleWeight: [1, 1, 1], classWeight: { 0: 1 } }),
      ArgumentError,
      '[Model "s" trainOnBatch] takes sampleWeight or classWeight, received both',
    ],
    [
      () => model.trainOnBatch(rows, [one, two], { classWeight: { 0: 1 } }),
      ArgumentError,
      '[Model "m" trainOnBatch] classWeight must be a list, or a record by output name, for several outputs, received an object',
    ],
    [
      () => model.trainOnBatch(rows, [one, two], { classWeight: [{ 0: 1 }] }),
      ArgumentError,
      '[Model "m" trainOnBatch] classWeight must be a list with 2 items, received [an object]',
    ],
    [
      () => single.trainOnBatch(rows, one, { classWeight: wrong({ 0: '1' }) }),
      ArgumentError,
      '[Model "s" trainOnBatch] classWeight must be an object such as { 0: 1, 1: 5 }, class to weight, received an object',
    ],
    [
      () => model.trainOnBatch(rows, [one, two], { classWeight: { c: { 0: 1 } } }),
      ArgumentError,
      '[Model "m" trainOnBatch] there is no output "c"; names are a, b',
    ],
    [
      () => single.fit(rows, wrong({ epochs: 1 })),
      ArgumentError,
      '[Model "s" fit] takes (x, y, options), received options in the place of y (undefined where there are no targets)',
    ],
    [
      () => single.evaluate(rows, wrong({ verbose: 0 })),
      ArgumentError,
      '[Model "s" evaluate] takes (x, y, options), received options in the place of y (undefined where there are no targets)',
    ],
    [
      () => single.trainOnBatch(rows, one, wrong([1, 1, 1])),
      ArgumentError,
      '[Model "s" trainOnBatch] takes weights of items as an option: { sampleWeight: weights }',
    ],
    [
      () => single.trainOnBatch(rows, one, { sampleWeight: 3 }),
      ArgumentError,
      '[Model "s" trainOnBatch] sampleWeight must be an array with a weight for each item, received 3',
    ],
  ])('%#', async (act, error, message) => {
    const rejected = act()
    await expect(rejected).rejects.toThrow(error)
    await expect(rejected).rejects.toThrow(new Error(message))
  })
})
