/** GANs as plain calls and as fused steps: pictures from noise. */
import {
  Activation,
  Adam,
  BatchNormalization,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  ImageSet,
  Input,
  K,
  Lambda,
  LeakyReLU,
  Model,
  NDArray,
  ops,
  random,
  Reshape,
  RMSprop,
  Sequential,
  trainStep,
  UpSampling2D,
  type SymbolicTensor,
  type AnyModel,
  type StepBuilder,
} from '../../lib'

export interface Program {
  /** Models whose weights are compared at the end. */
  readonly models: readonly AnyModel[]
  /** One step of plain calls; the numbers that they gave. */
  plain(): Promise<readonly (readonly number[])[]>
  /** The same as one call. */
  fused(): () => Promise<readonly (readonly number[])[]>
}

export function pictureSet(): ImageSet {
  const bytes = Uint8Array.from({ length: 20 * 8 * 8 }, (_, i) => (i * 37 + (i >> 6) * 11) % 256)
  return ImageSet.fromArray(new NDArray(bytes, [20, 8, 8, 1]))
}

export function generatorNetwork(): Sequential {
  return new Sequential([
    Dense(2 * 2 * 8, { activation: 'relu', inputDim: 6 }),
    Reshape([2, 2, 8]),
    UpSampling2D(),
    Conv2D(8, { kernelSize: 3, padding: 'same' }),
    BatchNormalization({ momentum: 0.8 }),
    Activation('relu'),
    UpSampling2D(),
    Conv2D(1, { kernelSize: 3, padding: 'same', activation: 'tanh' }),
  ])
}

export function discriminatorNetwork(last: 'sigmoid' | 'linear' = 'sigmoid'): Sequential {
  return new Sequential([
    Conv2D(8, { kernelSize: 3, strides: 2, padding: 'same', inputShape: [8, 8, 1] }),
    LeakyReLU(0.2),
    Dropout(0.25),
    Conv2D(16, { kernelSize: 3, strides: 2, padding: 'same' }),
    BatchNormalization({ momentum: 0.8 }),
    LeakyReLU(0.2),
    Dropout(0.25),
    Flatten(),
    Dense(1, { activation: last }),
  ])
}

/** Compiled for the sake of its `predict`. */
export function predicted<M extends AnyModel>(model: M, passes: boolean): M {
  model.compile({ loss: 'mse', optimizer: 'sgd', passes })
  return model
}

/** Real pictures, the same in plain calls and in a step. */
interface Pictures {
  plain(): NDArray | Promise<NDArray>
  fused(s: StepBuilder): SymbolicTensor
}

export function dcgan(passes: boolean): Program {
  const pictures = pictureSet()
  const real: Pictures = {
    plain: () => pictures.sample(5, { flip: true }),
    fused: (s) => s.sample(pictures, 5, { flip: true }),
  }
  const generator = predicted(generatorNetwork(), passes)
  return adversarial(generator, discriminatorNetwork(), real, passes)
}

/** The usual three calls, on five pictures of any shape. */
export function adversarial(
  generator: Sequential,
  discriminator: Sequential,
  real: Pictures,
  passes: boolean,
): Program {
  const optimizer = new Adam(0.01, 0.5)
  discriminator.compile({ loss: 'binary_crossentropy', optimizer, metrics: ['accuracy'], passes })
  discriminator.trainable = false
  const z = Input({ shape: [6] })
  const combined = new Model(z, discriminator(generator(z)))
  combined.compile({ loss: 'binary_crossentropy', optimizer, passes })
  const [valid, fake] = [NDArray.ones([5, 1]), NDArray.zeros([5, 1])]
  return {
    models: [generator, discriminator],
    async plain() {
      const images = await real.plain()
      const noise = random.normal(0, 1, [5, 6])
      const fakes = await generator.predict(noise)
      return [
        await discriminator.trainOnBatch(images, valid),
        await discriminator.trainOnBatch(fakes, fake),
        await combined.trainOnBatch(noise, valid),
      ]
    },
    fused() {
      const step = trainStep(
        (s) => {
          const images = real.fused(s)
          const noise = s.randomNormal([5, 6])
          const fakes = s.predict(generator, noise)
          return [
            s.trainOnBatch(discriminator, images, s.ones([5, 1])),
            s.trainOnBatch(discriminator, fakes, s.zeros([5, 1])),
            s.trainOnBatch(combined, noise, valid),
          ] as const
        },
        { passes },
      )
      return () => step.run()
    },
  }
}

