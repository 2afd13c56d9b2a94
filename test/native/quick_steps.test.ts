/** Steps so short that their thread is waited for: nothing else may wait for them. */
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
