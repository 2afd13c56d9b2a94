/** Steps so short that they run on the thread that asks for them: nothing else may wait for them. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Adam, Dense, NDArray, Sequential } from '../../lib/index'

const [x, y] = [NDArray.ones([1, 4]), NDArray.ones([1, 1])]

function quickModel(): Sequential {
  const model = new Sequential([Dense(1, { activation: 'sigmoid', inputDim: 4 })])
  model.compile({ loss: 'binary_crossentropy', optimizer: new Adam(0.001) })
  return model
}

test('the event loop goes on beside steps that are awaited one after the other', async () => {
  const model = quickModel()
  for (let i = 0; i < 100; i++) await model.trainOnBatch(x, y)
  for (let turn = 0; turn < 3; turn++) {
    let hasTurned = false
    setImmediate(() => (hasTurned = true))
    for (let i = 0; i < 100_000 && !hasTurned; i++) await model.predict(x)
    expect(hasTurned).toBe(true)
  }
})

test('after the last step the processor rests', async () => {
  const model = quickModel()
  for (let i = 0; i < 100; i++) await model.trainOnBatch(x, y)
  const before = process.cpuUsage()
  await sleep(1000)
  const { user, system } = process.cpuUsage(before)
  // A thread that looked for work all the time would take the whole second.
  expect(user + system).toBeLessThan(500_000)
})

test('a step that fails rejects, and the next one is done', async () => {
  const model = quickModel()
  for (let i = 0; i < 100; i++) await model.trainOnBatch(x, y)
  const bad = NDArray.full([1, 4], NaN)
  await expect(model.trainOnBatch(bad, y)).rejects.toThrow(/input holds NaN/)
  expect((await model.trainOnBatch(x, y)).loss).toBeGreaterThan(0)
})

test('quick steps and slow work take turns', async () => {
  const model = quickModel()
  const large = new Sequential([Dense(1500, { inputDim: 1500 }), Dense(1500)])
  const pictures = NDArray.ones([128, 1500])
  for (let i = 0; i < 100; i++) await model.trainOnBatch(x, y)
  await large.predict(pictures)
  const [before] = await model.getWeights()
  const order: string[] = []
  const note = (what: string) => (): void => void order.push(what)
  const slow = large.predict(pictures).then(note('slow'))
  const quick = model.trainOnBatch(x, y).then(note('quick'))
  const reading = model.getWeights().then(([kernel]) => {
    order.push('read')
    expect(kernel?.data).not.toEqual(before?.data)
  })
  await Promise.all([reading, quick, slow])
  expect(order[0]).toBe('slow')
  expect(order).toHaveLength(3)
})

test('a batch that is much larger than those that were quick leaves the event loop free', async () => {
  const model = new Sequential([Dense(64, { inputDim: 4 }), Dense(64), Dense(1)])
  for (let i = 0; i < 100; i++) await model.predict(x)
  let isDone = false
  const running = model.predict(NDArray.ones([200_000, 4]), { batchSize: 200_000 }).then(() => {
    isDone = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(isDone).toBe(false)
  await running
})
