/** Arrays over memory that is shared, resizable, or gone while a program runs. */
import type { Plan } from '../../binding'
import { native } from '../../lib/native'
import { NDArray } from '../../lib/index'
import { buildDiscriminator, compileDiscriminator, ones, pictures } from './small_gan'

const { Store, Program } = native()

/** y = relu(x) for any number of rows of 256. */
function reluProgram(): InstanceType<typeof Program> {
  const value = { shape: [null, 256], dtype: 'float32' } as const
  const node = { op: 'relu', inputs: [0], outputs: [1], attributes: {}, scope: '' }
  const plan: Plan = {
    values: [value, value],
    inputs: [{ value: 0, name: 'x', requireFinite: true }],
    phases: [
      {
        name: 'p',
        weights: [],
        nodes: [{ ...node, differentiable: false, release: [] }],
        updates: [],
      },
    ],
    outputs: [1],
  }
  return new Program(new Store(), plan)
}

const program = reluProgram()
const rows = 4096
const shape = [rows, 256]
const size = rows * 256

/** Resizable buffers are newer than the types of ES2022. */
interface Resizable extends ArrayBuffer {
  resize(length: number): void
}
const resizable = (length: number): Resizable =>
  new (ArrayBuffer as unknown as new (n: number, o: object) => Resizable)(length, {
    maxByteLength: length * 2,
  })

test('inputs are copied before run returns', async () => {
  const x = new Float32Array(size).fill(3)
  const y = new Float32Array(size)
  const running = program.run([x], [shape], [y])
  x.fill(-1)
  structuredClone(x, { transfer: [x.buffer] })
  await running
  expect(y.every((value) => value === 3)).toBe(true)
})

test('an output that is transferred while the program runs is an error, not a crash', async () => {
  const x = new Float32Array(size).fill(3)
  const outputs = Array.from({ length: 8 }, () => new Float32Array(size))
  const running = outputs.map((y) => program.run([x], [shape], [y]))
  const settled = Promise.allSettled(running)
  outputs.forEach((y) => structuredClone(y, { transfer: [y.buffer] }))
  for (const result of await settled) {
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'GANTORCH_SHAPE' } })
  }
})

test('an output whose buffer shrinks while the program runs is an error, not a crash', async () => {
  const x = new Float32Array(size).fill(3)
  const buffer = resizable(size * 4)
  const y = new Float32Array(buffer)
  const running = program.run([x], [shape], [y])
  buffer.resize(4096)
  await expect(running).rejects.toMatchObject({ code: 'GANTORCH_SHAPE' })
})

test('resizable and shared buffers work', async () => {
  const x = new Float32Array(new SharedArrayBuffer(size * 4)).fill(-2)
  x[7] = 5
  for (const buffer of [resizable(size * 4), new SharedArrayBuffer(size * 4 + 1024)]) {
    const y = new Float32Array(buffer, buffer instanceof SharedArrayBuffer ? 1024 : 0, size)
    await program.run([x], [shape], [y])
    expect([y[6], y[7], y[8]]).toEqual([0, 5, 0])
  }
})

test('detached arrays are refused', async () => {
  const gone = new Float32Array(size)
  structuredClone(gone, { transfer: [gone.buffer] })
  const there = new Float32Array(size)
  expect(() => program.run([gone], [shape], [there])).toThrow(/shape/)
  expect(() => program.run([there], [shape], [gone])).toThrow(/output/)
})

test('a shared input is checked where it can not change any more', () => {
  const x = new Float32Array(new SharedArrayBuffer(size * 4))
  x[size - 1] = NaN
  expect(() => program.run([x], [shape], [new Float32Array(size)])).toThrow(
    /x holds NaN at element 1048575/,
  )
})

test('a read whose array is transferred is an error, a write has its copy', async () => {
  const store = new Store()
  store.allocate(1, [size], 'float32', [0])
  const data = new Float32Array(size).fill(4)
  const writing = store.write(1, data)
  structuredClone(data, { transfer: [data.buffer] })
  await writing
  const lost = new Float32Array(size)
  const reading = store.read(1, lost)
  structuredClone(lost, { transfer: [lost.buffer] })
  await expect(reading).rejects.toMatchObject({ code: 'GANTORCH_SHAPE' })
  const kept = new Float32Array(size)
  await store.read(1, kept)
  expect(kept.every((value) => value === 4)).toBe(true)
})

test('a model trains on pictures in shared memory', async () => {
  const model = compileDiscriminator(buildDiscriminator())
  const source = pictures(1)
  const shared = new Float32Array(new SharedArrayBuffer(source.size * 4))
  shared.set(source.data)
  const result = await model.trainOnBatch(new NDArray(shared, source.shape), ones)
  expect(Number.isFinite(result.loss)).toBe(true)
})
