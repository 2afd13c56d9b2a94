/** Data and calls in the forms in which Keras's users give them. */
import {
  Dense,
  Embedding,
  Flatten,
  Input,
  Lambda,
  Layer,
  Model,
  NDArray,
  ops,
  type SymbolicTensor,
  type Weight,
} from '../../lib/index'

test('labels for an integer input come as numbers, bytes or floats that are whole', async () => {
  const label = Input({ shape: [1], dtype: 'int32' })
  const model = new Model(label, Flatten()(Embedding(10, 3)(label)))
  const expected = await model.predict(new NDArray(Int32Array.of(1, 7), [2, 1]))
  for (const given of [
    [[1], [7]],
    NDArray.from([1, 7]),
    new NDArray(Uint8Array.of(1, 7), [2, 1]),
  ]) {
    expect(await model.predict(given)).toEqual(expected)
  }
})

test("inputs and outputs by name, as Keras's keyword arguments", async () => {
  const x = Input({ shape: [3] })
  const model = new Model({ inputs: x, outputs: [x.mul(2), x.add(1)], name: 'm' })
  const [doubled, more] = await model.predict([[1, 2, 3]])
  expect([doubled.data, more.data].map((data) => [...data])).toEqual([
    [2, 4, 6],
    [2, 3, 4],
  ])
  expect(model.name).toBe('m')
})

test('a list in itself is refused', async () => {
  const x = Input({ shape: [3] })
  const endless: unknown[] = []
  endless.push(endless)
  await expect(new Model(x, x.mul(2), { name: 'm' }).predict(endless as number[])).rejects.toThrow(
    '[Model "m" predict input] lists may be nested 32 deep; this one goes deeper',
  )
})

test('outputs whose axes merge the batch with others are refused', async () => {
  const x = Input({ shape: [3] })
  const merged = new Model(x, Lambda((t: SymbolicTensor) => ops.reshape(t, [-1, 1]))(x))
  await expect(merged.predict(NDArray.ones([2, 3]))).rejects.toThrow(
    'only the first, the batch, may be unknown before the run',
  )
  const scalar = new Model(x, Lambda((t: SymbolicTensor) => ops.mean(t))(x), { name: 's' })
  await expect(scalar.predict(NDArray.ones([2, 3]))).rejects.toThrow(
    '[Model "s" predict] an output is one number, without a batch axis',
  )
})

test('layers may have the names of methods', async () => {
  const x = Input({ shape: [3] })
  for (const name of ['toString', 'constructor', '__proto__']) {
    const model = new Model(x, Dense(1, { name })(x))
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    expect((await model.trainOnBatch([[1, 2, 3]], [[0]])).loss).toBeGreaterThanOrEqual(0)
  }
})

test('weights begin by the name of an initialiser too', async () => {
  class Scale extends Layer {
    private factor!: Weight
    override build(): void {
      this.factor = this.addWeight('factor', [3], 'ones')
    }
    override call(x: SymbolicTensor): SymbolicTensor {
      return x.mul(this.factor.tensor)
    }
  }
  const x = Input({ shape: [3] })
  const model = new Model(x, new Scale()(x))
  expect((await model.predict([[1, 2, 3]])).data).toEqual(Float32Array.of(1, 2, 3))
})

test('double precision becomes single', () => {
  const array = NDArray.from(Float64Array.of(0.1, 2))
  expect(array).toEqual(NDArray.from([0.1, 2]))
})

test('a model that always gives a fixed number of items is given as many', async () => {
  const x = Input({ shape: [3] })
  const mixed = Lambda((t: SymbolicTensor) => ops.mul(t, ops.randomUniform([4, 1])))(x)
  const model = new Model(x, mixed, { name: 'm' })
  expect((await model.predict(NDArray.ones([4, 3]))).shape).toEqual([4, 3])
  expect((await model.predict(NDArray.ones([8, 3]), { batchSize: 4 })).shape).toEqual([8, 3])
  for (const items of [3, 8]) {
    await expect(model.predict(NDArray.ones([items, 3]))).rejects.toThrow(
      '[Model "m" predict] an output always holds 4 items: give as many, or a multiple with batchSize: 4',
    )
  }
})

test("JavaScript's operators on tensors are refused with their cure", () => {
  const x = Input({ shape: [3] })
  expect(() => Dense(1)(((x as unknown as number) * 2) as never)).toThrow(
    "[SymbolicTensor(None, 3):float32] JavaScript's operators don't work on tensors: use methods, such as x.mul(2) or x.add(y)",
  )
  expect(x.toString()).toBe('SymbolicTensor(None, 3):float32')
})
