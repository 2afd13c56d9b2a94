/**
 * The article's DCGAN, line by line: pictures of 128 x 160 pixels in colour, from any folder.
 *
 *   npm run dcgan -- --images DIR [--epochs 10000] [--batch-size 50] [--save-interval 50] [--seed N]
 *
 * With --fused each epoch is one call: the same numbers, sooner.
 */
import { format } from 'node:util'
import { Command, InvalidArgumentError } from 'commander'
import { Input, Dense, Reshape, Flatten, Dropout } from 'gantorch'
import { BatchNormalization, Activation, ZeroPadding2D } from 'gantorch'
import { LeakyReLU } from 'gantorch'
import { UpSampling2D, Conv2D } from 'gantorch'
import { Sequential, Model } from 'gantorch'
import { Adam } from 'gantorch'
import { imageFolder, saveGrid, NDArray, random, setRandomSeed } from 'gantorch'
import { trainStep, type BatchResult } from 'gantorch'

class DCGAN {
  // Input shape
  readonly imgRows = 128
  readonly imgCols = 160
  readonly channels = 3
  readonly imgShape = [this.imgRows, this.imgCols, this.channels]
  readonly latentDim = 100
  readonly discriminator: Model
  readonly generator: Model
  readonly combined: Model

  constructor() {
    const optimizer = new Adam(0.0001, 0.5)

    // Build and compile the discriminator
    this.discriminator = this.buildDiscriminator()
    this.discriminator.compile({
      loss: 'binary_crossentropy',
      optimizer,
      metrics: ['accuracy'],
    })

    // Build the generator
    this.generator = this.buildGenerator()

    // The generator takes noise as input and generates imgs
    const z = Input({ shape: [this.latentDim] })
    const img = this.generator(z)

    // For the combined model we will only train the generator
    this.discriminator.trainable = false

    // The discriminator takes generated images as input and determines validity
    const valid = this.discriminator(img)

    // The combined model (stacked generator and discriminator)
    // Trains the generator to fool the discriminator
    this.combined = new Model(z, valid)
    this.combined.compile({ loss: 'binary_crossentropy', optimizer })
  }

  buildGenerator(): Model {
    const model = new Sequential()

    model.add(Dense(512 * 8 * 10, { activation: 'relu', inputDim: this.latentDim }))
    model.add(Reshape([8, 10, 512]))
    model.add(UpSampling2D())
    model.add(Conv2D(256, { kernelSize: 3, padding: 'same' }))
    model.add(BatchNormalization({ momentum: 0.8 }))
    model.add(Activation('relu'))
    model.add(UpSampling2D())
    model.add(Conv2D(128, { kernelSize: 3, padding: 'same' }))
    model.add(BatchNormalization({ momentum: 0.8 }))
    model.add(Activation('relu'))
    model.add(UpSampling2D())
    model.add(Conv2D(64, { kernelSize: 3, padding: 'same' }))
    model.add(BatchNormalization({ momentum: 0.8 }))
    model.add(Activation('relu'))
    model.add(UpSampling2D())
    model.add(Conv2D(32, { kernelSize: 3, padding: 'same' }))
    model.add(BatchNormalization({ momentum: 0.8 }))
    model.add(Activation('relu'))
    model.add(Conv2D(this.channels, { kernelSize: 3, padding: 'same' }))
    model.add(Activation('tanh'))

    model.summary()

    const noise = Input({ shape: [this.latentDim] })
    const img = model(noise)

    return new Model(noise, img)
  }

  buildDiscriminator(): Model {
    const model = new Sequential()

    model.add(Conv2D(32, { kernelSize: 3, strides: 2, inputShape: this.imgShape, padding: 'same' }))
    model.add(LeakyReLU({ alpha: 0.2 }))
    model.add(Dropout(0.25))
    model.add(Conv2D(64, { kernelSize: 3, strides: 2, padding: 'same' }))
    // prettier-ignore
    model.add(ZeroPadding2D({ padding: [[0, 1], [0, 1]] }))
    model.add(BatchNormalization({ momentum: 0.8 }))
    model.add(LeakyReLU({ alpha: 0.2 }))
    model.add(Dropout(0.25))
    model.add(Conv2D(128, { kernelSize: 3, strides: 2, padding: 'same' }))
    model.add(BatchNormalization({ momentum: 0.8 }))
    model.add(LeakyReLU({ alpha: 0.2 }))
    model.add(Dropout(0.25))
    model.add(Conv2D(256, { kernelSize: 3, strides: 2, padding: 'same' }))
    model.add(BatchNormalization({ momentum: 0.8 }))
    model.add(LeakyReLU({ alpha: 0.2 }))
    model.add(Dropout(0.25))
    model.add(Conv2D(512, { kernelSize: 3, strides: 2, padding: 'same' }))
    model.add(BatchNormalization({ momentum: 0.8 }))
    model.add(LeakyReLU({ alpha: 0.2 }))
    model.add(Dropout(0.25))
    model.add(Flatten())
    model.add(Dense(1, { activation: 'sigmoid' }))

    model.summary()

    const img = Input({ shape: this.imgShape })
    const validity = model(img)

    return new Model(img, validity)
  }

