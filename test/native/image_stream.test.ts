/** Streams of pictures in [-1, 1]: the numbers of the same pictures in memory; fit; fed to a program. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  Conv2D,
  imageDataset,
  imageFolder,
  ImageStream,
  Input,
  Model,
  type NDArray,
  setRandomSeed,
} from '../../lib/index'
import { sampled } from '../../lib/image/sampled'
import { planOf, Program } from '../../lib/program'
import { put, raw, removeFolder, temporaryFolder } from '../unit/picture_files'

const COUNT = 10
const SIZE = { height: 2, width: 2 }

let folder: string
let stream: ImageStream

beforeAll(async () => {
  folder = await temporaryFolder()
  for (let i = 0; i < COUNT; i++) {
    const pixels = Array.from({ length: 12 }, (_, k) => 20 * i + k)
    await put(folder, `${i}.png`, raw(pixels, { ...SIZE, channels: 3 }).png())
  }
})
afterAll(() => removeFolder(folder))

beforeEach(async () => {
  setRandomSeed(6)
  stream = (await imageDataset(folder, { ...SIZE, memory: 60 })) as ImageStream
  expect(stream).toBeInstanceOf(ImageStream)
})
afterEach(() => {
  stream.close()
})

/** The first byte of each picture, which is 20 i, or 20 i + 3 when mirrored. */
function firstBytes(batch: NDArray): number[] {
  return Array.from({ length: batch.shape[0] as number }, (_, i) =>
    Math.round((batch.at(i, 0, 0, 0) + 1) * 127.5),
  )
}

test('an epoch holds the numbers of the pictures in memory', async () => {
  const set = await imageFolder(folder, SIZE)
  const sizes: number[] = []
  let start = 0
  for await (const [images] of stream.batches(4, { shuffle: false })) {
    const count = images!.shape[0] as number
    expect(images).toEqual(set.batch(Array.from({ length: count }, (_, i) => start + i)))
    sizes.push(count)
    start += count
  }
  expect(sizes).toEqual([4, 4, 2])
})

test('shuffled epochs hold each picture once; those in memory come in the same order', async () => {
  const epoch = async (source: ImageStream | Awaited<ReturnType<typeof imageFolder>>) => {
    const bytes: number[] = []
    for await (const [images] of source.batches(4)) bytes.push(...firstBytes(images!))
    return bytes
  }
  const [first, second] = [await epoch(stream), await epoch(stream)]
  expect(second).not.toEqual(first)
  expect([...first].sort((a, b) => a - b)).toEqual(Array.from({ length: COUNT }, (_, i) => 20 * i))
  setRandomSeed(6)
  expect(await epoch(await imageFolder(folder, SIZE))).toEqual(first)
})

test('sample draws what nextBatch draws, half of it mirrored', async () => {
  const images = firstBytes(await stream.sample(400, { flip: true }))
  setRandomSeed(6)
  const again = (await imageDataset(folder, { ...SIZE, memory: 0 })) as ImageStream
  const bytes = await again.nextBatch(400)
  again.close()
  const plain = Array.from({ length: 400 }, (_, i) => bytes.at(i, 0, 0, 0))
  const mirrored = images.filter((byte, i) => byte === (plain[i] as number) + 3).length
  const kept = images.filter((byte, i) => byte === plain[i]).length
  expect(kept + mirrored).toBe(400)
  // Five standard errors of a fair coin.
  expect(Math.abs(mirrored - 200)).toBeLessThan(50)
})

test('fit trains on it', async () => {
  const x = Input({ shape: [2, 2, 3] })
  const model = new Model(x, Conv2D(3, { kernelSize: 1 })(x))
  model.compile({ optimizer: 'sgd', loss: 'mse' })
  const { history } = await model.fit(stream.batches(5, { targets: 'images' }), {
    epochs: 2,
    verbose: 0,
  })
  expect(history.loss).toHaveLength(2)
})

test('a loop that is left early stops reading; the stream goes on', async () => {
  for await (const [images] of stream.batches(3)) {
    expect(images!.shape).toEqual([3, 2, 2, 3])
    break
  }
  expect((await stream.sample(2)).shape).toEqual([2, 2, 2, 3])
})

test('inside a graph: bytes fed for each run', async () => {
  const { images, feed } = sampled('test', stream, 6, { flip: true })
  const inputs = [{ tensor: feed!.bytes, name: 'pictures', requireFinite: false }]
  const program = new Program(
    'test',
    planOf(inputs, [{ name: 'draw', outputs: [images], updates: [] }]),
  )
  const runs: NDArray[] = []
  for (let i = 0; i < 3; i++) runs.push(...(await program.run([await feed!.next()])))
  setRandomSeed(6)
  const again = (await imageDataset(folder, { ...SIZE, memory: 0 })) as ImageStream
  const samples: NDArray[] = []
  for (let i = 0; i < 3; i++) samples.push(await again.sample(6, { flip: true }))
  again.close()
  expect(samples).toEqual(runs)
})

test('a picture that vanishes is left out of an epoch', async () => {
  const warning = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  const other = await temporaryFolder()
  for (let i = 0; i < 5; i++) {
    await put(other, `${i}.png`, raw(Array<number>(12).fill(i), { ...SIZE, channels: 3 }).png())
  }
  const pictures = await imageDataset(other, { ...SIZE, memory: 0 })
  await rm(join(other, '3.png'))
  const bytes: number[] = []
  for await (const [images] of pictures.batches(2, { shuffle: false })) {
    bytes.push(...firstBytes(images!))
  }
  expect(bytes).toEqual([0, 1, 2, 4])
  expect(pictures.skipped.map(({ file }) => file)).toEqual(['3.png'])
  expect(warning).toHaveBeenCalledTimes(1)
  warning.mockRestore()
  await removeFolder(other)
})
