/**
 * The article's GAN step in gantorch, as a peer for run.mjs; the protocol is keras_dcgan.py's.
 * Needs what `npm run setup` makes.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import {
  Activation,
  Adam,
  BatchNormalization,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  Input,
  LeakyReLU,
  Model,
  NDArray,
  Reshape,
  Sequential,
  UpSampling2D,
  ZeroPadding2D,
  random,
} from 'gantorch'

const LATENT = 100
const IMAGE = [128, 160, 3] as const
const PICTURES = 256

function buildGenerator(): Sequential {
  const model = new Sequential()
  model.add(Dense(512 * 8 * 10, { activation: 'relu', inputDim: LATENT }))
  model.add(Reshape([8, 10, 512]))
  for (const filters of [256, 128, 64, 32]) {
    model.add(UpSampling2D())
    model.add(Conv2D(filters, { kernelSize: 3, padding: 'same' }))
    model.add(BatchNormalization({ momentum: 0.8 }))
    model.add(Activation('relu'))
  }
  model.add(Conv2D(3, { kernelSize: 3, padding: 'same' }))
  model.add(Activation('tanh'))
  return model
}

function buildDiscriminator(): Sequential {
  const model = new Sequential()
  for (const [position, filters] of [32, 64, 128, 256, 512].entries()) {
    const inputShape = position === 0 ? IMAGE : undefined
    model.add(Conv2D(filters, { kernelSize: 3, strides: 2, padding: 'same', inputShape }))
    if (position === 1) {
      model.add(
        ZeroPadding2D({
          padding: [
            [0, 1],
            [0, 1],
          ],
        }),
      )
    }
    if (position > 0) model.add(BatchNormalization({ momentum: 0.8 }))
    model.add(LeakyReLU(0.2))
    model.add(Dropout(0.25))
  }
  model.add(Flatten())
  model.add(Dense(1, { activation: 'sigmoid' }))
  return model
}

interface Losses {
  readonly dLoss: number
  readonly gLoss: number
}

/** The article's step, as a function that runs it once. */
function makeStep(batchSize: number): () => Promise<Losses> {
  const generator = buildGenerator()
  const discriminator = buildDiscriminator()
  const optimizer = new Adam(0.0001, 0.5)
  discriminator.compile({ loss: 'binary_crossentropy', optimizer, metrics: ['accuracy'] })
  discriminator.trainable = false
  const z = Input({ shape: [LATENT] })
  const combined = new Model(z, discriminator(generator(z)))
  combined.compile({ loss: 'binary_crossentropy', optimizer })

  const pictures = random.uniform(-1, 1, [PICTURES, ...IMAGE])
  const valid = NDArray.ones([batchSize, 1])
  const fake = NDArray.zeros([batchSize, 1])
  return async () => {
    const images = pictures.gather(random.randint(0, PICTURES, [batchSize]))
    const noise = random.normal(0, 1, [batchSize, LATENT])
    const fakes = await generator.predict(noise, { batchSize })
    const real = await discriminator.trainOnBatch(images, valid)
    const made = await discriminator.trainOnBatch(fakes, fake)
    const gLoss = await combined.trainOnBatch(noise, valid)
    return { dLoss: 0.5 * (real.loss + made.loss), gLoss: gLoss.loss }
  }
}

async function timed(step: () => Promise<Losses>, count: number): Promise<number[]> {
  const seconds: number[] = []
  for (let i = 0; i < count; i++) {
    const start = performance.now()
    await step()
    seconds.push((performance.now() - start) / 1000)
  }
  return seconds
}

function packageVersion(): string {
  const text = readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'batch-size': { type: 'string', default: '16' },
      warmup: { type: 'string', default: '2' },
    },
  })
  const step = makeStep(Number(values['batch-size']))
  await timed(step, Number(values.warmup))
  console.log(JSON.stringify({ name: `gantorch ${packageVersion()}` }))
  console.log('ready')
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, count] = line.split(' ')
    if (command === 'quit') break
    if (command !== 'run') throw new Error(`unknown command: ${line}`)
    console.log(JSON.stringify({ seconds: await timed(step, Number(count)) }))
  }
  // An open pipe would keep this process alive.
  process.stdin.destroy()
}

void main()
