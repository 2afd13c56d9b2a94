/**
 * What single passes are worth: a training step's loss and gradients with all passes, and with all
 * but one, in turn in one run.
 *
 *   npx tsx scripts/bench/passes.ts [--rounds 15] [CASE ...]
 */
import { parseArgs } from 'node:util'
import {
  Activation,
  BatchNormalization,
  Conv2D,
  Conv2DTranspose,
  Dense,
  Flatten,
  Input,
  ops,
  random,
} from '../../lib/index'
import { Reshape, Sequential, UpSampling2D, type AnyModel, type NDArray } from '../../lib/index'
import { INFERENCE } from '../../lib/graph/node'
import { placeholder } from '../../lib/graph/tensor'
import { OPTIMISATIONS } from '../../lib/plan/passes'
import { dropDeadBias } from '../../lib/plan/passes/dead_bias'
import { removeIdentities } from '../../lib/plan/passes/identities'
import { fuseUpSampleConv } from '../../lib/plan/passes/up_sample_conv'
import type { Pass } from '../../lib/plan/plan'
import { materialize, planOf, Program } from '../../lib/program'

interface Case {
  readonly pass: Pass
  readonly build: () => AnyModel
  readonly batch: number
}

/** The last two blocks of the article's generator. */
function generatorTail(): AnyModel {
  const model = new Sequential([Input({ shape: [32, 40, 64] })])
  for (const filters of [64, 32]) {
    model.add(UpSampling2D())
    model.add(Conv2D(filters, { kernelSize: 3, padding: 'same' }))
    model.add(BatchNormalization())
    model.add(Activation('relu'))
  }
  return model
}

/** Blocks of a DCGAN that doubles by transposed convolutions. */
function transposedBlocks(): AnyModel {
  const model = new Sequential([Input({ shape: [16, 16, 64] })])
  for (const filters of [64, 32]) {
    model.add(Conv2DTranspose(filters, 4, { strides: 2, padding: 'same' }))
    model.add(BatchNormalization())
    model.add(Activation('relu'))
  }
  return model
}

/** The doubling blocks of Keras-GAN's generator for MNIST, with kernels of `kernelSize`. */
const doublingBlocks = (kernelSize: number) => (): AnyModel => {
  const model = new Sequential([Input({ shape: [7, 7, 128] })])
  for (const filters of [128, 64]) {
    model.add(UpSampling2D())
    model.add(Conv2D(filters, { kernelSize, padding: 'same' }))
    model.add(BatchNormalization({ momentum: 0.8 }))
    model.add(Activation('relu'))
  }
  return model
}

/** The generator and the discriminator of a small GAN, one behind the other: all overhead. */
function smallGan(): AnyModel {
  return new Sequential([
    Dense(16, { inputDim: 8, activation: 'relu' }),
    Reshape([4, 4, 1]),
    Flatten(),
    Dense(8, { activation: 'relu' }),
    Dense(1, { activation: 'sigmoid' }),
  ])
}

const CASES: Readonly<Record<string, Case>> = {
  'dead bias': { pass: dropDeadBias, build: generatorTail, batch: 16 },
  'dead bias, transposed': { pass: dropDeadBias, build: transposedBlocks, batch: 32 },
  ...Object.fromEntries(
    [2, 3, 4, 5].map((kernelSize) => [
      `doubling and ${kernelSize} x ${kernelSize}`,
      { pass: fuseUpSampleConv, build: doublingBlocks(kernelSize), batch: 32 },
    ]),
  ),
  identities: { pass: removeIdentities, build: smallGan, batch: 1 },
}

/** Loss and gradients of a model as a program, with these passes. */
function programOf(model: AnyModel, passes: readonly Pass[]): Program {
  const inputs = model.inputs.map(({ shape, dtype }) => placeholder('x', { shape, dtype }))
  const context = { ...INFERENCE, training: true, replaced: new Map() }
  const outputs = model.trace(inputs, context)
  const loss = outputs.map((output) => ops.mean(ops.square(output))).reduce((a, b) => ops.add(a, b))
  const leaves = model.weights.filter(({ trainable }) => trainable).map(({ leaf }) => leaf)
  const phase = { name: 'train', outputs: [loss, ...ops.gradients(loss, leaves)], updates: [] }
  const named = inputs.map((tensor) => ({ tensor, name: 'x', requireFinite: false }))
  return new Program('bench', planOf(named, [phase], passes))
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] as number
}

async function compare(name: string, { pass, build, batch }: Case, rounds: number) {
  const model = build()
  await materialize(model.weights)
  const without = OPTIMISATIONS.filter((each) => each !== pass)
  const programs = [programOf(model, OPTIMISATIONS), programOf(model, without)] as const
  const data = model.inputs.map(({ shape }): NDArray => {
    return random.normal(0, 1, [batch, ...(shape.slice(1) as number[])])
  })
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds + 3; round++) {
    // Whoever comes second may find a warmer or a busier machine.
    for (const side of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const start = performance.now()
      await programs[side].run(data)
      // The first rounds find memory.
      if (round >= 3) times[side].push(performance.now() - start)
    }
  }
  const [on, off] = [median(times[0]), median(times[1])]
  const text = `${on.toFixed(3)} ms, without the pass ${off.toFixed(3)} ms`
  console.log(`${name}: ${text}, ${(off / on).toFixed(3)} times faster`)
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { rounds: { type: 'string', default: '15' } },
    allowPositionals: true,
  })
  for (const [name, each] of Object.entries(CASES)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue
    await compare(name, each, Number(values.rounds))
  }
}

void main()
