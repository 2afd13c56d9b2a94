/** Every mistake is refused with a class, a code and a reason, and training goes on as if unmade. */
import {
  ArgumentError,
  Dense,
  DTypeError,
  GantorchError,
  Input,
  Model,
  NDArray,
  NotFiniteError,
  ops,
  Sequential,
  setRandomSeed,
  ShapeError,
  StateError,
  type ArrayLike,
} from '../../lib/index'
import { BATCH, bits, buildDiscriminator, compileDiscriminator, ones, pictures } from './small_gan'

type ErrorClass = new (...args: never[]) => GantorchError

interface Mistake {
  readonly name: string
  readonly x?: unknown
  readonly y?: unknown
  readonly error: ErrorClass
  readonly code: string
  readonly says: RegExp
}

const good = pictures(1)
const shape = { error: ShapeError, code: 'GANTORCH_SHAPE' }
const dtype = { error: DTypeError, code: 'GANTORCH_DTYPE' }
const notFinite = { error: NotFiniteError, code: 'GANTORCH_NOT_FINITE' }
const argument = { error: ArgumentError, code: 'GANTORCH_ARGUMENT' }

function withElement(array: NDArray, at: number, value: number): NDArray {
  return array.map((element, i) => (i === at ? value : element))
}

const mistakes: Mistake[] = [
  {
    name: 'x too small',
    x: NDArray.zeros([BATCH, 7, 8, 3]),
    ...shape,
    says: /\(None, 8, 8, 3\).*\(4, 7, 8, 3\)/,
  },
  {
    name: 'x with one channel',
    x: NDArray.zeros([BATCH, 8, 8, 1]),
    ...shape,
    says: /\(4, 8, 8, 1\)/,
  },
  {
    name: 'x channels first',
    x: NDArray.zeros([BATCH, 3, 8, 8]),
    ...shape,
    says: /\(4, 3, 8, 8\)/,
  },
  {
    name: 'x of one picture',
    x: NDArray.zeros([8, 8, 3]),
    ...shape,
    says: /input must have shape/,
  },
  { name: 'x flat', x: new Float32Array(BATCH * 192), ...shape, says: /\(768,\)/ },
  { name: 'x a number', x: 3, ...shape, says: /received \(\)/ },
  { name: 'x with ragged rows', x: [[1, 2], [3]], ...shape, says: /equally long/ },
  {
    name: 'y with two columns',
    y: NDArray.zeros([BATCH, 2]),
    ...shape,
    says: /target must have shape \(None, 1\)/,
  },
  {
    name: 'y of another length',
    y: NDArray.ones([BATCH + 1, 1]),
    ...shape,
    says: /equally many items, received 4 and 5/,
  },
  {
    name: 'an empty batch',
    x: NDArray.zeros([0, 8, 8, 3]),
    y: NDArray.ones([0, 1]),
    ...shape,
    says: /empty/,
  },
  { name: 'x Uint16Array', x: new Uint16Array(768), ...dtype, says: /Uint16Array/ },
  {
    name: 'x uint8 pictures',
    x: new NDArray(new Uint8Array(768), [BATCH, 8, 8, 3]),
    ...dtype,
    says: /scale pictures first/,
  },
  { name: 'x a string', x: 'pictures', ...argument, says: /numbers/ },
  { name: 'x null', x: null, ...argument, says: /./ },
  { name: 'x undefined', x: undefined, ...argument, says: /./ },
  { name: 'x an object', x: { data: [1] }, ...argument, says: /./ },
  { name: 'two inputs', x: [good, good], ...argument, says: /takes 1 input array, received 2/ },
  { name: 'no targets', y: [], ...shape, says: /target/ },
  {
    name: 'NaN in x',
    x: withElement(good, 5, NaN),
    ...notFinite,
    says: /input holds NaN at element 5/,
  },
  {
    name: 'infinity in x',
    x: withElement(good, 767, -Infinity),
    ...notFinite,
    says: /input holds infinity at element 767/,
  },
  {
    name: 'NaN in y',
    y: withElement(ones, 2, NaN),
    ...notFinite,
    says: /target holds NaN at element 2/,
  },
  {
    name: 'infinity in y',
    y: withElement(ones, 0, Infinity),
    ...notFinite,
    says: /target holds infinity at element 0/,
  },
]

async function failure(promise: Promise<unknown>): Promise<GantorchError> {
  const result: unknown = await promise.then(
    () => 'no error',
    (error: unknown) => error,
  )
  expect(result).toBeInstanceOf(GantorchError)
  return result as GantorchError
}

setRandomSeed(1)
const model = compileDiscriminator(buildDiscriminator())

test.each(mistakes)('trainOnBatch refuses $name', async (mistake) => {
  const before = await bits(model)
  const x = ('x' in mistake ? mistake.x : good) as ArrayLike
  const y = ('y' in mistake ? mistake.y : ones) as ArrayLike
  const error = await failure(model.trainOnBatch(x, y))
  expect(error).toBeInstanceOf(mistake.error)
  expect(error.code).toBe(mistake.code)
  expect(error.message).toMatch(mistake.says)
  expect(error.stack).toContain('errors.test')
  expect(await bits(model)).toEqual(before)
  expect((await model.trainOnBatch(good, ones)).loss).toBeGreaterThan(0)
  expect(await bits(model)).not.toEqual(before)
})

test('int32 labels and nested numbers are cast', async () => {
  const labels = new NDArray(new Int32Array(BATCH).fill(1), [BATCH, 1])
  expect((await model.trainOnBatch(good, labels)).loss).toBeGreaterThan(0)
  expect((await model.trainOnBatch(good.tolist(), [[1], [1], [1], [1]])).loss).toBeGreaterThan(0)
  expect((await model.trainOnBatch(good, [1, 1, 1, 1])).loss).toBeGreaterThan(0)
})

