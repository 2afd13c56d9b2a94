/** Models whose inputs and outputs have names, and inputs that no output needs. */
import {
  Add,
  cloneModel,
  Dense,
  Input,
  Model,
  modelFromJSON,
  NDArray,
  StateError,
  type AnyModel,
  type SymbolicTensor,
} from '../../lib/index'
import { bits } from './small_gan'

const image = NDArray.from([
  [1, 2, 3],
  [4, 5, 6],
])
const label = NDArray.from([[1, 0], [0, 1]]) // prettier-ignore
const targets = { validity: NDArray.from([[1], [0]]), klass: label }

/** From a record to a record; the outputs' names are not in Keras's order. */
function build() {
  const [x, y] = [Input({ shape: [3], name: 'x' }), Input({ shape: [2], name: 'y' })]
  const hidden = Add({ name: 'sum' })([Dense(4, { name: 'a' })(x), Dense(4, { name: 'b' })(y)])
  const [validity, klass] = [Dense(1, { name: 'c' })(hidden), Dense(2, { name: 'd' })(hidden)]
  const options = { name: 'named' }
  return {
    record: new Model({ image: x, label: y }, { validity, klass }, options),
    list: new Model([x, y], [validity, klass], { name: 'listed' }),
    oneOut: new Model({ image: x, label: y }, validity, { name: 'one' }),
  }
}

test('predict, with data by name, gives a record', async () => {
  const { record, list, oneOut } = build()
  expect(record.inputNames).toEqual(['image', 'label'])
  expect(record.outputNames).toEqual(['validity', 'klass'])
  const [validity, klass] = await list.predict([image, label])
  const data = { label, image }
  const given = await record.predict(data)
  expect(Object.keys(given)).toEqual(['validity', 'klass'])
  expect(given.validity.data).toEqual(validity.data)
  expect(given.klass.data).toEqual(klass.data)
  expect((await record.predictOnBatch(data)).klass.data).toEqual(klass.data)
  expect((await oneOut.predict(data)).data).toEqual(validity.data)
  const batched = await record.predict(new Set([data, { image, label }]))
  expect(batched.klass.shape).toEqual([4, 2])
})

test('a model called on a record gives a record', async () => {
  const { record } = build()
  const [x, y] = [Input({ shape: [3] }), Input({ shape: [2] })]
  const outputs = record({ label: y, image: x })
  expect(Object.keys(outputs)).toEqual(['validity', 'klass'])
  const outer = new Model([x, y], outputs.klass)
  const inner = await record.predict({ image, label })
  expect((await outer.predict([image, label])).data).toEqual(inner.klass.data)
  const message = '[Model "named"] the input "label" is missing; names are image, label'
  expect(() => record({ image: x } as never)).toThrow(message)
  expect(() => record({ image: x, lable: y } as never)).toThrow(
    '[Model "named"] there is no input "lable"; names are image, label',
  )
})

test('training and evaluation by name equal those by place', async () => {
  const results: Record<string, unknown>[] = []
  const { record, list } = build()
  const first = await record.getWeights()
  const options = { loss: { validity: 'mse', klass: 'mae' }, metrics: { klass: ['mse'] } } as const
  const lists = { loss: ['mse', 'mae'], metrics: [[], ['mse']] } as const
  const places = [targets.validity, targets.klass] as const
  const train = async (model: AnyModel, x: unknown, y: unknown): Promise<string[]> => {
    await record.setWeights(first)
    const given = [x, y] as [never, never]
    const numbers = [
      await model.trainOnBatch(...given),
      await model.testOnBatch(...given),
      await model.evaluate(...given, { verbose: 0 }),
    ]
    const { history } = await model.fit(...given, { verbose: 0, epochs: 2, shuffle: false })
    results.push(history)
    return [...numbers.map(String), ...(await bits(record))]
  }
  record.compile({ ...options, optimizer: 'sgd', lossWeights: { validity: 2 } })
  list.compile({ ...lists, optimizer: 'sgd', lossWeights: [2, 1] })
  const byName = await train(record, { label, image }, targets)
  expect(await train(list, [image, label], places)).toEqual(byName)
  const [named, listed] = results
  expect(Object.keys(named!)).toEqual(['loss', 'validity_loss', 'klass_loss', 'klass_mse'])
  expect(Object.values(named!)).toEqual(Object.values(listed!))
})

