/**
 * The main job: a DCGAN learns to draw portraits, from nothing, in a few minutes on two cores.
 *
 *   npm start -- [--seconds 240] [--continue] [--out runs/portraits] [--seed 1]
 *
 * Pictures: Noto emoji (Apache-2.0) from the npm package emoji-datasource-google, 32 x 32 pixels.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { SingleBar } from 'cli-progress'
import {
  Activation,
  Adam,
  BatchNormalization,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  imageFolder,
  type ImageSet,
  Input,
  LeakyReLU,
  Model,
  NDArray,
  random,
  RandomNormal,
  Reshape,
  saveGrid,
  saveRealFake,
  Sequential,
  setRandomSeed,
  UpSampling2D,
  WeightAverage,
} from 'gantorch'
import { loadArrays, saveArrays } from './checkpoint'

const SIZE = 32
const LATENT = 100
const BATCH = 32
/** Real pictures are labelled a little below 1, so that D never gets too sure of itself. */
const REAL = 0.9

// Weights as in the DCGAN paper: Radford et al. (2015).
const kernelInitializer = new RandomNormal(0, 0.02)

function buildGenerator(): Sequential {
  const model = new Sequential([], { name: 'generator' })
  model.add(Dense(256 * 4 * 4, { kernelInitializer, activation: 'relu', inputDim: LATENT }))
  model.add(Reshape([4, 4, 256]))
  for (const filters of [128, 64, 32]) {
    model.add(UpSampling2D())
    model.add(Conv2D(filters, { kernelSize: 3, padding: 'same', kernelInitializer }))
    model.add(BatchNormalization({ momentum: 0.8 }))
    model.add(Activation('relu'))
  }
  model.add(Conv2D(3, { kernelSize: 3, padding: 'same', kernelInitializer, activation: 'tanh' }))
  return model
}

function buildDiscriminator(): Sequential {
  const model = new Sequential([Input({ shape: [SIZE, SIZE, 3] })], { name: 'discriminator' })
  for (const [position, filters] of [32, 64, 128].entries()) {
    model.add(Conv2D(filters, { kernelSize: 3, strides: 2, padding: 'same', kernelInitializer }))
    if (position > 0) model.add(BatchNormalization({ momentum: 0.8 }))
    model.add(LeakyReLU(0.2))
    model.add(Dropout(0.25))
  }
  model.add(Flatten())
  model.add(Dense(1, { activation: 'sigmoid', kernelInitializer }))
  return model
}

class PortraitGan {
  readonly generator = buildGenerator()
  readonly discriminator = buildDiscriminator()
  readonly average = new WeightAverage(this.generator, 0.995)
  private readonly combined: Model
  private readonly real = NDArray.full([BATCH, 1], REAL)
  private readonly ones = NDArray.ones([BATCH, 1])
  private readonly zeros = NDArray.zeros([BATCH, 1])

  constructor() {
    const optimizer = new Adam(0.0002, 0.5)
    const loss = 'binary_crossentropy'
    this.discriminator.compile({ loss, optimizer })
    this.discriminator.trainable = false
    const z = Input({ shape: [LATENT] })
    this.combined = new Model(z, this.discriminator(this.generator(z)))
    this.combined.compile({ loss, optimizer })
  }

  async step(pictures: ImageSet): Promise<{ dLoss: number; gLoss: number }> {
    const mirror = Array.from({ length: BATCH }, () => random.random() < 0.5)
    const images = pictures.batch(random.randint(0, pictures.length, BATCH), { mirror })
    const noise = random.normal(0, 1, [BATCH, LATENT])
    const fakes = await this.generator.predict(noise)
    const dReal = await this.discriminator.trainOnBatch(images, this.real)
    const dFake = await this.discriminator.trainOnBatch(fakes, this.zeros)
    const g = await this.combined.trainOnBatch(noise, this.ones)
    await this.average.update()
    return { dLoss: 0.5 * (dReal.loss + dFake.loss), gLoss: g.loss }
  }