test('training with all mistakes in between gives the same numbers, bit for bit', async () => {
  const run = async (between: readonly Mistake[]): Promise<unknown> => {
    setRandomSeed(3)
    const subject = compileDiscriminator(buildDiscriminator())
    const losses = [...(await subject.trainOnBatch(good, ones))]
    for (const mistake of between) {
      const x = ('x' in mistake ? mistake.x : good) as ArrayLike
      await failure(subject.trainOnBatch(x, ('y' in mistake ? mistake.y : ones) as ArrayLike))
    }
    losses.push(...(await subject.trainOnBatch(good, ones)))
    return [losses, await bits(subject)]
  }
  expect(await run(mistakes)).toEqual(await run([]))
})

test('predict: nothing to predict, wrong shapes, wrong options', async () => {
  expect(await failure(model.predict(NDArray.zeros([0, 8, 8, 3])))).toBeInstanceOf(ShapeError)
  expect(await failure(model.predict([]))).toBeInstanceOf(ShapeError)
  expect(await failure(model.predict(NDArray.zeros([2, 8, 8])))).toBeInstanceOf(ShapeError)
  for (const batchSize of [0, -1, 1.5, NaN, '3' as unknown as number]) {
    expect(await failure(model.predict(good, { batchSize }))).toBeInstanceOf(ArgumentError)
  }
  const options = { batchsize: 3 } as object
  expect((await failure(model.predict(good, options))).message).toMatch(
    /unknown option 'batchsize'/,
  )
  expect((await model.predict(good)).shape).toEqual([BATCH, 1])
})

test('training and its plan need compile', async () => {
  const fresh = buildDiscriminator()
  const error = await failure(fresh.trainOnBatch(good, ones))
  expect(error).toBeInstanceOf(StateError)
  expect(error.message).toMatch(/call compile\(\{ loss, optimizer \}\) first/)
  expect(() => fresh.plan('train')).toThrow(StateError)
  expect((await fresh.predict(good)).shape).toEqual([BATCH, 1])
})

test('a model without an input shape is not built', async () => {
  const unbuilt = new Sequential([Dense(1)])
  unbuilt.compile({ loss: 'mse', optimizer: 'adam' })
  const x = NDArray.zeros([2, 3])
  for (const error of [
    await failure(unbuilt.trainOnBatch(x, NDArray.zeros([2, 1]))),
    await failure(unbuilt.predict(x)),
  ]) {
    expect(error).toBeInstanceOf(StateError)
    expect(error.message).toMatch(/is not built yet/)
  }
  expect(() => unbuilt.summary()).toThrow(StateError)
})

test('setWeights changes nothing when the number or a shape is wrong', async () => {
  const before = await bits(model)
  const weights = await model.getWeights()
  expect(await failure(model.setWeights(weights.slice(1)))).toBeInstanceOf(ShapeError)
  const flat = weights.map((weight) => weight.reshape([-1]))
  const error = await failure(model.setWeights(flat))
  expect(error).toBeInstanceOf(ShapeError)
  expect(error.message).toMatch(/kernel has shape \(3, 3, 3, 4\), setWeights received \(108,\)/)
  expect(await bits(model)).toEqual(before)
  await model.setWeights(weights)
  expect(await bits(model)).toEqual(before)
})

test('layers are called on symbolic tensors only', () => {
  for (const numbers of [3, [1, 2], NDArray.zeros([2, 3]), undefined, []]) {
    expect(() => Dense(2)(numbers as never)).toThrow(ArgumentError)
  }
})

test('outputs must depend on the inputs and on nothing else', () => {
  const [a, b] = [Input({ shape: [2] }), Input({ shape: [2] })]
  expect(() => new Model(a, Dense(1)(b))).toThrow(/not among the model's inputs/)
  expect(() => new Model(a, ops.fill([2, 3], 0))).toThrow(/output 0 does not depend/)
  expect(() => new Model(a, [Dense(1)(a), ops.fill([2, 3], 0)])).toThrow(/output 1 does not depend/)
  expect(() => new Model([], Dense(1)(a))).toThrow(ArgumentError)
})

const adam = 'adam'
const wrongOptions: { name: string; options: unknown; says: RegExp }[] = [
  { name: 'loss', options: { loss: 'binary_cross', optimizer: adam }, says: /"binary_cross"/ },
  { name: 'no loss', options: { optimizer: adam }, says: /undefined/ },
  { name: 'optimizer', options: { loss: 'mse', optimizer: 'sgdx' }, says: /optimizer must be/ },
  {
    name: 'metric',
    options: { loss: 'mse', optimizer: adam, metrics: ['acuracy'] },
    says: /"acuracy"/,
  },
  {
    name: 'metrics no list',
    options: { loss: 'mse', optimizer: adam, metrics: 'accuracy' },
    says: /a list/,
  },
  {
    name: 'option',
    options: { loss: 'mse', optimizer: adam, metric: [] },
    says: /unknown option 'metric'/,
  },
  {
    name: 'frozenBatchNorm',
    options: { loss: 'mse', optimizer: adam, frozenBatchNorm: 'none' },
    says: /'batch', 'moving'/,
  },
  { name: 'two losses', options: { loss: ['mse', 'mse'], optimizer: adam }, says: /one loss or 1/ },
  { name: 'nothing', options: undefined, says: /object/ },
]

test.each(wrongOptions)('compile refuses: $name', async ({ options, says }) => {
  expect(() => model.compile(options as never)).toThrow(ArgumentError)
  expect(() => model.compile(options as never)).toThrow(says)
  // The model stays compiled as it was.
  expect((await model.trainOnBatch(good, ones)).accuracy).toBeGreaterThanOrEqual(0)
})
