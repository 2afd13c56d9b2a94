/** Data and calls in the forms in which Keras's users give them. */
import {
  Dense,
  Embedding,
  Flatten,
  Input,
  Lambda,
  Model,
  NDArray,
  ops,
  type SymbolicTensor,
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
