/** K, Keras 2's backend: what differs from `ops`, and how programs of that time use it. */
import {
  Dense,
  Input,
  K,
  Model,
  NDArray,
  setRandomSeed,
  type SymbolicTensor,
} from '../../lib/index'
import { evaluate } from './evaluate'

async function run(
  arrays: readonly NDArray[],
  f: (...tensors: SymbolicTensor[]) => SymbolicTensor,
): Promise<{ shape: readonly number[]; data: number[] }> {
  const [y] = await evaluate(arrays, (tensors) => [f(...tensors)], { allKnown: true })
  return { shape: y!.shape, data: [...y!.data] }
}

const x = NDArray.from([
  [1, -2, 3],
  [-4, 5, 0.5],
])

test('the defaults of Keras 2', async () => {
  expect(await run([x], (a) => K.argmax(a))).toEqual({ shape: [2], data: [2, 1] })
  expect((await run([x], (a) => K.expandDims(a))).shape).toEqual([2, 3, 1])
  expect((await run([x], (a) => K.cumsum(a))).data).toEqual([1, -2, 3, -3, 3, 3.5])
  expect((await run([x, x], (a, b) => K.concatenate([a, b]))).shape).toEqual([2, 6])
  expect((await run([x], (a) => K.batchFlatten(K.expandDims(a)))).shape).toEqual([2, 3])
  expect((await run([x], (a) => K.flatten(a))).shape).toEqual([6])
})

test('activations of Keras 2', async () => {
  const hard = await run([x], K.hardSigmoid)
  const expected = [...x.data].map((value) => Math.min(Math.max(0.2 * value + 0.5, 0), 1))
  // One product and one sum, each rounded to 24 bits.
  hard.data.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(2 ** -22))
  expect((await run([x], (a) => K.relu(a, 0.5, 2))).data).toEqual([1, -1, 2, -2, 2, 0.5])
  expect((await run([x], (a) => K.relu(a))).data).toEqual([1, 0, 3, 0, 5, 0.5])
})

test('batchDot, repeat, gather, l2Normalize, switch', async () => {
  expect(await run([x, x], (a, b) => K.batchDot(a, b, 1))).toEqual({
    shape: [2, 1],
    data: [14, 41.25],
  })
  const cube = NDArray.from([[[1, 2, 3]], [[1, 0, 1]]])
  expect(await run([cube, x], (a, b) => K.batchDot(a, b))).toEqual({
    shape: [2, 1],
    data: [6, -3.5],
  })
  expect((await run([x], (a) => K.repeat(a, 2))).shape).toEqual([2, 2, 3])
  expect((await run([x], (a) => K.repeatElements(a, 2, 1))).data.slice(0, 4)).toEqual([
    1, 1, -2, -2,
  ])
  const rows = (a: SymbolicTensor): SymbolicTensor => K.gather(a, K.constant([1, 1], 'int32'))
  expect((await run([x], rows)).data.slice(3)).toEqual([-4, 5, 0.5])
  expect((await run([NDArray.from([[3, 4]])], (a) => K.l2Normalize(a, -1))).data).toEqual([
    Math.fround(0.6),
    Math.fround(0.8),
  ])
  const chosen = (a: SymbolicTensor): SymbolicTensor => K.switch(K.greater(a, 0), a, 0)
  expect((await run([x], chosen)).data).toEqual([1, 0, 3, 0, 5, 0.5])
})

test('K.gradients gives a list, for one variable too', async () => {
  const slope = (a: SymbolicTensor): SymbolicTensor => K.gradients(K.sum(K.square(a)), a)[0]!
  expect((await run([x], slope)).data).toEqual([2, -4, 6, -8, 10, 1])
})

test('the sampling of an autoencoder fits every batch', async () => {
  setRandomSeed(5)
  const image = Input({ shape: [4] })
  const mean = Dense(3, { kernelInitializer: 'zeros' })(image)
  const logVariance = Dense(3, { kernelInitializer: 'zeros' })(image)
  const noise = K.randomNormal(K.shape(mean))
  const z = mean.add(noise.mul(K.exp(logVariance.div(2))))
  const encoder = Model(image, z)
  for (const batch of [1, 6, 400]) {
    const y = await encoder.predict(NDArray.ones([batch, 4]), { batchSize: batch })
    expect(y.shape).toEqual([batch, 3])
    expect(new Set(y.data).size).toBeGreaterThan(batch)
  }
})
