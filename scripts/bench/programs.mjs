/** The networks of the benchmarks as plain data, the same for every side. */

/** Keras-GAN's and the article's kind of DCGAN. */
function dcgan({ start, image, generator, discriminator, strides, ...rest }) {
  return {
    latent: 100,
    image,
    start,
    generator,
    generatorKernel: 3,
    discriminator,
    strides,
    /** Convolutions of each block; the further ones keep the size. */
    depth: 1,
    head: 'sigmoid',
    learningRate: 0.0002,
    ...rest,
  }
}

const article = dcgan({
  start: [8, 10, 512],
  image: [128, 160, 3],
  generator: [256, 128, 64, 32],
  discriminator: [32, 64, 128, 256, 512],
  strides: [2, 2, 2, 2, 2],
  learningRate: 0.0001,
})

/** The article's networks for square pictures; `size` is a multiple of 16. */
export function ofSize(size) {
  return { ...article, start: [size / 16, size / 16, 512], image: [size, size, 3] }
}

/** The same for 64 x 64 pictures, with `depth` convolutions in each block. */
export function ofDepth(depth) {
  return { ...ofSize(64), depth }
}

const mnist = dcgan({
  start: [7, 7, 128],
  image: [28, 28, 1],
  generator: [128, 64],
  discriminator: [32, 64, 128, 256],
  strides: [2, 2, 2, 1],
})

/** One plain 3 x 3 convolution, large enough for the processor's best. */
export const floorSpec = { height: 64, width: 80, channels: 128 }

/** Networks by the name of the program that trains them. */
export const specs = {
  dcgan: article,
  predict: article,
  mnist_dcgan: mnist,
  wgan_gp: {
    ...mnist,
    generatorKernel: 4,
    discriminator: [16, 32, 64, 128],
    head: 'linear',
    learningRate: 0.00005,
    criticSteps: 5,
    penalty: 10,
  },
  mlp: {
    latent: 100,
    image: [28, 28, 1],
    generator: [256, 512, 1024],
    discriminator: [512, 256],
    learningRate: 0.0002,
  },
  toy: { inputs: 10, hidden: 16, learningRate: 0.001 },
}
