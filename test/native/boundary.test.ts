/** Garbage straight at the native boundary: an exception each, never a crash. */
import type { Plan } from '../../binding'
import { native } from '../../lib/native'
import {
  garbage,
  input,
  loose,
  Program,
  reluNode,
  reluPlan,
  stillWorks,
  Store,
  survives,
  type Loose,
} from './garbage'

afterEach(stillWorks)

test('constructors without new', () => {
  expect(() => (Store as unknown as Loose)()).toThrow(/without 'new'/)
  expect(() => (Program as unknown as Loose)(new Store(), reluPlan())).toThrow(/without 'new'/)
})

test('methods on foreign receivers', () => {
  const receivers = [
    {},
    null,
    undefined,
    3,
    Object.create(Store.prototype),
    new Proxy(new Store(), {}),
  ]
  const program = new Program(new Store(), reluPlan())
  for (const name of ['allocate', 'read', 'write', 'release', 'seed'] as const) {
    for (const receiver of [...receivers, program]) {
      expect(() =>
        (Store.prototype[name] as Loose).call(receiver, 1, new Float32Array(1)),
      ).toThrow()
    }
  }
  for (const receiver of [...receivers, new Store()]) {
    expect(() => (Program.prototype.run as Loose).call(receiver, [], [], [])).toThrow()
  }
})

test('every method with every kind of garbage in every place', async () => {
  const store = new Store()
  store.allocate(1, [3], 'float32', [0])
  const program = new Program(store, reluPlan())
  const calls: [unknown, string, unknown[]][] = [
    [store, 'allocate', [9, [2], 'float32', [0]]],
    [store, 'write', [1, new Float32Array(3)]],
    [store, 'read', [1, new Float32Array(3)]],
    [store, 'release', [8]],
    [store, 'seed', [1]],
    [program, 'run', [[input], [[2, 2]], [new Float32Array(4)]]],
    [native(), 'setThreads', [native().runtimeInfo().threads]],
  ]
  for (const [target, name, right] of calls) {
    expect(await survives(() => loose(target, name)(...right))).toBe(true)
    for (const [place, fitting] of right.entries()) {
      await survives(() => loose(target, name)(...right.slice(0, place)))
      for (const item of garbage) {
        await survives(() => loose(target, name)(...right.with(place, item)))
        if (Array.isArray(fitting)) {
          await survives(() => loose(target, name)(...right.with(place, [item])))
        }
      }
    }
  }
  for (const id of [NaN, -1, 0.5, 1e300, Infinity, '1']) {
    for (const name of ['write', 'read', 'release']) {
      expect(await survives(() => loose(store, name)(id, new Float32Array(3)))).toBe(false)
    }
    expect(await survives(() => loose(store, 'allocate')(id, [3], 'float32', [0]))).toBe(false)
  }
})

test('Program with garbage anywhere in its plan', async () => {
  const replaceAll = async (plan: unknown, put: (item: unknown) => unknown): Promise<void> => {
    const walk = async (part: unknown, rebuild: (item: unknown) => unknown): Promise<void> => {
      for (const item of garbage) {
        await survives(() => new Program(new Store(), rebuild(item) as Plan))
      }
      if (typeof part !== 'object' || part === null) return
      for (const key of Object.keys(part)) {
        const copy = (item: unknown): unknown =>
          Array.isArray(part) ? part.with(Number(key), item) : { ...part, [key]: item }
        await walk((part as Record<string, unknown>)[key], (item) => rebuild(copy(item)))
      }
    }
    await walk(plan, put)
  }
  await replaceAll(reluPlan(), (item) => item)
  for (const item of garbage) await survives(() => new Program(item as never, reluPlan()))
  expect(() => new (Program as unknown as new () => unknown)()).toThrow(/needs a Store/)
})
test('weights whose memory can not be laid out', () => {
  const allocate = loose(new Store(), 'allocate')
  for (const order of [[0, 0], [1, 1], [0], [0, 1, 2], [0, 2], [-1, 0], [NaN, 0], 'x']) {
    expect(() => allocate(1, [2, 3], 'float32', order)).toThrow()
  }
  expect(() => allocate(1, [0, 0], 'float32', [0, 0])).toThrow(/once/)
  expect(() => allocate(1, [-1], 'float32', [0])).toThrow(/whole numbers/)
  expect(() => allocate(1, [2], 'float64', [0])).toThrow(/element type/)
})

