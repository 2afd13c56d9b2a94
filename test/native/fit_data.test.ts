/** What fit and evaluate make of data that is wrong, and of iterators that they did not begin. */
import {
  Dense,
  Input,
  LambdaCallback,
  LeakyReLU,
  losses,
  Model,
  NDArray,
  NotFiniteError,
  type DatasetBatch,
  type SymbolicTensor,
} from '../../lib/index'

const quiet = { verbose: 0, batchSize: 4 } as const
const good = { x: NDArray.ones([12, 2]), y: NDArray.ones([12, 1]), weights: NDArray.ones([12]) }

function made(): Model {
  const x: SymbolicTensor = Input({ shape: [2] })
  const model = new Model(x, Dense(1)(x), { name: 'm' })
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  return model
}

function spoilt(array: NDArray, at: number, value = NaN): NDArray {
  return new NDArray(
    array.data.map((given: number, i: number) => (i === at ? value : given)),
    array.shape,
  )
}

const kernel = async (model: Model): Promise<number[]> => [
  ...(await model.getWeights()).flatMap(({ data }) => [...data]),
]

describe('all arrays are looked through before the first step', () => {
  const { x, y, weights } = good
  type Fit = (model: Model) => Promise<unknown>
  test.each<[where: string, message: string, act: Fit]>([
    ['fit', 'input holds NaN at element 21', (m) => m.fit(spoilt(x, 21), y, quiet)],
    ['fit', 'target holds infinity at element 9', (m) => m.fit(x, spoilt(y, 9, -Infinity), quiet)],
    [
      'fit',
      'sampleWeight holds NaN at element 8',
      (m) => m.fit(x, y, { ...quiet, sampleWeight: spoilt(weights, 8) }),
    ],
    [
      'fit',
      'target holds NaN at element 7',
      (m) => m.fit(x, y, { ...quiet, validationData: [x, spoilt(y, 7)] }),
    ],
    [
      'fit',
      'input holds NaN at element 23',
      (m) => m.fit(spoilt(x, 23), y, { ...quiet, validationSplit: 0.25 }),
    ],
    ['evaluate', 'input holds NaN at element 21', (m) => m.evaluate(spoilt(x, 21), y, quiet)],
  ])('%s: %s', async (where, message, act) => {
    const model = made()
    const before = await kernel(model)
    const rejected = act(model)
    await expect(rejected).rejects.toThrow(NotFiniteError)
    await expect(rejected).rejects.toThrow(`[Model "m" ${where}] ${message}; nothing was changed`)
    expect(await kernel(model)).toEqual(before)
  })

  test('batches of a dataset are met one by one: earlier ones have trained', async () => {
    const model = made()
    const before = await kernel(model)
    const dataset: DatasetBatch[] = [
      [x, y],
      [spoilt(x, 3), y],
    ]
    const rejected = model.fit(new Set(dataset), undefined, quiet)
    await expect(rejected).rejects.toThrow(
      'input holds NaN at element 3; this step changed nothing',
    )
    expect(await kernel(model)).not.toEqual(before)
  })
})

describe('an iterator with steps stays open, and the next call goes on with it', () => {
  const { x, y } = good
  class Stream {
    given = 0
    isClosed = false

    async *awaited(): AsyncGenerator<DatasetBatch> {
      yield* this.batches()
    }

    *batches(): Generator<DatasetBatch> {
      try {
        for (;;) {
          this.given += 1
          yield [x, y]
        }
      } finally {
        this.isClosed = true
      }
    }
  }

  test.each(['batches', 'awaited'] as const)('%s', async (kind) => {
    const [model, stream, held] = [made(), new Stream(), new Stream()]
    const [training, validationData] = [stream[kind](), held[kind]()]
    const validation = { validationData, validationSteps: 3 }
    const options = { epochs: 2, stepsPerEpoch: 2, verbose: 0, ...validation } as const
    await model.fit(training, undefined, options)
    expect([stream.given, held.given]).toEqual([4, 6])
    await model.evaluate(training, undefined, { steps: 1, verbose: 0 })
    await model.evaluate(training, undefined, { steps: 2, verbose: 0 })
    expect(stream.given).toBe(7)
    expect([stream.isClosed, held.isClosed]).toEqual([false, false])
  })

  test('what fit began itself, it closes', async () => {
    const [model, stream] = [made(), new Stream()]
    const dataset = { [Symbol.iterator]: () => stream.batches() }
    await model.fit(dataset, undefined, { epochs: 2, stepsPerEpoch: 2, verbose: 0 })
    expect([stream.given, stream.isClosed]).toEqual([4, true])
  })

  test('without steps all is taken, and what failed is closed', async () => {
    const [model, stream] = [made(), new Stream()]
    const failing = new LambdaCallback({
      onTrainBatchEnd: () => {
        throw new RangeError('enough')
      },
    })
    const options = { callbacks: failing, verbose: 0 } as const
    await expect(model.fit(stream.batches(), undefined, options)).rejects.toThrow('enough')
    expect(stream.isClosed).toBe(true)
  })
})

test('a dataset takes options as the second argument, and generators need no types', async () => {
  const { x, y } = good
  function* twice() {
    yield [x, y]
    yield [x, y]
  }
  async function* later() {
    yield* twice()
    await Promise.resolve()
  }
  const model = made()
  const { history, params } = await model.fit(twice(), { verbose: 0, stepsPerEpoch: 1, epochs: 2 })
  expect([history.loss!.length, params.steps]).toEqual([2, 1])
  await expect(model.fit(later(), { verbose: 0 })).resolves.toBeDefined()
  expect(await model.evaluate(twice(), { verbose: 0 })).toEqual(
    await model.evaluate(x, y, { verbose: 0 }),
  )
})

test('the class of a loss means its default options', async () => {
  const [x, y] = [NDArray.ones([2, 3]), NDArray.zeros([2, 3])]
  const input = Input({ shape: [3] })
  const model = new Model(input, LeakyReLU()(input))
  const numbers = []
  for (const loss of [losses.MeanSquaredError, new losses.MeanSquaredError()]) {
    model.compile({ loss, optimizer: 'sgd' })
    numbers.push((await model.testOnBatch(x, y)).loss)
  }
  expect(numbers).toEqual([1, 1])
  expect(JSON.parse(model.toJSON())).toMatchObject({ compile_config: expect.anything() })
})
