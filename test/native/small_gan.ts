/** A DCGAN of 8 x 8 pictures, small enough to train in milliseconds, and what tests ask of it. */
import { createHash } from 'node:crypto'
import {
  Activation,
  Adam,
  BatchNormalization,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  Generator,
  Input,
  LeakyReLU,
  Model,
  NDArray,
  Reshape,
  Sequential,
  setRandomSeed,
  UpSampling2D,
  type Layer,
} from '../../lib/index'

export const BATCH = 4
export const ones = NDArray.ones([BATCH, 1])
export const zeros = NDArray.zeros([BATCH, 1])

export function buildDiscriminator(dropout = 0.25): Sequential {
  const model = new Sequential()
  model.add(Conv2D(4, { kernelSize: 3, strides: 2, padding: 'same', inputShape: [8, 8, 3] }))
  model.add(BatchNormalization({ momentum: 0.8 }))
  model.add(LeakyReLU({ alpha: 0.2 }))
  model.add(Dropout(dropout))
  model.add(Flatten())
  model.add(Dense(1, { activation: 'sigmoid' }))
  return model
}

export function buildGenerator(): Sequential {
  const model = new Sequential()
  model.add(Dense(64, { activation: 'relu', inputShape: [6] }))
  model.add(Reshape([4, 4, 4]))
  model.add(UpSampling2D())
  model.add(Conv2D(4, { kernelSize: 3, padding: 'same' }))
  model.add(BatchNormalization({ momentum: 0.8 }))
  model.add(Activation('relu'))
  model.add(Conv2D(3, { kernelSize: 3, padding: 'same', activation: 'tanh' }))
  return model
}

export function compileDiscriminator(model: Sequential): Sequential {
  const optimizer = new Adam(0.01, 0.5)
  model.compile({ loss: 'binary_crossentropy', optimizer, metrics: ['accuracy'] })
  return model
}

export interface SmallGan {
  readonly generator: Sequential
  readonly discriminator: Sequential
  readonly combined: Model
}

/** The article's three models. The same seed gives the same weights and random numbers. */
export function buildGan(seed: number): SmallGan {
  setRandomSeed(seed)
  const discriminator = compileDiscriminator(buildDiscriminator())
  const generator = buildGenerator()
  discriminator.trainable = false
  const z = Input({ shape: [6] })
  const combined = new Model(z, discriminator(generator(z)))
  combined.compile({ loss: 'binary_crossentropy', optimizer: new Adam(0.01, 0.5) })
  return { generator, discriminator, combined }
}

export function pictures(seed: number): NDArray {
  return new Generator(seed).uniform(-1, 1, [BATCH, 8, 8, 3])
}

export function noise(seed: number): NDArray {
  return new Generator(seed).normal(0, 1, [BATCH, 6])
}

/** The article's step; every number that it reports. */
export async function ganStep(gan: SmallGan, seed: number): Promise<number[]> {
  const fakes = await gan.generator.predict(noise(seed))
  const real = await gan.discriminator.trainOnBatch(pictures(seed), ones)
  const fake = await gan.discriminator.trainOnBatch(fakes, zeros)
  const loss = await gan.combined.trainOnBatch(noise(seed + 1), ones)
  return [...real, ...fake, ...loss]
}

/** Equal for equal bits. */
export function digest(array: NDArray): string {
  const { buffer, byteOffset, byteLength } = array.data
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex')
    .slice(0, 16)
}

/** One digest for each weight, moving statistics included. */
export async function bits(layer: Pick<Layer, 'getWeights'>): Promise<string[]> {
  return (await layer.getWeights()).map(digest)
}
