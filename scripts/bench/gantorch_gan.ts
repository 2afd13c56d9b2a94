/** A GAN step in gantorch: predict, D on real, D on fake, G through D. */
import { randomFillSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  Adam,
  ImageSet,
  Input,
  Model,
  NDArray,
  random,
  setDTypePolicy,
  trainStep,
  type Sequential,
} from 'gantorch'
import { readOptions, serve, type BenchOptions, type Run } from './serve'

/** What a GAN step needs to know of a program's networks. */
interface GanSpec {
  readonly latent: number
  readonly image: readonly number[]
  readonly learningRate: number
}

/** Random pictures do: no operation takes longer or shorter for what is in them. */
export function picturesOf(spec: GanSpec): NDArray {
  return random.uniform(-1, 1, [256, ...spec.image])
}

/** The same as bytes, which gantorch keeps in native memory. */
export function pictureSetOf({ image }: GanSpec): ImageSet {
  const shape = [256, ...image]
  const bytes = randomFillSync(new Uint8Array(shape.reduce((a, b) => a * b)))
  return ImageSet.fromArray(new NDArray(bytes, shape), { colorOrder: 'rgb' })
}

/** Numbers from the seed's stream: as many of the pictures, in any order. */
export function batchOf(pictures: NDArray, batchSize: number): NDArray {
  return pictures.gather(random.randint(0, pictures.shape[0] ?? 0, [batchSize]))
}

export function packageName(): string {
  const text = readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')
  return `gantorch ${(JSON.parse(text) as { version: string }).version}`
}

interface Networks {
  readonly generator: Sequential
  readonly discriminator: Sequential
  readonly combined: Model
}

/** Both networks and the model of both, compiled as the article does. */
function compiled(spec: GanSpec, generator: Sequential, discriminator: Sequential): Networks {
  const optimizer = new Adam(spec.learningRate, 0.5)
  discriminator.compile({ loss: 'binary_crossentropy', optimizer, metrics: ['accuracy'] })
  discriminator.trainable = false
  const z = Input({ shape: [spec.latent] })
  const combined = new Model(z, discriminator(generator(z)))
  combined.compile({ loss: 'binary_crossentropy', optimizer })
  return { generator, discriminator, combined }
}

/** Keras's four calls, one after the other. */
function plainStep(options: BenchOptions<GanSpec>, networks: Networks): Run {
  const { spec, batchSize } = options
  const { generator, discriminator, combined } = networks
  const pictures = picturesOf(spec)
  const valid = NDArray.ones([batchSize, 1])
  const fake = NDArray.zeros([batchSize, 1])
  return async () => {
    const images = batchOf(pictures, batchSize)
    const noise = random.normal(0, 1, [batchSize, spec.latent])
    const fakes = await generator.predict(noise, { batchSize })
    const real = await discriminator.trainOnBatch(images, valid)
    const made = await discriminator.trainOnBatch(fakes, fake)
    const { loss } = await combined.trainOnBatch(noise, valid)
    return [0.5 * (real.loss + made.loss), loss]
  }
}

/** The same as one program; the pictures are bytes that it draws from itself. */
function fusedStep(options: BenchOptions<GanSpec>, networks: Networks): Run {
  const { spec, batchSize } = options
  const { generator, discriminator, combined } = networks
  const pictures = pictureSetOf(spec)
  const step = trainStep((s) => {
    const valid = s.ones([batchSize, 1])
    const noise = s.randomNormal([batchSize, spec.latent])
    const fakes = s.predict(generator, noise)
    const real = s.trainOnBatch(discriminator, s.sample(pictures, batchSize), valid)
    const made = s.trainOnBatch(discriminator, fakes, s.zeros([batchSize, 1]))
    const gLoss = s.trainOnBatch(combined, noise, valid)
    return { real, made, gLoss }
  })
  return async () => {
    const { real, made, gLoss } = await step.run()
    return [0.5 * (real.loss + made.loss), gLoss.loss]
  }
}

/** Builds both networks and answers the driver. */
export async function serveGan<Spec extends GanSpec>(
  makeGenerator: (spec: Spec) => Sequential,
  makeDiscriminator: (spec: Spec) => Sequential,
): Promise<void> {
  const options = readOptions<Spec>()
  setDTypePolicy(options.policy)
  const generator = makeGenerator(options.spec)
  const discriminator = makeDiscriminator(options.spec)
  const parameters = {
    generator: generator.countParams(),
    discriminator: discriminator.countParams(),
  }
  const makeStep = options.form === 'fused' ? fusedStep : plainStep
  const step = makeStep(options, compiled(options.spec, generator, discriminator))
  await serve(packageName(), parameters, step, options.warmup)
}
