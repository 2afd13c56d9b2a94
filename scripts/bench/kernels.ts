/**
 * Batch normalisation, activation and dropout as one kernel against the same as ops of their own:
 * eight of them behind each other, there and back, in turn in one run. The bytes that the kernel has
 * to move are compared with a copy's.
 *
 *   npx tsx scripts/bench/kernels.ts [--rounds 9] [--shape 16,64,80,32]
 */
import { parseArgs } from 'node:util'
import { NDArray, ops, type SymbolicTensor } from '../../lib/index'
import { placeholder } from '../../lib/graph/tensor'
import { OPTIMISATIONS } from '../../lib/plan/passes'
import { fuseNormActivationDropout } from '../../lib/plan/passes/norm_activation_dropout'
import type { Pass } from '../../lib/plan/plan'
import { planOf, Program } from '../../lib/program'
import { timesOf } from './turns'

const LAYERS = 8

interface Kernel {
  readonly layer: (x: SymbolicTensor) => SymbolicTensor
  readonly isTrained: boolean
  /** Whether the gradient is differentiated again, as a gradient penalty is. */
  readonly isTwice?: boolean
  /** How often all elements have to be read or written. */
  readonly transfers: number
}

const affine = (x: SymbolicTensor) => {
  const channels = [x.shape.at(-1) as number]
  return { gamma: ops.ones(channels), beta: ops.zeros(channels), epsilon: 1e-3 }
}
const normed = (x: SymbolicTensor): SymbolicTensor => ops.batchNormTraining(x, affine(x)).y
const moving = (x: SymbolicTensor): SymbolicTensor => {
  const { gamma, beta } = affine(x)
  return ops.batchNormInference(x, beta, gamma, affine(x))
}

const KERNELS: Readonly<Record<string, Kernel>> = {
  'norm, leaky relu, dropout': {
    layer: (x) => ops.dropout(ops.leakyRelu(normed(x), 0.2), 0.25),
    isTrained: true,
    transfers: 3 + 5,
  },
  'norm, leaky relu, dropout, twice differentiated': {
    layer: (x) => ops.dropout(ops.leakyRelu(normed(x), 0.2), 0.25),
    isTrained: true,
    isTwice: true,
    transfers: 3 + 5 + 3 + 5 + 5,
  },
  'norm, relu': { layer: (x) => ops.relu(normed(x)), isTrained: true, transfers: 3 + 5 },
  'leaky relu, dropout': {
    layer: (x) => ops.dropout(ops.leakyRelu(x, 0.2), 0.25),
    isTrained: true,
    transfers: 2 + 3,
  },
  'moving norm, relu (forward only)': {
    layer: (x) => ops.relu(moving(x)),
    isTrained: false,
    transfers: 2,
  },
}

type Precision = 'float32' | 'bfloat16'

function programOf(
  kernel: Kernel,
  shape: readonly number[],
  dtype: Precision,
  passes: readonly Pass[],
  layers: number,
): Program {
  const given = placeholder('x', { shape, dtype: 'float32' })
  const x = ops.cast(given, dtype)
  let y = x
  for (let i = 0; i < layers; i++) y = kernel.layer(y)
  // A plain sum has no gradient behind a normalisation.
  const loss = ops.sum(ops.mul(y, x))
  const gradients = kernel.isTrained ? ops.gradients(loss, [x]) : []
  const penalties = gradients.map((dx) => ops.sum(ops.square(dx)))
  const second = kernel.isTwice ? penalties.flatMap((each) => ops.gradients(each, [x])) : []
  const results = [...gradients, ...second].map((dx) => ops.sum(dx))
  const outputs = [loss, ...results].map((tensor) => ops.cast(tensor, 'float32'))
  const phase = { name: 'bench', outputs, updates: [] }
  const inputs = [{ tensor: given, name: 'x', requireFinite: false }]
  return new Program('bench', planOf(inputs, [phase], passes))
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '9' },
      shape: { type: 'string', default: '16,64,80,32' },
    },
  })
  const shape = values.shape.split(',').map(Number)
  const size = shape.reduce((a, b) => a * b, 1)
  const x = new NDArray(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i)),
    shape,
  )
  const others = OPTIMISATIONS.filter((pass) => pass !== fuseNormActivationDropout)
  for (const dtype of ['float32', 'bfloat16'] as const) {
    for (const [name, kernel] of Object.entries(KERNELS)) {
      const program = (passes: readonly Pass[], layers: number): Program =>
        programOf(kernel, shape, dtype, passes, layers)
      // One layer, to be subtracted: what is given, cast and summed around them.
      const programs = [program(OPTIMISATIONS, LAYERS + 1), program(others, LAYERS + 1)]
      const [fused, plain, around] = (await timesOf(
        [...programs, program(OPTIMISATIONS, 1)],
        [x],
        Number(values.rounds),
      )) as [number, number, number]
      const [one, several] = [(fused - around) / LAYERS, (plain - around) / LAYERS]
      const bytes = x.size * (dtype === 'float32' ? 4 : 2) * kernel.transfers
      const rate = `${(bytes / one / 1e6).toFixed(1)} GB/s`
      const text = `${one.toFixed(2)} ms (${rate}), as single ops ${several.toFixed(2)} ms`
      console.log(`${dtype} ${name}: ${text}, ${(several / one).toFixed(2)} times faster`)
    }
  }
}

void main()