  async train(images: string, epochs: number, batchSize = 128, saveInterval = 50): Promise<void> {
    // Load the dataset; the pictures have the channel order red, green, blue
    const xTrain = await imageFolder(images, { height: this.imgRows, width: this.imgCols })

    // Adversarial ground truths
    const valid = NDArray.ones([batchSize, 1])
    const fake = NDArray.zeros([batchSize, 1])

    for (let epoch = 0; epoch < epochs; epoch++) {
      // ---------------------
      //  Train Discriminator
      // ---------------------

      // Select a random half of images
      const idx = random.randint(0, xTrain.length, batchSize)
      const imgs = xTrain.batch(idx)

      // Sample noise and generate a batch of new images
      const noise = random.normal(0, 1, [batchSize, this.latentDim])
      const genImgs = await this.generator.predict(noise)

      // Train the discriminator (real classified as ones and generated as zeros)
      const dLossReal = await this.discriminator.trainOnBatch(imgs, valid)
      const dLossFake = await this.discriminator.trainOnBatch(genImgs, fake)

      // ---------------------
      //  Train Generator
      // ---------------------

      // Train the generator (wants discriminator to mistake images as real)
      const gLoss = await this.combined.trainOnBatch(noise, valid)

      // Plot the progress
      this.plot(epoch, dLossReal, dLossFake, gLoss)

      // If at save interval => save generated image samples
      if (epoch % saveInterval === 0) await this.saveImgs(epoch)
    }
  }

  /** The same as `train`, with the calls of an epoch described once and run as one program. */
  async trainFused(
    images: string,
    epochs: number,
    batchSize = 128,
    saveInterval = 50,
  ): Promise<void> {
    const xTrain = await imageFolder(images, { height: this.imgRows, width: this.imgCols })

    const step = trainStep((s) => {
      const idx = s.randint(0, xTrain.length, [batchSize])
      const imgs = s.batch(xTrain, idx)
      const noise = s.randomNormal([batchSize, this.latentDim])
      const genImgs = s.predict(this.generator, noise)
      const valid = s.ones([batchSize, 1])
      const fake = s.zeros([batchSize, 1])
      const dLossReal = s.trainOnBatch(this.discriminator, imgs, valid)
      const dLossFake = s.trainOnBatch(this.discriminator, genImgs, fake)
      const gLoss = s.trainOnBatch(this.combined, noise, valid)
      return { dLossReal, dLossFake, gLoss }
    })

    for (let epoch = 0; epoch < epochs; epoch++) {
      const { dLossReal, dLossFake, gLoss } = await step.run()
      this.plot(epoch, dLossReal, dLossFake, gLoss)
      if (epoch % saveInterval === 0) await this.saveImgs(epoch)
    }
  }

  plot(epoch: number, dLossReal: BatchResult, dLossFake: BatchResult, gLoss: BatchResult): void {
    const dLoss = 0.5 * (dLossReal.loss + dLossFake.loss)
    const accuracy = 0.5 * (dLossReal.accuracy + dLossFake.accuracy)
    console.log(
      `${epoch} [D loss: ${dLoss.toFixed(6)}, acc.: ${(100 * accuracy).toFixed(2)}%] [G loss: ${gLoss.loss.toFixed(6)}]`,
    )
  }

  async saveImgs(epoch: number): Promise<void> {
    const [r, c] = [5, 5]
    const noise = random.normal(0, 1, [r * c, this.latentDim])
    const genImgs = await this.generator.predict(noise)

    // Rescales from [-1, 1] to [0, 1] and draws without axes
    await saveGrid(genImgs, r, c, format('images/img_%d.png', epoch))
  }
}

function count(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new InvalidArgumentError('must be a positive integer.')
}

function seedNumber(text: string): number {
  const value = Number(text)
  if (text !== '' && Number.isSafeInteger(value) && value >= 0) return value
  throw new InvalidArgumentError('must be a non-negative integer.')
}

async function main(): Promise<void> {
  const program = new Command('dcgan')
    .description("The article's DCGAN on a folder of pictures; sheets go to images/.")
    .requiredOption('--images <dir>', 'folder of pictures; subfolders count')
    .option('--epochs <n>', 'steps', count, 10000)
    .option('--batch-size <n>', 'pictures in one step', count, 50)
    .option('--save-interval <n>', 'steps from one sheet to the next', count, 50)
    .option('--fused', 'each epoch as one call')
    .option('--seed <n>', 'makes the run repeatable', seedNumber)
    .parse()
  const options = program.opts<{
    images: string
    epochs: number
    batchSize: number
    saveInterval: number
    fused?: boolean
    seed?: number
  }>()
  if (options.seed !== undefined) setRandomSeed(options.seed)
  const dcgan = new DCGAN()
  const { images, epochs, batchSize, saveInterval } = options
  if (options.fused) await dcgan.trainFused(images, epochs, batchSize, saveInterval)
  else await dcgan.train(images, epochs, batchSize, saveInterval)
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
