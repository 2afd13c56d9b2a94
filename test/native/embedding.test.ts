import { Embedding, Flatten, NDArray, Sequential } from '../../lib/index'

test('an index without a row is an error that names the layer, and the model works on', async () => {
  const model = new Sequential([Embedding(3, 2, { inputLength: 1, name: 'table' }), Flatten()])
  await model.setWeights([NDArray.from([[0, 1], [2, 3], [4, 5]])]) // prettier-ignore
  for (const wrong of [3, -4, 1e9, NaN]) {
    await expect(model.predict(NDArray.from([[wrong]]))).rejects.toThrow('Embedding "table"')
  }
  const y = await model.predict(NDArray.from([[2], [0]]))
  expect([...y.data]).toEqual([4, 5, 0, 1])
})
