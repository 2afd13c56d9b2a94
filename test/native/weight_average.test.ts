import { Dense, NDArray, Sequential, StateError, WeightAverage } from '../../lib/index'

function model(): Sequential {
  return new Sequential([Dense(1, { inputDim: 1, useBias: false })])
}

const one = NDArray.ones([1, 1])

async function set(target: Sequential, value: number): Promise<void> {
  await target.setWeights([NDArray.full([1, 1], value)])
}

test('averages by its decay, and the weights are back after use', async () => {
  const target = model()
  const average = new WeightAverage(target, 0.75)
  await set(target, 4)
  await average.update()
  await set(target, 8)
  await average.update()
  const drawn = await average.use(() => target.predict(one))
  expect(drawn.tolist()).toEqual([[0.75 * 4 + 0.25 * 8]])
  expect((await target.predict(one)).tolist()).toEqual([[8]])
  expect((await average.getAverages())[0]?.tolist()).toEqual([[5]])
})

test('the weights are back after a failure', async () => {
  const target = model()
  await set(target, 8)
  const average = new WeightAverage(target)
  const failing = average.use(() => Promise.reject(new Error('no')))
  await expect(failing).rejects.toThrow('no')
  expect((await target.predict(one)).tolist()).toEqual([[8]])
})

test('calls that would mix up both sets of weights are refused', async () => {
  const target = model()
  await set(target, 30)
  const average = new WeightAverage(target)
  await average.update()
  await set(target, 10)
  const nested = average.use(async () => {
    await expect(average.update()).rejects.toThrow(StateError)
    await expect(average.use(() => target.predict(one))).rejects.toThrow(StateError)
    return target.predict(one)
  })
  expect((await nested).tolist()).toEqual([[30]])
  expect((await target.predict(one)).tolist()).toEqual([[10]])
})

test('a model without weights yet is refused', () => {
  expect(() => new WeightAverage(new Sequential([Dense(1)]))).toThrow('is not built yet')
})