export function wgan(passes: boolean): Program {
  const optimizer = new RMSprop(0.01)
  const generator = predicted(generatorNetwork(), passes)
  const critic = discriminatorNetwork('linear')
  const wasserstein = (yTrue: SymbolicTensor, yPred: SymbolicTensor) => ops.mean(yTrue.mul(yPred))
  critic.compile({ loss: wasserstein, optimizer, passes })
  critic.trainable = false
  const z = Input({ shape: [6] })
  const combined = new Model(z, critic(generator(z)))
  combined.compile({ loss: wasserstein, optimizer, passes })
  const pictures = pictureSet()
  const all = pictures.batch(Array.from({ length: 20 }, (_, i) => i))
  const [valid, fake] = [NDArray.full([4, 1], -1), NDArray.ones([4, 1])]
  return {
    models: [generator, critic],
    async plain() {
      const numbers = []
      for (let i = 0; i < 3; i++) {
        const images = pictures.batch(random.randint(0, pictures.length, 4))
        const noise = random.normal(0, 1, [4, 6])
        const fakes = await generator.predict(noise)
        numbers.push(await critic.trainOnBatch(images, valid))
        numbers.push(await critic.trainOnBatch(fakes, fake))
        const weights = await critic.getWeights()
        await critic.setWeights(
          weights.map((w) => w.map((x) => Math.min(0.05, Math.max(-0.05, x)))),
        )
      }
      numbers.push(await combined.trainOnBatch(random.normal(0, 1, [4, 6]), valid))
      return numbers
    },
    fused() {
      const step = trainStep(
        (s) => {
          const critics = Array.from({ length: 3 }, () => {
            const places = s.randint(0, pictures.length, [4])
            const images = ops.take(s.constant(all), places, 0)
            const fakes = s.predict(generator, s.randomNormal([4, 6]))
            const results = [
              s.trainOnBatch(critic, images, valid),
              s.trainOnBatch(critic, fakes, fake),
            ]
            s.setWeights(critic, (weights) => weights.map((w) => ops.clip(w, -0.05, 0.05)))
            return results
          })
          return [...critics.flat(), s.trainOnBatch(combined, s.randomNormal([4, 6]), valid)]
        },
        { passes },
      )
      return () => step.run()
    },
  }
}

export function wganGp(passes: boolean): Program {
  const optimizer = new Adam(0.01, 0.5)
  const [generator, critic] = [generatorNetwork(), discriminatorNetwork('linear')]
  generator.trainable = false
  const real = Input({ shape: [8, 8, 1] })
  const z = Input({ shape: [6] })
  const made = generator(z)
  const between = Lambda(([a, b]: [SymbolicTensor, SymbolicTensor]) => {
    // The batch is not known here, but in a fused step it is.
    const alpha = K.randomUniform([K.shape(a)[0]!, 1, 1, 1])
    return alpha.mul(a).add(ops.sub(1, alpha).mul(b))
  })([real, made])
  const wasserstein = (yTrue: SymbolicTensor, yPred: SymbolicTensor) => ops.mean(yTrue.mul(yPred))
  const penalty = (_: SymbolicTensor, yPred: SymbolicTensor) => {
    const [slope] = ops.gradients(yPred, [between]) as [SymbolicTensor]
    return ops.square(ops.sub(1, ops.sqrt(ops.sum(ops.square(slope), [1, 2, 3]))))
  }
  const critics = new Model([real, z], [critic(real), critic(made), critic(between)])
  critics.compile({
    loss: [wasserstein, wasserstein, penalty],
    lossWeights: [1, 1, 10],
    optimizer,
    passes,
  })
  critic.trainable = false
  generator.trainable = true
  const noise = Input({ shape: [6] })
  const combined = new Model(noise, critic(generator(noise)))
  combined.compile({ loss: wasserstein, optimizer, passes })
  const pictures = pictureSet()
  const [valid, fake, dummy] = [
    NDArray.full([4, 1], -1),
    NDArray.ones([4, 1]),
    NDArray.zeros([4, 1]),
  ]
  return {
    models: [generator, critic],
    async plain() {
      const numbers = []
      for (let i = 0; i < 2; i++) {
        const images = await pictures.sample(4)
        const latent = random.normal(0, 1, [4, 6])
        numbers.push(await critics.trainOnBatch([images, latent], [valid, fake, dummy]))
      }
      numbers.push(await combined.trainOnBatch(random.normal(0, 1, [4, 6]), valid))
      return numbers
    },
    fused() {
      const step = trainStep(
        (s) => {
          const one = () =>
            s.trainOnBatch(
              critics,
              [s.sample(pictures, 4), s.randomNormal([4, 6])],
              [valid, fake, dummy],
            )
          return [one(), one(), s.trainOnBatch(combined, s.randomNormal([4, 6]), valid)]
        },
        { passes },
      )
      return () => step.run()
    },
  }
}
