/** Real pictures, many batches: memory stays where it is, and is given back at the end. */
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { imageDataset, imageFolder, ImageStream } from '../../lib/index'
import { native } from '../../lib/native'
import { collectGarbage, settled } from './collect_garbage'

const folder = join(
  dirname(require.resolve('emoji-datasource-google/package.json')),
  'img/google/64',
)
const SIZE = { height: 64, width: 64, limit: 200 }
const BATCH = 16
const ITEM = 64 * 64 * 3

/** Bytes outside of JavaScript's heap, after a collection. */
async function held(): Promise<number> {
  return settled(() => process.memoryUsage().external)
}

/** Room for what Node and sharp keep for themselves: less than half of one batch in float32. */
const SLACK = 256 * 1024

test('a stream holds what it keeps and what it reads ahead, and gives it back', async () => {
  const kept = 50 * ITEM
  const stream = await imageDataset(folder, { ...SIZE, memory: kept })
  expect(stream).toBeInstanceOf(ImageStream)
  const warm = await imageDataset(folder, { ...SIZE, memory: 0 })
  await warm.sample(BATCH)
  warm.close()
  await setTimeout(200)
  const before = await held()
  const run = async (batches: number): Promise<number> => {
    for (let i = 0; i < batches; i++) await stream.sample(BATCH, { flip: true })
    return (await held()) - before
  }
  const most = kept + 3 * BATCH * ITEM + SLACK
  const early = await run(20)
  expect(early).toBeLessThan(most)
  expect(early).toBeGreaterThan(kept - SLACK)
  expect(await run(40)).toBeLessThan(most)
  stream.close()
  // Pictures that were being decoded end first.
  for (let i = 0; i < 20 && (await held()) - before >= SLACK; i++) await setTimeout(20)
  expect((await held()) - before).toBeLessThan(SLACK)
})

test('a set holds its bytes once in native memory, however often it is sampled', async () => {
  const set = await imageFolder(folder, { ...SIZE, limit: 50 })
  const before = await settled(() => native().memoryStats().allocated)
  await set.sample(BATCH)
  await collectGarbage()
  const first = native().memoryStats().allocated - before
  expect(first).toBeLessThan(set.length * ITEM + SLACK)
  expect(first).toBeGreaterThanOrEqual(set.length * ITEM)
  for (let i = 0; i < 40; i++) await set.sample(BATCH, { flip: true })
  await collectGarbage()
  expect(native().memoryStats().allocated - before).toBeLessThan(first + SLACK)
  set.close()
})
