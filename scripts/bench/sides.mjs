/** Who takes part in the benchmarks: how each is started, and with which settings. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compiledPath } from './compile.mjs'
import { folderOf } from './venv.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')

/** Ours, compiled beforehand as a user's program is. */
function ours({ form, settings }) {
  const start = (program) => ({
    command: process.execPath,
    args: [compiledPath(`gantorch_${program}`), '--form', form],
    options: { cwd: root },
  })
  return { settings, start }
}

/** A JavaScript side that shares serve.ts. */
function tfjs({ form, settings }) {
  const start = (program) => ({
    command: process.execPath,
    args: ['--import', 'tsx', join(here, `tfjs_${program}.mjs`), '--form', form],
    options: { cwd: root, env: { ...process.env, BENCH_PACKAGES: folderOf('tfjs') } },
  })
  return { settings, start }
}

function python({ prefix, form = 'plain', stack, environment = {}, settings }) {
  const start = (program) => ({
    command: join(folderOf(stack), 'bin', 'python'),
    args: [join(here, `${prefix}_${program}.py`), '--form', form],
    options: { env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', ...environment } },
  })
  return { settings, start }
}

function keras(stack, form, settings) {
  return python({ prefix: 'keras', form, stack, environment: { KERAS_BACKEND: stack }, settings })
}

/**
 * By name; `settings` is what the table says of each. Threads are as many as cores for all,
 * images (batch, height, width, channels) in memory.
 */
export const sides = {
  gantorch: ours({ form: 'fused', settings: 'trainStep, one program' }),
  'gantorch-calls': ours({ form: 'plain', settings: 'the plain Keras calls' }),
  'keras-tensorflow': keras('tensorflow', 'plain', 'oneDNN on, channels_last, tf.function'),
  'keras-tensorflow-jit': keras('tensorflow', 'jit', 'oneDNN on, channels_last, jit_compile (XLA)'),
  'keras-jax': keras('jax', 'plain', 'channels_last, jit (XLA)'),
  'keras-torch': keras(
    'torch',
    'plain',
    'oneDNN, channels_last, eager, no gradients of a frozen D',
  ),
  torch: python({
    prefix: 'torch',
    stack: 'torch',
    settings: 'oneDNN, channels_last, eager, fused optimizer, only gradients that are used',
  }),
  'torch-kept-memory': python({
    prefix: 'torch',
    stack: 'torch',
    environment: { MALLOC_MMAP_MAX_: '0', MALLOC_TRIM_THRESHOLD_: `${2 ** 40}` },
    settings: 'as eager, glibc told to keep freed memory',
  }),
  'torch-compile': python({
    prefix: 'torch',
    form: 'compile',
    stack: 'torch',
    settings: 'as eager, networks through torch.compile (inductor)',
  }),
  onnxruntime: python({
    prefix: 'onnxruntime',
    stack: 'torch',
    settings: 'CPU provider, all graph optimisations, exported from PyTorch',
  }),
  tfjs: tfjs({ form: 'cpu', settings: 'plain JavaScript backend' }),
  'tfjs-wasm': tfjs({
    form: 'wasm',
    settings: 'WebAssembly, SIMD and threads',
  }),
}

/** Peers that cannot be had, each with its reason; the tables list them. */
export const missing = {
  '@tensorflow/tfjs-node 4.22.0':
    'its install script downloads libtensorflow 2.9.1 from storage.googleapis.com, no npm package holds it',
}

/** Command, arguments and options of a process that runs `program` as this side. */
export function commandOf(name, program, { spec, batchSize, warmup, policy, threads }) {
  const side = sides[name]
  const { command, args, options } = side.start(program)
  const all = [
    ...args,
    ...['--spec', JSON.stringify(spec), '--batch-size', `${batchSize}`],
    ...['--warmup', `${warmup}`, '--policy', policy],
  ]
  // Every runtime makes as many threads as it finds cores.
  if (threads === 1) return { command: 'taskset', args: ['-c', '0', command, ...all], options }
  return { command, args: all, options }
}
