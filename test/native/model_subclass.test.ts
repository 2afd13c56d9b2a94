/** Models that compute in a `call` of their own. */
import { Adam, Dense, Dropout, Input, Model, NDArray, type SymbolicTensor } from '../../lib/index'

class Twice extends Model {
  readonly hidden = Dense(4, { activation: 'tanh' })
  readonly drop = Dropout(0.5)
  readonly last = Dense(1)
  override call(x: SymbolicTensor): SymbolicTensor {
    return this.last(this.drop(this.hidden(this.hidden(x))))
  }
}

const x = NDArray.from([
  [1, 2, -1, 0.5],
  [0, -2, 3, 1],
])

test('is built by its first data, and equals the functional model of the same layers', async () => {
  const model = new Twice({ name: 'twice' })
  expect(model.built).toBe(false)
  const predicted = await model.predict(x)
  expect(predicted.shape).toEqual([2, 1])
  expect(model.layers.map(({ name }) => name)).toEqual([
    model.hidden.name,
    model.drop.name,
    model.last.name,
  ])
  expect(model.countParams()).toBe(25)
  const input = Input({ shape: [4] })
  const same = new Model(input, model.last(model.hidden(model.hidden(input))))
  expect(predicted.tolist()).toEqual((await same.predict(x)).tolist())
})

test('compiles before it is built, trains what is trainable, drops while training', async () => {
  const model = new Twice()
  model.hidden.trainable = false
  model.compile({ loss: 'mse', optimizer: new Adam(0.1), metrics: ['mae'] })
  await model.trainOnBatch(x, [1, 0])
  const before = await model.getWeights()
  await model.fit(x, [1, 0], { epochs: 2, verbose: 0 })
  const after = await model.getWeights()
  expect(after.slice(0, 2).map((w) => w.tolist())).toEqual(
    before.slice(0, 2).map((w) => w.tolist()),
  )
  expect(after[3]!.tolist()).not.toEqual(before[3]!.tolist())
  expect(model.plan('train')).toContain('dropout')
  expect(model.plan('predict')).not.toContain('dropout')
  expect((await model.evaluate(x, [1, 0], { verbose: 0 })).mae).toBeGreaterThan(0)
})

test('is part of other models, and is refused without anything to compute', () => {
  const input = Input({ shape: [4] })
  const model = new Model(input, new Twice()(input))
  expect(model.countParams()).toBe(25)
  expect(() => new Model({ name: 'm' })).toThrow(
    '[Model "m"] needs inputs and outputs, or a call of its own',
  )
})
