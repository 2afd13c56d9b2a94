/** What is measured: the rows of the tables, each with its networks, sides and number of turns. */
import { ofDepth, ofSize, specs } from './programs.mjs'

/** The fused step, and the calls that it is made of. */
const OURS = ['gantorch', 'gantorch-calls']
/** Where there is one call only. */
const CALL = ['gantorch-calls']
const KERAS = ['keras-tensorflow', 'keras-tensorflow-jit', 'keras-jax', 'keras-torch']
const TORCH = ['torch', 'torch-compile']
const PEERS = [...KERAS, ...TORCH]
const ALL = [...OURS, ...PEERS]
/** Sweeps show ours against the peer that is best at the article's step. */
const SWEEP = ['gantorch', 'keras-tensorflow']

/** What a row is where it says nothing else; its unit is images a second. */
const USUAL = {
  kind: 'step',
  unit: 'images',
  policy: 'float32',
  threads: undefined,
  rounds: 5,
  steps: 2,
  warmup: 2,
  sides: ALL,
}

/** Rows by the name that the command line knows, the first variant being what the name alone means. */
const families = {
  dcgan: {
    title: "The article's step, 128 x 160 x 3",
    sides: [...ALL, 'torch-kept-memory'],
    bar: 1.8,
    goal: 2.2,
    variants: [
      { batchSize: 16 },
      { batchSize: 50, rounds: 3, steps: 1, warmup: 1 },
      { batchSize: 16, policy: 'mixed_bfloat16' },
      { batchSize: 50, policy: 'mixed_bfloat16', rounds: 3, steps: 1, warmup: 1 },
    ],
  },
  mnist_dcgan: {
    title: "The step of Keras-GAN's MNIST DCGAN",
    program: 'dcgan',
    bar: 1.8,
    goal: 2.5,
    steps: 8,
    sides: [...ALL, 'torch-kept-memory'],
    variants: [{ batchSize: 32 }],
  },
  mlp: {
    title: "The step of Keras-GAN's MLP GAN",
    bar: 2,
    goal: 3,
    steps: 60,
    warmup: 5,
    sides: [...ALL, 'tfjs', 'tfjs-wasm'],
    variants: [{ batchSize: 32 }],
  },
  toy: {
    title: 'One `trainOnBatch` of a two-layer model',
    unit: 'time',
    bar: 5,
    goal: 10,
    // In its first thousand calls JavaScript is still being compiled.
    steps: 4000,
    warmup: 1000,
    sides: [...CALL, ...PEERS, 'tfjs', 'tfjs-wasm'],
    variants: [{ batchSize: 1 }],
  },
  wgan_gp: {
    title: "The step of Keras-GAN's WGAN-GP: 5 critic steps, 1 of the generator",
    bar: 1.5,
    goal: 2.2,
    steps: 3,
    sides: [...OURS, 'keras-torch', ...TORCH],
    variants: [{ batchSize: 32 }],
  },
  predict: {
    title: "`predict` of the article's generator",
    bar: 1.5,
    goal: 2,
    sides: [...CALL, ...PEERS, 'onnxruntime'],
    variants: [
      { batchSize: 1, steps: 20, warmup: 5 },
      { batchSize: 25, steps: 4 },
      { batchSize: 256, rounds: 3, steps: 1, warmup: 1 },
    ],
  },
  cold_start: {
    title: "Start of the process to the end of the article's first step",
    program: 'dcgan',
    kind: 'cold',
    unit: 'time',
    bar: 5,
    goal: 10,
    rounds: 7,
    steps: 1,
    warmup: 0,
    sides: ['gantorch', 'keras-tensorflow', 'keras-jax', 'keras-torch', 'torch'],
    variants: [{ batchSize: 16 }],
  },
  memory: {
    title: "Peak memory of the article's step",
    program: 'dcgan',
    kind: 'memory',
    bar: 2,
    goal: 3,
    rounds: 1,
    steps: 1,
    sides: ['gantorch', 'keras-tensorflow', 'keras-jax', 'keras-torch', 'torch'],
    variants: [{ batchSize: 50 }],
  },
  batch_sizes: sweep("The article's step by batch size", [1, 4, 16, 64, 128], (batchSize) => ({
    batchSize,
  })),
  image_sizes: sweep(
    "The article's networks by image size, batch 16",
    [32, 64, 128, 256],
    (size) => ({
      batchSize: 16,
      spec: ofSize(size),
    }),
  ),
  depths: sweep(
    '64 x 64 pictures, by convolutions in each block, batch 16',
    [1, 2, 3],
    (depth) => ({
      batchSize: 16,
      spec: ofDepth(depth),
    }),
  ),
  threads: sweep("The article's step by threads, batch 16", [1, 2], (threads) => ({
    batchSize: 16,
    threads,
  })),
}

function sweep(title, points, variantOf) {
  const variants = points.map((point) => ({ point, ...variantOf(point) }))
  return {
    title,
    program: 'dcgan',
    kind: 'sweep',
    rounds: 2,
    steps: 1,
    warmup: 1,
    sides: SWEEP,
    variants,
  }
}

export const familyNames = Object.keys(families)

function toRow(family, variant) {
  const row = { ...USUAL, family, program: family, spec: specs[family] ?? specs.dcgan }
  Object.assign(row, families[family], variant, { variants: undefined })
  const policy = row.policy === 'float32' ? [] : [row.policy]
  const threads = row.kind !== 'sweep' && row.threads ? [`${row.threads}_threads`] : []
  row.id = [family, row.point ?? row.batchSize, ...policy, ...threads].join('_')
  return row
}

/** All rows of a family, or the one that the command line describes with `changes`. */
export function rowsOf(family, changes = {}) {
  const { variants, kind } = families[family]
  if (kind === 'sweep') return variants.map((variant) => toRow(family, { ...variant, ...changes }))
  const { batchSize, policy, threads, ...others } = changes
  const chosen = Object.entries({ batchSize, policy, threads }).filter(([, value]) => value)
  if (chosen.length === 0)
    return variants.map((variant) => toRow(family, { ...variant, ...others }))
  const fits = (variant) => chosen.every(([key, value]) => (variant[key] ?? USUAL[key]) === value)
  const [found = variants[0]] = [
    ...variants.filter(fits),
    ...variants.filter((v) => v.batchSize === batchSize),
  ]
  return [toRow(family, { ...found, ...Object.fromEntries(chosen), ...others })]
}
