/** Batches of an ImageSet from native code: what is drawn, in which order, and what is given back. */
import {
  Conv2D,
  ImageSet,
  Input,
  Model,
  NDArray,
  ops,
  setRandomSeed,
  UpSampling2D,
} from '../../lib/index'
import { sampled } from '../../lib/image/sampled'
import { native } from '../../lib/native'
import { weightsIn } from '../../lib/plan/lower'
import { materialize, planOf, Program } from '../../lib/program'
import { collectGarbage } from './collect_garbage'

/** Every value of a byte, in pictures that tell their number and their sides. */
const COUNT = 128
const bytes = Uint8Array.from({ length: COUNT * 2 }, (_, i) => i)
const pictures = (): ImageSet => ImageSet.fromArray(new NDArray(bytes, [COUNT, 1, 2, 1]))

/** Which picture each item of a batch is; negative for a mirrored one. */
function namesOf(batch: NDArray): number[] {
  return Array.from({ length: batch.shape[0] as number }, (_, i) => {
    const [left, right] = [...batch.data.slice(2 * i, 2 * i + 2)].map((v) =>
      Math.round((v + 1) * 127.5),
    ) as [number, number]
    expect(Math.abs(left - right)).toBe(1)
    return left < right ? left / 2 : -right / 2
  })
}

beforeEach(() => {
  setRandomSeed(11)
})

test('values are those of batch, bit for bit, for every byte', async () => {
  const set = pictures()
  const all = Array.from({ length: COUNT }, (_, i) => i)
  for await (const [images] of set.batches(COUNT, { shuffle: false })) {
    expect(images).toEqual(set.batch(all))
  }
})

test('sample draws each picture equally often, half of them mirrored', async () => {
  const size = 12_800
  const names = namesOf(await pictures().sample(size, { flip: true }))
  const counts = new Map<number, number>()
  for (const name of names) counts.set(Math.abs(name), (counts.get(Math.abs(name)) ?? 0) + 1)
  // The sum of squared deviations in standard errors; five sigmas of chi-squared with 127 freedoms.
  const expected = size / COUNT
  let sum = 0
  for (let i = 0; i < COUNT; i++) sum += ((counts.get(i) ?? 0) - expected) ** 2 / expected
  expect(sum).toBeLessThan(COUNT - 1 + 5 * Math.sqrt(2 * (COUNT - 1)))
  const mirrored = names.filter((name) => name < 0 || Object.is(name, -0)).length
  expect(Math.abs(mirrored - size / 2)).toBeLessThan(5 * Math.sqrt(size / 4))
})

test('the same seed gives the same batches, another call others', async () => {
  const set = pictures()
  const draw = (): Promise<NDArray> => set.sample(64, { flip: true })
  const first = [await draw(), await draw()]
  expect(first[1]).not.toEqual(first[0])
  setRandomSeed(11)
  expect([await draw(), await draw()]).toEqual(first)
})

test('batches: each picture once, in another order each epoch, the same by the same seed', async () => {
  const set = pictures()
  const epoch = async (): Promise<number[]> => {
    const names: number[] = []
    const sizes: number[] = []
    for await (const [images, targets] of set.batches(50, { targets: 'images' })) {
      expect(targets).toBe(images)
      sizes.push(images!.shape[0] as number)
      names.push(...namesOf(images!))
    }
    expect(sizes).toEqual([50, 50, 28])
    return names
  }
  const sorted = (names: number[]): number[] => [...names].sort((a, b) => a - b)
  const [first, second] = [await epoch(), await epoch()]
  expect(sorted(first)).toEqual(Array.from({ length: COUNT }, (_, i) => i))
  expect(second).not.toEqual(first)
  setRandomSeed(11)
  expect(await epoch()).toEqual(first)
})

test('fit reads batches as often as there are epochs', async () => {
  const x = Input({ shape: [1, 2, 1] })
  const model = new Model(x, Conv2D(1, { kernelSize: 1 })(x))
  model.compile({ optimizer: 'sgd', loss: 'mse' })
  const history = await model.fit(pictures().batches(64, { targets: 'images' }), {
    epochs: 3,
    verbose: 0,
  })
  const losses = history.history.loss as number[]
  expect(losses).toHaveLength(3)
  expect(losses[2]).toBeLessThan(losses[0] as number)
})

test('inside a graph: the numbers of sample', async () => {
  const set = pictures()
  const { images: tensor } = sampled('test', set, 40, { flip: true })
  const larger = UpSampling2D()(tensor)
  expect(larger.shape).toEqual([40, 2, 4, 1])
  const phases = [{ name: 'draw', outputs: [tensor, ops.sum(tensor)], updates: [] }]
  await materialize(weightsIn(phases))
  const program = new Program('test', planOf([], phases))
  const runs = [await program.run([]), await program.run([])].map(([batch]) => batch)
  setRandomSeed(11)
  expect([await set.sample(40, { flip: true }), await set.sample(40, { flip: true })]).toEqual(runs)
})

test('close gives native memory back and ends sampling; batch goes on', async () => {
  const size = 2 ** 24
  const set = ImageSet.fromArray(new NDArray(new Uint8Array(size), [4, 2 ** 11, 2 ** 11, 1]))
  const before = native().memoryStats().allocated
  await set.sample(1)
  expect(native().memoryStats().allocated - before).toBeGreaterThanOrEqual(size)
  set.close()
  await expect(set.sample(1)).rejects.toThrow('[ImageSet] the pictures were closed')
  expect(() => sampled('test', set, 1)).toThrow('the pictures were closed')
  expect(set.batch([0]).size).toBe(2 ** 22)
  // The programs that used it hold it until they are collected.
  for (let i = 0; i < 20 && native().memoryStats().allocated - before >= size; i++) {
    await collectGarbage()
  }
  expect(native().memoryStats().allocated - before).toBeLessThan(size)
})

test.each<[string, () => unknown]>([
  [
    '[ImageSet.sample] batchSize must be a positive integer, received 0',
    () => pictures().sample(0),
  ],
  [
    '[ImageSet.sample] flip must be true or false, received 1',
    () => pictures().sample(1, { flip: 1 as unknown as boolean }),
  ],
  [
    '[ImageSet.batches] targets must be one of',
    () => pictures().batches(1, { targets: 'labels' as 'none' }),
  ],
  ['[ImageSet.batches] batchSize must be a positive integer', () => pictures().batches(0.5)],
])('%s', async (message, run) => {
  await expect(async () => run()).rejects.toThrow(message)
})
