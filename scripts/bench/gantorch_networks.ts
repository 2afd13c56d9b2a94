/** The networks of programs.mjs in gantorch. */
import {
  Activation,
  BatchNormalization,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  Input,
  LeakyReLU,
  Reshape,
  Sequential,
  UpSampling2D,
  ZeroPadding2D,
} from 'gantorch'

interface ImageSpec {
  readonly latent: number
  readonly image: readonly [number, number, number]
  readonly generator: readonly number[]
  readonly discriminator: readonly number[]
  readonly learningRate: number
}

/** As `dcgan` in programs.mjs makes it. */
export interface DcganSpec extends ImageSpec {
  readonly start: readonly [number, number, number]
  readonly generatorKernel: number
  readonly strides: readonly number[]
  readonly depth: number
  readonly head: 'sigmoid' | 'linear'
}

export type MlpSpec = ImageSpec

const product = (numbers: readonly number[]): number => numbers.reduce((a, b) => a * b, 1)

/** Dense, then doubling, convolution, normalisation and ReLU, several times. */
export function dcganGenerator(spec: DcganSpec): Sequential {
  const convolution = { kernelSize: spec.generatorKernel, padding: 'same' } as const
  const model = new Sequential()
  model.add(Dense(product(spec.start), { activation: 'relu', inputDim: spec.latent }))
  model.add(Reshape(spec.start))
  for (const filters of spec.generator) {
    model.add(UpSampling2D())
    for (let depth = 0; depth < spec.depth; depth++) {
      model.add(Conv2D(filters, convolution))
      model.add(BatchNormalization({ momentum: 0.8 }))
      model.add(Activation('relu'))
    }
  }
  model.add(Conv2D(spec.image[2], convolution))
  // The last activation in float32, as Keras's guide to mixed precision says.
  model.add(Activation('tanh', { dtype: 'float32' }))
  return model
}

/** Convolution, normalisation (from the second on), LeakyReLU and dropout, several times. */
export function dcganDiscriminator(spec: DcganSpec): Sequential {
  const model = new Sequential([Input({ shape: spec.image })])
  for (const [block, filters] of spec.discriminator.entries()) {
    for (let depth = 0; depth < spec.depth; depth++) {
      const strides = depth === 0 ? (spec.strides[block] ?? 1) : 1
      model.add(Conv2D(filters, { kernelSize: 3, strides, padding: 'same' }))
      if (block === 1 && depth === 0) model.add(ZeroPadding2D(BOTTOM_AND_RIGHT))
      if (block > 0) model.add(BatchNormalization({ momentum: 0.8 }))
      model.add(LeakyReLU(0.2))
      model.add(Dropout(0.25))
    }
  }
  model.add(Flatten())
  model.add(Dense(1, { activation: spec.head, dtype: 'float32' }))
  return model
}

const BOTTOM_AND_RIGHT = [
  [0, 1],
  [0, 1],
] as const

/** Keras-GAN's gan.py. */
export function mlpGenerator(spec: MlpSpec): Sequential {
  const model = new Sequential([Input({ shape: [spec.latent] })])
  for (const units of spec.generator) {
    model.add(Dense(units))
    model.add(LeakyReLU(0.2))
    model.add(BatchNormalization({ momentum: 0.8 }))
  }
  model.add(Dense(product(spec.image), { activation: 'tanh' }))
  model.add(Reshape(spec.image))
  return model
}

/** Keras-GAN's gan.py. */
export function mlpDiscriminator(spec: MlpSpec): Sequential {
  const model = new Sequential([Input({ shape: spec.image }), Flatten()])
  for (const units of spec.discriminator) {
    model.add(Dense(units))
    model.add(LeakyReLU(0.2))
  }
  model.add(Dense(1, { activation: 'sigmoid' }))
  return model
}
