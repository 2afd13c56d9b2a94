/** Garbage straight at the native boundary: an exception each, never a crash. */
import { isNativeError } from 'node:util/types'
import type { Plan, PlanNode } from '../../binding'
import { native } from '../../lib/native'

const { Store, Program, setThreads, runtimeInfo } = native()

/** Calls that the types of binding.d.ts forbid. */
type Loose = (...args: unknown[]) => unknown
const loose = (target: unknown, name: string): Loose =>
  ((target as Record<string, Loose>)[name] as Loose).bind(target)

const garbage: unknown[] = [
  undefined,
  null,
  true,
  NaN,
  -1,
  0.5,
  1e300,
  Infinity,
  2 ** 53,
  'x',
  Symbol('x'),
  10n,
  {},
  [],
  [NaN],
  [[]],
  [undefined],
  () => 1,
  new Date(),
  new Float64Array(2),
  new DataView(new ArrayBuffer(8)),
  new Float32Array(3),
  new Proxy(
    {},
    {
      get: () => {
        throw new Error('trap')
      },
    },
  ),
]

/** Neither crashes nor hangs; what it throws or rejects with is an Error. */
async function survives(action: () => unknown): Promise<boolean> {
  try {
    await action()
    return true
  } catch (error) {
    // Not instanceof: the addon's errors are of the realm outside jest's.
    expect(isNativeError(error)).toBe(true)
    return false
  }
}

function reluNode(changes: Partial<PlanNode> = {}): PlanNode {
  const node = { op: 'relu', inputs: [0], outputs: [1], attributes: {}, scope: '' }
  return { ...node, differentiable: false, release: [], ...changes }
}

function reluPlan(changes: Partial<Plan> = {}, node: Partial<PlanNode> = {}): Plan {
  const value = { shape: [null, 2], dtype: 'float32' } as const
  return {
    values: [value, value],
    inputs: [{ value: 0, name: 'x', requireFinite: false }],
    phases: [{ name: 'p', weights: [], nodes: [reluNode(node)], updates: [] }],
    outputs: [1],
    ...changes,
  }
}

const input = new Float32Array([-1, 2, 3, -4])

async function stillWorks(): Promise<void> {
  const output = new Float32Array(4)
  await new Program(new Store(), reluPlan()).run([input], [[2, 2]], [output])
  expect([...output]).toEqual([0, 2, 3, 0])
}

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
    [native(), 'setThreads', [runtimeInfo().threads]],
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

const conv = (attributes: object): Partial<PlanNode> => ({
  op: 'conv2d',
  attributes: attributes as PlanNode['attributes'],
})
const gradients = (ys: number): Partial<PlanNode> => ({ op: 'gradients', attributes: { ys } })
const illegal: [string, Plan, RegExp][] = [
  ['an unknown op', reluPlan({}, { op: 'tan' }), /no op tan/],
  ['a missing attribute', reluPlan({}, { op: 'leakyRelu' }), /lacks its attribute slope/],
  [
    'an attribute of a wrong type',
    reluPlan({}, { op: 'leakyRelu', attributes: { slope: 'x' } }),
    /slope/,
  ],
  ['a value that is not declared', reluPlan({}, { inputs: [7] }), /value 7 is not declared/],
  ['a value used before it is computed', reluPlan({}, { inputs: [1] }), /value 1 is not there/],
  ['a value computed twice', reluPlan({}, { outputs: [0] }), /value 0 is computed twice/],
  ['a value released twice', reluPlan({}, { release: [0, 0] }), /not there to release/],
  ['an output that was released', reluPlan({}, { release: [1] }), /value 1 is not there/],
  ['an output never computed', reluPlan({ phases: [] }), /value 1 is not there/],
  [
    'strides of zero',
    reluPlan({}, conv({ strides: [0, 0], dilations: [1, 1], padding: 'same' })),
    /two positive/,
  ],
  [
    'strides of one axis',
    reluPlan({}, conv({ strides: [1], dilations: [1, 1], padding: 'same' })),
    /two positive/,
  ],
  ['more ys than inputs', reluPlan({}, gradients(9)), /one result for each x/],
  ['negative ys', reluPlan({}, gradients(-1)), /one result for each x/],
  ['NaN ys', reluPlan({}, gradients(NaN)), /one result for each x/],
]

