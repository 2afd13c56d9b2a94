/** Long training: memory stays as it is, JavaScript goes on beside it, and models can be let go. */
import { resultOf, runProgram } from './child'

interface Report {
  readonly peak: number
  readonly resident: readonly number[]
  readonly allocated: readonly number[]
  readonly delays: readonly number[]
  readonly during: number
  readonly took: number
  readonly start: number
  readonly used: number
  readonly left: number
}

let report: Report

beforeAll(async () => {
  report = resultOf(await runProgram('steady', [], ['--expose-gc'])) as Report
})

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}

test('bytes in tensors are the same after every step', () => {
  expect(report.allocated).toHaveLength(50)
  expect(new Set(report.allocated).size).toBe(1)
})

test('resident memory is flat after warm-up', () => {
  const windows = [100, 200, 300, 400].map((from) => report.resident.slice(from, from + 100))
  const medians = windows.map(median)
  console.log(
    `resident MB, medians of steps 101-200 to 401-500: ${medians.map(Math.round).join(', ')}`,
  )
  // A step handles some 60 kB of arrays and tensors: were one in ten of them kept, 300 steps would
  // add 2 MB; were all kept, 18 MB. V8's own heap moves by 3 MB or so.
  expect((medians[3] as number) - (medians[0] as number)).toBeLessThan(6)
})

test('a 10 ms timer goes on firing while steps run', () => {
  const { delays, during, took } = report
  const worst = Math.max(...delays)
  console.log(
    `timer of 10 ms beside 20 steps of ${(took / 20).toFixed(0)} ms: fired ${delays.length} times, ${during} during one, ` +
      `late by ${median(delays).toFixed(1)} ms (median), ${worst.toFixed(1)} ms (worst)`,
  )
  // Counted between a call and its result: if steps blocked the thread there would be none.
  expect(during).toBeGreaterThan(5)
})

test("models that are garbage give the Store's memory back", () => {
  expect(report.used).toBeGreaterThan(500_000)
  expect(report.left).toBe(report.start)
})

test('V8 knows how large the weights are, so that it collects dropped models in time', () => {
  console.log(
    `40 models of 16 MB made and dropped: ${Math.round(report.peak / 2 ** 20)} MB at most`,
  )
  // All of them together have 640 MB. V8 begins to collect after 64 MB of memory outside its heap.
  expect(report.peak).toBeLessThan(400 * 2 ** 20)
})