// Below and above the size from which blocks are in the arena.
test.each([100, 2 ** 20])(
  'new weights of %d numbers are zeros in memory that was used',
  async (size) => {
    const store = new Store()
    for (const id of [1, 2, 3]) {
      store.allocate(id, [size], 'float32', [0], true)
      const values = new Float32Array(size).fill(1)
      await store.read(id, values)
      expect(values.every((value) => Object.is(value, 0))).toBe(true)
      await store.write(id, values.fill(id))
      store.release(id)
    }
  },
)

test('a weight whose first values are zeros can be used at once', async () => {
  const store = new Store()
  store.allocate(1, [2], 'float32', [0], true)
  const output = new Float32Array([1, 1])
  await store.read(1, output)
  expect([...output]).toEqual([0, 0])
  const weights = [{ weight: 1, value: 0 }]
  const phases = [{ name: 'p', weights, nodes: [reluNode()], updates: [] }]
  const program = new Program(store, reluPlan({ inputs: [], phases }))
  await program.run([], [], [output.fill(1)])
  expect([...output]).toEqual([0, 0])
})

test('elements keep their places in every order of the axes in memory', async () => {
  const store = new Store()
  // Large enough for the transposes of libtorch that copy by blocks, odd, and with axes of one.
  for (const shape of [
    [3, 3, 20, 31],
    [1, 3, 1, 7],
    [5, 0, 2, 3],
    [2, 1, 1, 1],
  ]) {
    const size = shape.reduce((a, b) => a * b)
    for (const order of orders([0, 1, 2, 3])) {
      store.allocate(1, shape, 'float32', order)
      const given = Float32Array.from({ length: size }, (_, i) => (i === 1 ? NaN : i))
      await store.write(1, given)
      const found = new Float32Array(size)
      await store.read(1, found)
      expect(found).toEqual(given)
    }
  }
})

function orders(axes: readonly number[]): number[][] {
  if (axes.length === 0) return [[]]
  return axes.flatMap((axis) => {
    return orders(axes.filter((other) => other !== axis)).map((rest) => [axis, ...rest])
  })
}

test('a weight without first values can not be used', async () => {
  const store = new Store()
  store.allocate(1, [2], 'float32', [0])
  const weights = [{ weight: 1, value: 0 }]
  const phases = [{ name: 'p', weights, nodes: [reluNode()], updates: [] }]
  const program = new Program(store, reluPlan({ inputs: [], phases }))
  await expect(program.run([], [], [new Float32Array(2)])).rejects.toThrow(/has no values/)
  await store.write(1, new Float32Array([-1, 5]))
  const output = new Float32Array(2)
  await program.run([], [], [output])
  expect([...output]).toEqual([0, 5])
  // New memory under the same id is found too.
  store.allocate(1, [2], 'float32', [0])
  await expect(program.run([], [], [output])).rejects.toThrow(/has no values/)
  await store.write(1, new Float32Array([7, -1]))
  await program.run([], [], [output])
  expect([...output]).toEqual([7, 0])
})

test('runs with wrong inputs, shapes and outputs', async () => {
  const program = new Program(new Store(), reluPlan())
  const run = loose(program, 'run')
  const out = (): Float32Array => new Float32Array(4)
  const wrong: unknown[][] = [
    [[], [], [out()]],
    [[input], [[2, 3]], [out()]],
    [[input], [[4]], [out()]],
    [[input], [[2 ** 52, 2]], [out()]],
    [[input], [[2, 2]], []],
    [[input], [[2, 2]], [new Float32Array(3)]],
    [[input], [[2, 2]], [new Float32Array(5)]],
    [[input], [[2, 2]], [new Int32Array(4)]],
    [[new Int32Array(4)], [[2, 2]], [out()]],
  ]
  for (const args of wrong) expect(await survives(() => run(...args))).toBe(false)
})
