/**
 * The main job: a DCGAN learns to draw portraits, from nothing, in a few minutes on two cores.
 *
 *   npm start -- [--seconds 240] [--continue] [--images DIR] [--out runs/portraits] [--seed 1]
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
import { Interrupt } from './interrupt'
import { lastSheet, makeRunFolder, setAside } from './run_folder'

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
    const images = await pictures.sample(BATCH, { flip: true })
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
  readonly images?: string
  readonly out: string
  readonly seconds: number
  readonly continue: boolean
  readonly seed: number
}

const OUT = 'runs/portraits'
const SHEET_SECONDS = 30

function progressBar(): SingleBar {
  return new SingleBar({
    // With numbers of five digits these are 77 columns.
    format: '{bar} {percentage}% | step {step} | {rate} img/s | {left} s | D {d} | G {g}',
    barsize: 15,
    hideCursor: true,
    // Without a terminal, as in a log, a line every ten seconds.
    noTTYOutput: true,
    notTTYSchedule: 10_000,
  })
}

/** Trains until the time is up or Ctrl-C, with a bar; a sheet of samples every 30 seconds. */
async function train(
  gan: PortraitGan,
  pictures: ImageSet,
  { out, seconds }: Options,
  interrupt: Interrupt,
): Promise<void> {
  const bar = progressBar()
  const fixed = random.normal(0, 1, [64, LATENT])
  const before = lastSheet(out)
  const begin = performance.now()
  const passed = (): number => (performance.now() - begin) / 1000
  let nextSheet = SHEET_SECONDS
  bar.start(seconds, 0, { step: 0, rate: '-', left: seconds, d: '-', g: '-' })
  for (let step = 1; passed() < seconds && !interrupt.asked; step++) {
    const { dLoss, gLoss } = await gan.step(pictures)
    bar.update(Math.min(passed(), seconds), {
      step,
      rate: Math.round((step * BATCH) / passed()),
      left: Math.max(0, Math.round(seconds - passed())),
      d: dLoss.toFixed(3),
      g: gLoss.toFixed(3),
    })
    if (passed() >= nextSheet) {
      const sheet = join(out, `samples_${before + nextSheet}s.png`)
      await saveGrid(await gan.draw(fixed), 8, 8, sheet, { scale: 2 })
      nextSheet += SHEET_SECONDS
    }
  }
  bar.stop()
  if (interrupt.asked) console.log('Ended early; saving what was learnt.')
}

/** The folder that is named, else our portraits, made if need be. */
async function loadPictures(named: string | undefined): Promise<ImageSet> {
  const prepare = async (): Promise<string> => {
    const { preparePortraits } = await import('../scripts/portraits.mjs')
    return (await preparePortraits()).folder
  }
  const folder = named ?? (await prepare())
  const pictures = await imageFolder(folder, { height: SIZE, width: SIZE })
  console.log(`${pictures.length} pictures of ${SIZE} x ${SIZE} pixels from ${folder}`)
  const { skipped } = pictures
  if (skipped.length > 0) {
    console.log(`${skipped.length} more can't be read and are left out:`)
    for (const { file, reason } of skipped.slice(0, 5)) console.log(`  ${file}: ${reason}`)
    if (skipped.length > 5) console.log(`  and ${skipped.length - 5} more`)
  }
  return pictures
}

async function loadWeights(gan: PortraitGan, path: string): Promise<void> {
  try {
    await gan.load(path)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const cure = 'start anew, without --continue'
    throw new Error(`[portraits] can't continue from ${path} (${reason}); ${cure}`, {
      cause: error,
    })
  }
}

/** The command that goes on from this run. */
function continueCommand({ images, out }: Options): string {
  const quote = (text: string): string =>
    /^[\w./~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
  const own = images === undefined ? '' : ` --images ${quote(images)}`
  return `npm start -- --continue${own}${out === OUT ? '' : ` --out ${quote(out)}`}`
}

async function run(options: Options): Promise<void> {
  const { out } = options
  const checkpoint = join(out, 'weights.bin')
  if (options.continue && !existsSync(checkpoint)) {
    const cure = 'start without --continue, or name the --out of the earlier run'
    throw new Error(`[portraits] there is no ${checkpoint} to continue from; ${cure}`)
  }
  makeRunFolder(out)
  setRandomSeed(options.seed)
  const pictures = await loadPictures(options.images)
  const gan = new PortraitGan()
  if (options.continue) await loadWeights(gan, checkpoint)
  const aside = options.continue ? undefined : setAside(out)
  if (aside !== undefined) console.log(`The earlier run's files are now in ${aside}`)
  const interrupt = new Interrupt()
  console.log('Ctrl-C ends the training early and saves; a second Ctrl-C ends at once.')
  await train(gan, pictures, options, interrupt)
  await gan.save(checkpoint)
  const fakes = await gan.draw(random.normal(0, 1, [64, LATENT]))
  const sheet = join(out, 'samples.png')
  const comparison = join(out, 'real_and_generated.png')
  await saveGrid(fakes, 8, 8, sheet, { scale: 2 })
  await saveRealFake(pictures, fakes.slice(0, 25), comparison, { scale: 2 })
  interrupt.release()
  console.log(`Samples:            ${sheet}`)
  console.log(`Real and generated: ${comparison} (left five columns real, right five generated)`)
  console.log(`Go on training:     ${continueCommand(options)}`)
  if (options.images === undefined) {
    console.log('Your own pictures:  npm start -- --images DIR --out runs/mine')
  }
}

function positive(text: string): number {
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new InvalidArgumentError('must be a positive number.')
}

async function main(): Promise<void> {
  const program = new Command('portraits')
    .description('Trains a small DCGAN on pictures and leaves sheets of samples.')
    .option('--images <dir>', 'folder of pictures (default: our portraits)')
    .option('--out <dir>', 'where weights and sheets go', OUT)
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
