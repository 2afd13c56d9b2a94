/** The step of Keras-GAN's gan.py in tfjs. */
import { readOptions, serve } from './serve.ts'
import { nameOf, tensorflow } from './tfjs_backend.mjs'

const { spec, batchSize, warmup, form } = readOptions()
const tf = await tensorflow(form)
const size = spec.image.reduce((a, b) => a * b)

function buildGenerator() {
  const model = tf.sequential()
  for (const [i, units] of spec.generator.entries()) {
    model.add(tf.layers.dense({ units, inputShape: i === 0 ? [spec.latent] : undefined }))
    model.add(tf.layers.leakyReLU({ alpha: 0.2 }))
    model.add(tf.layers.batchNormalization({ momentum: 0.8 }))
  }
  model.add(tf.layers.dense({ units: size, activation: 'tanh' }))
  model.add(tf.layers.reshape({ targetShape: spec.image }))
  return model
}

function buildDiscriminator() {
  const model = tf.sequential()
  model.add(tf.layers.flatten({ inputShape: spec.image }))
  for (const units of spec.discriminator) {
    model.add(tf.layers.dense({ units }))
    model.add(tf.layers.leakyReLU({ alpha: 0.2 }))
  }
  model.add(tf.layers.dense({ units: 1, activation: 'sigmoid' }))
  return model
}

const generator = buildGenerator()
const discriminator = buildDiscriminator()
const parameters = {
  generator: generator.countParams(),
  discriminator: discriminator.countParams(),
}
const loss = 'binaryCrossentropy'
const adam = () => tf.train.adam(spec.learningRate, 0.5)
discriminator.compile({ loss, optimizer: adam(), metrics: ['accuracy'] })
// What `trainable` is when a model is compiled decides what it trains, as in Keras 2.
discriminator.trainable = false
const z = tf.input({ shape: [spec.latent] })
const combined = tf.model({ inputs: z, outputs: discriminator.apply(generator.apply(z)) })
combined.compile({ loss, optimizer: adam() })

const pictures = tf.randomUniform([256, ...spec.image], -1, 1)
const [valid, fake] = [tf.ones([batchSize, 1]), tf.zeros([batchSize, 1])]
const indices = () =>
  Int32Array.from({ length: batchSize }, () => Math.floor(Math.random() * pictures.shape[0]))

async function run() {
  const noise = tf.randomNormal([batchSize, spec.latent])
  const images = tf.tidy(() => tf.gather(pictures, tf.tensor1d(indices(), 'int32')))
  const fakes = generator.predictOnBatch(noise)
  // Changed only because tfjs prints a warning at each step where it isn't as it was at `compile`.
  discriminator.trainable = true
  const real = await discriminator.trainOnBatch(images, valid)
  const made = await discriminator.trainOnBatch(fakes, fake)
  discriminator.trainable = false
  const gLoss = await combined.trainOnBatch(noise, valid)
  tf.dispose([noise, images, fakes])
  return [0.5 * (real[0] + made[0]), gLoss]
}

await serve(nameOf(tf), parameters, run, warmup)