  /** Pictures by the averaged weights. */
  async draw(noise: NDArray): Promise<NDArray> {
    return this.average.use(() => this.generator.predict(noise))
  }

  async save(path: string): Promise<void> {
    await saveArrays(path, {
      generator: await this.generator.getWeights(),
      discriminator: await this.discriminator.getWeights(),
      average: await this.average.getAverages(),
    })
  }

  async load(path: string): Promise<void> {
    const { generator = [], discriminator = [], average = [] } = await loadArrays(path)
    await this.generator.setWeights(generator)
    await this.discriminator.setWeights(discriminator)
    await this.average.setAverages(average)
  }
}

interface Options {
  readonly images: string
  readonly out: string
  readonly seconds: number
  readonly continue: boolean
  readonly seed: number
}

/** Trains until the time is up, with a bar; a sheet of samples every 30 seconds. */
async function train(gan: PortraitGan, pictures: ImageSet, options: Options): Promise<void> {
  const format =
    '{bar} {percentage}% | step {step} | {rate} images/s | {left} s left | D {d} | G {g}'
  const bar = new SingleBar({
    format,
    hideCursor: true,
    // Without a terminal, as in a log, a line every ten seconds.
    noTTYOutput: true,
    notTTYSchedule: 10_000,
  })
  const fixed = random.normal(0, 1, [64, LATENT])
  const begin = performance.now()
  const passed = (): number => (performance.now() - begin) / 1000
  let nextSheet = 30
  bar.start(options.seconds, 0, { step: 0, rate: '-', left: options.seconds, d: '-', g: '-' })
  for (let step = 1; passed() < options.seconds; step++) {
    const { dLoss, gLoss } = await gan.step(pictures)
    bar.update(Math.min(passed(), options.seconds), {
      step,
      rate: Math.round((step * BATCH) / passed()),
      left: Math.max(0, Math.round(options.seconds - passed())),
      d: dLoss.toFixed(3),
      g: gLoss.toFixed(3),
    })
    if (passed() >= nextSheet) {
      await saveGrid(await gan.draw(fixed), 8, 8, join(options.out, `samples_${nextSheet}s.png`), {
        scale: 2,
      })
      nextSheet += 30
    }
  }
  bar.stop()
}

async function run(options: Options): Promise<void> {
  setRandomSeed(options.seed)
  const pictures = await imageFolder(options.images, { height: SIZE, width: SIZE })
  console.log(`${pictures.length} pictures of ${SIZE} x ${SIZE} pixels from ${options.images}`)
  const gan = new PortraitGan()
  const checkpoint = join(options.out, 'weights.bin')
  if (options.continue) {
    if (!existsSync(checkpoint)) throw new Error(`there is no ${checkpoint} to continue from`)
    await gan.load(checkpoint)
  }
  await train(gan, pictures, options)
  await gan.save(checkpoint)
  const fakes = await gan.draw(random.normal(0, 1, [64, LATENT]))
  const sheet = join(options.out, 'samples.png')
  const comparison = join(options.out, 'real_and_generated.png')
  await saveGrid(fakes, 8, 8, sheet, { scale: 2 })
  await saveRealFake(pictures, fakes.slice(0, 25), comparison, { scale: 2 })
  console.log(`Samples:            ${sheet}`)
  console.log(`Real and generated: ${comparison} (left five columns real, right five generated)`)
  console.log('Go on training:     npm start -- --continue')
  console.log('Your own pictures:  npm start -- --images DIR --out runs/mine')
}

function positive(text: string): number {
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new InvalidArgumentError('must be a positive number.')
}

async function main(): Promise<void> {
  const program = new Command('portraits')
    .description('Trains a small DCGAN on pictures and leaves sheets of samples.')
    .option('--images <dir>', 'folder of pictures', '.cache/portraits-64')
    .option('--out <dir>', 'where the sheets go', 'runs/portraits')
    .option('--seconds <n>', 'how long to train', positive, 240)
    .option('--continue', 'go on from the last run', false)
    .option('--seed <n>', 'makes the run repeatable', positive, 1)
    .parse()
  await run(program.opts<Options>())
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
