/** The article's two networks at any scale, and its step, through the public API. */
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
  type AdamOptions,
} from '../../lib/index'

export interface ArticleOptions {
  /** Height and width before four doublings; the article's are 8 and 10. */
  readonly base: readonly [number, number]
  /** All numbers of filters are divided by this. */
  readonly divisor: number
  readonly latent: number
  readonly dropout: number
  readonly adam: AdamOptions
  readonly frozenBatchNorm: 'batch' | 'moving'
  /** Default true. */
  readonly passes?: boolean
}

export function buildGenerator({ base, divisor, latent }: ArticleOptions): Sequential {
  const [first, ...rest] = [512, 256, 128, 64, 32].map((count) => count / divisor) as [number]
  const model = new Sequential()
  model.add(Dense(first * base[0] * base[1], { activation: 'relu', inputDim: latent }))
  model.add(Reshape([...base, first]))
  for (const count of rest) {
    model.add(UpSampling2D())
    model.add(Conv2D(count, { kernelSize: 3, padding: 'same' }))
    model.add(BatchNormalization({ momentum: 0.8 }))
    model.add(Activation('relu'))
  }
  model.add(Conv2D(3, { kernelSize: 3, padding: 'same' }))
  model.add(Activation('tanh'))
  return model
}

export function buildDiscriminator({ base, divisor, dropout }: ArticleOptions): Sequential {
  const model = new Sequential([Input({ shape: [base[0] * 16, base[1] * 16, 3] })])
  for (const [position, count] of [32, 64, 128, 256, 512].entries()) {
    model.add(Conv2D(count / divisor, { kernelSize: 3, strides: 2, padding: 'same' }))
    const below: [number, number] = [0, 1]
    if (position === 1) model.add(ZeroPadding2D({ padding: [below, below] }))
    if (position > 0) model.add(BatchNormalization({ momentum: 0.8 }))
    model.add(LeakyReLU({ alpha: 0.2 }))
    model.add(Dropout(dropout))
  }
  model.add(Flatten())
  model.add(Dense(1, { activation: 'sigmoid' }))
  return model
}

/** Numbers of one step, as the article logs them. */
export interface StepLog {
  readonly dLossReal: number
  readonly dLossFake: number
  readonly gLoss: number
  readonly dAccuracyReal: number
  readonly dAccuracyFake: number
}

export class ArticleGan {
  readonly generator: Sequential
  readonly discriminator: Sequential
  readonly combined: Model

  constructor(options: ArticleOptions) {
    const optimizer = new Adam(options.adam)
    const loss = 'binary_crossentropy'
    const passes = options.passes ?? true
    this.generator = buildGenerator(options)
    this.discriminator = buildDiscriminator(options)
    this.discriminator.compile({ loss, optimizer, metrics: ['accuracy'], passes })
    const z = Input({ shape: [options.latent] })
    const image = this.generator(z)
    this.discriminator.trainable = false
    const combined = new Model(z, this.discriminator(image))
    combined.compile({ loss, optimizer, frozenBatchNorm: options.frozenBatchNorm, passes })
    this.combined = combined
  }

  /** The article's step on given pictures and noise. */
  async step(images: NDArray, noise: NDArray): Promise<StepLog> {
    const batch = images.shape[0] as number
    const [valid, fake] = [NDArray.ones([batch, 1]), NDArray.zeros([batch, 1])]
    const made = await this.generator.predict(noise)
    const real = await this.discriminator.trainOnBatch(images, valid)
    const fakes = await this.discriminator.trainOnBatch(made, fake)
    const combined = await this.combined.trainOnBatch(noise, valid)
    return {
      dLossReal: real.loss,
      dLossFake: fakes.loss,
      gLoss: combined.loss,
      dAccuracyReal: real.accuracy,
      dAccuracyFake: fakes.accuracy,
    }
  }

  /** G's weights, then D's. */
  async weights(): Promise<NDArray[]> {
    return [...(await this.generator.getWeights()), ...(await this.discriminator.getWeights())]
  }

  async setWeights(weights: readonly NDArray[]): Promise<void> {
    const count = this.generator.weights.length
    await this.generator.setWeights(weights.slice(0, count))
    await this.discriminator.setWeights(weights.slice(count))
  }
}

/** uint8 pictures as the article's networks take them, with the recording's own formula. */
export function scaled(pictures: NDArray): NDArray<Float32Array> {
  return pictures.map((value) => Math.fround(value - 127.5) / 127.5)
}
