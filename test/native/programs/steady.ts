/**
 * Models that are made and dropped, 500 steps of a small DCGAN, a middle-sized network beside a
 * 10 ms timer, and everything let go. Prints what memory and the timer did as JSON. Needs
 * node --expose-gc.
 */
import { Dense, NDArray, Sequential } from '../../../lib/index'
import { native } from '../../../lib/native'
import { buildGan, ganStep } from '../small_gan'
import { build, x, y } from './middle_sized'

const STEPS = 500
const collect = (globalThis as unknown as { gc: () => void }).gc
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Resident megabytes after each step, and bytes in tensors after each tenth. */
async function manySteps(): Promise<{ resident: number[]; allocated: number[] }> {
  const gan = buildGan(1)
  const [resident, allocated]: [number[], number[]] = [[], []]
  for (let i = 0; i < STEPS; i++) {
    await ganStep(gan, i)
    if (i % 10 === 9) {
      // So that what is measured is native memory and not JavaScript's garbage.
      collect()
      allocated.push(native().memoryStats().allocated)
    }
    resident.push(process.memoryUsage.rss() / 2 ** 20)
  }
  return { resident, allocated }
}

/** How late a 10 ms timer fires, in milliseconds, while `steps` steps run. */
async function timerBeside(
  steps: number,
): Promise<{ delays: number[]; during: number; took: number }> {
  const model = build()
  await model.trainOnBatch(x, y)
  const delays: number[] = []
  let last = performance.now()
  let isRunning = false
  let during = 0
  const timer = setInterval(() => {
    const now = performance.now()
    delays.push(now - last - 10)
    if (isRunning) during++
    last = now
  }, 10)
  const begin = performance.now()
  for (let i = 0; i < steps; i++) {
    isRunning = true
    await model.trainOnBatch(x, y)
    isRunning = false
  }
  const took = performance.now() - begin
  clearInterval(timer)
  return { delays, during, took }
}

/** Bytes in tensors once all models are garbage: collections until it no longer falls. */
async function letGo(): Promise<number> {
  let [before, now] = [Infinity, native().memoryStats().allocated]
  while (now < before) {
    for (let i = 0; i < 3; i++) {
      collect()
      await wait(20)
    }
    ;[before, now] = [now, native().memoryStats().allocated]
  }
  return now
}

/** Largest number of bytes in tensors while models of 16 MB are made and dropped, 40 of them. */
async function pileUp(): Promise<number> {
  for (let i = 0; i < 40; i++) {
    const model = new Sequential([Dense(1024, { inputShape: [4096] })])
    await model.predict(NDArray.zeros([1, 4096]))
  }
  return native().memoryStats().peak
}

async function main(): Promise<void> {
  const { setThreads, runtimeInfo, memoryStats } = native()
  const { threads } = runtimeInfo()
  const peak = await pileUp()
  // What native code makes once and keeps is there before it is measured.
  await ganStep(buildGan(0), 0)
  await letGo()
  const start = memoryStats().allocated
  // Waiting for each other is all that two threads would do in networks this small.
  setThreads(1)
  const { resident, allocated } = await manySteps()
  setThreads(threads)
  const { delays, during, took } = await timerBeside(20)
  const used = memoryStats().allocated
  const left = await letGo()
  console.log(
    JSON.stringify({ peak, resident, allocated, delays, during, took, start, used, left }),
  )
}

void main()
