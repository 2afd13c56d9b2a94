/** Plans that lib/ would never make: refused when the Program is made, or when it runs. */
import type { Plan, PlanNode } from '../../binding'
import { input, Program, reluNode, reluPlan, stillWorks, Store, survives } from './garbage'

afterEach(stillWorks)

const conv = (attributes: object): Partial<PlanNode> => ({
  op: 'conv',
  attributes: attributes as PlanNode['attributes'],
})
const gradients = (ys: number): Partial<PlanNode> => ({ op: 'gradients', attributes: { ys } })
const elements = (attributes: object): Partial<PlanNode> => ({
  op: 'elements',
  attributes: {
    ops: 'add',
    operands: [0, 0],
    numbers: [0, 0],
    results: [1],
    axes: [0, 1],
    ...attributes,
  },
})
const keptPhase = { name: 'p', weights: [], nodes: [reluNode()], updates: [], kept: true }
const noUpdate = { op: 'assign', weights: [], slots: [], inputs: [], attributes: {} }
const illegal: [string, Plan, RegExp][] = [
  ['an unknown op', reluPlan({}, { op: 'tangle' }), /no op tangle/],
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
    reluPlan({}, conv({ strides: [0, 0], dataFormat: 'channels_last' })),
    /strides must be one or two positive/,
  ],
  [
    'strides of three axes',
    reluPlan({}, conv({ strides: [1, 1, 1], dataFormat: 'channels_last' })),
    /strides must be one or two positive/,
  ],
  ['more ys than inputs', reluPlan({}, gradients(9)), /one result for each x/],
  ['negative ys', reluPlan({}, gradients(-1)), /one result for each x/],
  ['NaN ys', reluPlan({}, gradients(NaN)), /one result for each x/],
  ['elements of an unknown op', reluPlan({}, elements({ ops: 'tangle' })), /can't do tangle/],
  [
    'elements that lack an operand',
    reluPlan({}, elements({ operands: [0, -1] })),
    /elements can't do add/,
  ],
  [
    'elements of a later result',
    reluPlan({}, elements({ operands: [0, 1] })),
    /elements can't do add/,
  ],
  ['elements without numbers', reluPlan({}, elements({ numbers: [] })), /elements can't do add/],
  [
    'a result that elements do not have',
    reluPlan({}, elements({ results: [2] })),
    /elements have no result 2/,
  ],
  ['a kept phase that reads an input', reluPlan({ phases: [keptPhase] }), /value 0 is not there/],
  [
    'a kept phase behind another',
    reluPlan({
      phases: [
        { ...keptPhase, kept: false },
        { ...keptPhase, nodes: [] },
      ],
    }),
    /kept phases must come first/,
  ],
  [
    'a kept phase that changes weights',
    reluPlan({ phases: [{ ...keptPhase, nodes: [], updates: [noUpdate] }] }),
    /must change no weight/,
  ],
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
  'dense',
  'matmul',
  'conv',
  'depthwiseConv',
  'convTranspose',
  'maxPool',
  'averagePool',
  'resize',
  'upSampleNearest',
  'batchNormTraining',
  'batchNormInference',
  'softmax',
  'sum',
  'mean',
  'argmax',
  'reshapeItems',
  'pad',
  'transpose',
  'reshape',
  'expandDims',
  'squeeze',
  'broadcastTo',
  'axisLength',
  'concatenate',
  'split',
  'tile',
  'repeat',
  'flip',
  'roll',
  'slice',
  'take',
  'takeAlongAxis',
  'oneHot',
  'segmentSum',
  'fullLike',
  'arange',
  'eye',
  'tril',
  'power',
  'variance',
  'prod',
  'maximum',
  'logsumexp',
  'cumsum',
  'sort',
  'topK',
  'tensordot',
  'einsum',
  'stopGradient',
  'randomInteger',
  'logSoftmax',
  'randomUniform',
  'randomNormal',
  'full',
  'constant',
  'clip',
  'cast',
  'copy',
  'gradients',
]
const attributes = {
  strides: [1, 1],
  dilationRate: [1, 1],
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
  minval: 1,
  maxval: 0,
  starts: [0, 9],
  lengths: [2, -1],
  sizes: [5, -1],
  repeats: [-1, 2, 3],
  shifts: [1, 2],
  numClasses: -1,
  length: -3,
  step: NaN,
  start: 0,
  rows: -1,
  columns: 2,
  k: 9,
  a: [7],
  b: [0],
  equation: 'ij,->.k',
  mode: 'edge',
  exponent: NaN,
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