test('in JSON, for Keras 3 with names, and in copies', async () => {
  const { record } = build()
  const { config } = JSON.parse(record.toJSON()) as { config: Record<string, unknown> }
  expect(config.input_layers).toEqual({ image: ['x', 0, 0], label: ['y', 0, 0] })
  expect(config.output_layers).toEqual({ validity: ['c', 0, 0], klass: ['d', 0, 0] })
  const x = { image, label }
  const expected = await record.predict(x)
  for (const copy of [cloneModel(record), modelFromJSON(record.toJSON())]) {
    await copy.setWeights(await record.getWeights())
    expect(await copy.predict(x)).toEqual(expected)
  }
  const listed = modelFromJSON(record.toJSON({ format: 'keras2' }))
  const from = new Map(
    (await record.getWeights()).map((value, i) => [record.weights[i]?.name, value]),
  )
  await listed.setWeights(listed.weights.map(({ name }) => from.get(name) as NDArray))
  const outputs = (await listed.predict([image, label])) as NDArray[]
  expect(outputs.map(({ data }) => data)).toEqual([expected.validity.data, expected.klass.data])
  const other = { label: Input({ shape: [2] }), image: Input({ shape: [3] }) }
  const copy = cloneModel(record, { inputTensors: other })
  expect(copy.input).toEqual({ image: other.image, label: other.label })
})

test('a subclass that computes in call takes and gives records', async () => {
  type Named = Readonly<Record<'image' | 'label', SymbolicTensor>>
  class Own extends Model<Named, Readonly<Record<'double', SymbolicTensor>>> {
    private readonly dense = Dense(2)
    override call({ image: x, label: y }: Named) {
      return { double: Add()([this.dense(x), y]) }
    }
  }
  const model = new Own()
  const { double } = await model.predict({ image, label })
  expect(double.shape).toEqual([2, 2])
  expect((await model.predict({ label, image })).double.data).toEqual(double.data)
})

test('an input that leads nowhere: srgan', async () => {
  const [low, high] = [Input({ shape: [2], name: 'low' }), Input({ shape: [4], name: 'high' })]
  const made = Dense(4, { name: 'g' })(low)
  const outputs = [Dense(1, { name: 'v' })(made), Dense(3, { name: 'f' })(made)] as const
  const model = new Model([low, high], outputs, { name: 'srgan' })
  const data = [NDArray.zeros([2, 2]).add(1), NDArray.zeros([2, 4])] as const
  const [validity, features] = await model.predict(data)
  expect([validity.shape, features.shape]).toEqual([[2, 1], [2, 3]]) // prettier-ignore
  model.compile({ loss: ['mse', 'mae'], optimizer: 'sgd', lossWeights: [1e-3, 1] })
  const y = [NDArray.zeros([2, 1]), NDArray.zeros([2, 3])] as const
  const { loss } = await model.trainOnBatch(data, y)
  expect(loss).toBeGreaterThan((await model.testOnBatch(data, y)).loss)
  await expect(model.trainOnBatch([data[0]] as never, y)).rejects.toThrow('takes 2 input arrays')
  const rows = model.summary({ print: false }).split('\n')
  expect(rows.filter((row) => /^\w+ \(/.test(row)).map((row) => row.split(' ')[0])).toEqual(
    ['Layer', 'low', 'g', 'high', 'v', 'f'], // prettier-ignore
  )
})

test('loss and optimizer of a compiled model', () => {
  const { record } = build()
  expect(() => record.loss).toThrow(StateError)
  expect(() => record.optimizer).toThrow('[Model "named"] must be compiled')
  record.compile({ loss: { validity: 'mse' }, optimizer: 'adam' })
  expect(record.loss).toEqual({ validity: 'mse' })
  expect(record.optimizer.constructor.name).toBe('Adam')
})

test('data by name: what is missing, unknown, or of other lengths', async () => {
  const { record } = build()
  record.compile({ loss: 'mse', optimizer: 'sgd' })
  const good = { image, label }
  const cases: [unknown, unknown, string][] = [
    [{ image }, targets, 'the input "label" is missing; names are image, label'],
    [{ ...good, noise: label }, targets, 'there is no input "noise"; names are image, label'],
    [good, { ...targets, class: label }, 'there is no target "class"; names are validity, klass'],
    [{ image, label: label.slice(0, 1) }, targets, 'all arrays must hold equally many items, received 2 and 1'], // prettier-ignore
  ]
  for (const [x, y, message] of cases) {
    const act = record.trainOnBatch(x as never, y as never)
    await expect(act).rejects.toThrow(`[Model "named" trainOnBatch] ${message}`)
  }
  await expect(record.predict({ image } as never)).rejects.toThrow(
    '[Model "named" predict] the input "label" is missing; names are image, label',
  )
})

test.each([
  [{}, 'inputs must be a symbolic tensor, a list or a record of them, received an object'],
  [{ image: 3 }, 'inputs must be a symbolic tensor, a list or a record of them, received'],
])('inputs %p', (inputs, message) => {
  const x = Input({ shape: [3] })
  expect(() => new Model(inputs as never, Dense(1)(x), { name: 'm' })).toThrow(
    `[Model "m"] ${message}`,
  )
})