test.each(illegal)('a plan with %s', (_name, plan, says) => {
  expect(() => new Program(new Store(), plan)).toThrow(says)
})

test('two nodes that use each other', () => {
  const value = { shape: [null, 2], dtype: 'float32' } as const
  const nodes = [reluNode({ inputs: [2], outputs: [1] }), reluNode({ inputs: [1], outputs: [2] })]
  const phases = [{ name: 'p', weights: [], nodes, updates: [] }]
  const plan = reluPlan({ values: [value, value, value], phases })
  expect(() => new Program(new Store(), plan)).toThrow(/value 2 is not there/)
})

/** Ops that a Plan can give too few inputs or the wrong attributes. */
const ops = [
  'add',
  'where',
  'matmul',
  'conv2d',
  'upSampleNearest',
  'batchNormTraining',
  'batchNormInference',
  'softmax',
  'dropoutMask',
  'sum',
  'mean',
  'argmax',
  'reshapeItems',
  'pad',
  'transpose',
  'randomUniform',
  'randomNormal',
  'fill',
  'constant',
  'clip',
  'cast',
  'copy',
  'gradients',
]
const attributes = {
  strides: [1, 1],
  dilations: [1, 1],
  size: [2, 2],
  padding: [1],
  shape: [-3, 2 ** 40],
  axes: [9],
  keepdims: true,
  axis: 9,
  order: [5, 5],
  rate: 2,
  slope: 0,
  low: 1,
  high: 0,
  mean: NaN,
  stddev: -1,
  value: NaN,
  dtype: 'int32',
  scale: true,
  center: true,
  epsilon: -1,
  ys: 0,
  key: [1],
  alpha: 1,
}

test.each(ops)('%s with too few inputs or wrong attributes', async (op) => {
  for (const inputs of [[], [0], [0, 0, 0]]) {
    for (const padding of ['same', [1], [-9, -9, 9, 9]]) {
      await survives(async () => {
        const ready = { op, inputs, attributes: { ...attributes, padding } }
        await new Program(new Store(), reluPlan({}, ready)).run(
          [input],
          [[2, 2]],
          [new Float32Array(4)],
        )
      })
    }
  }
})

test('updates of weights that do not fit', async () => {
  const store = new Store()
  store.allocate(1, [2], 'float32', [0])
  store.allocate(2, [3], 'float32', [0])
  store.allocate(3, [2], 'int32', [0])
  for (const id of [1, 2]) await store.write(id, new Float32Array(id + 1))
  await store.write(3, new Int32Array(2))
  const attributes = { beta1: 0.9, beta2: 0.9, epsilon: 1e-7, decay: 0, amsgrad: false }
  const run = async (
    op: string,
    weights: number[],
    slots: number[],
    inputs: number[],
  ): Promise<void> => {
    const updates = [{ op, weights, slots, inputs, attributes }]
    const phases = [{ name: 'p', weights: [], nodes: [reluNode()], updates }]
    const value = { shape: [2], dtype: 'float32' } as const
    const plan = reluPlan({ values: [value, value], phases })
    await new Program(store, plan).run([new Float32Array(2)], [[2]], [new Float32Array(2)])
  }
  await expect(run('assign', [1], [], [1])).resolves.toBeUndefined()
  await expect(run('assign', [2], [], [1])).rejects.toThrow(/does not fit its weight/)
  await expect(run('assign', [3], [], [1])).rejects.toThrow(/does not fit its weight/)
  await expect(run('assign', [77], [], [1])).rejects.toThrow(/weight 77 has no memory/)
  await expect(run('assign', [], [], [1])).rejects.toThrow()
  await expect(run('assign', [1], [], [])).rejects.toThrow()
  await expect(run('adam', [1], [2, 2, 2], [1, 1])).rejects.toThrow(/does not fit|one number/)
  await expect(run('adam', [1], [1, 1, 3], [1, 1])).rejects.toThrow(/one number|does not fit/)
  await expect(run('adam', [1], [], [1])).rejects.toThrow(/slots/)
  await expect(run('sgdx', [1], [], [1])).rejects.toThrow(/no update sgdx/)
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
