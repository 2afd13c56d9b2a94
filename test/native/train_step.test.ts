/** A fused step and the plain calls that it stands for: the same numbers on one seed. */
import {
  Activation,
  Adam,
  BatchNormalization,
  concatenate,
  Conv2D,
  Dense,
  Dropout,
  Embedding,
  Flatten,
  ImageSet,
  Input,
  Lambda,
  LeakyReLU,
  Model,
  multiply,
  NDArray,
  ops,
  random,
  Reshape,
  RMSprop,
  Sequential,
  setRandomSeed,
  trainStep,
  UpSampling2D,
  type SymbolicTensor,
} from '../../lib'

type AnyNetwork = Sequential | Model<never, never>

interface Program {
  /** Models whose weights are compared at the end. */
  readonly models: readonly unknown[]
  /** One step of plain calls; the numbers that they gave. */
  plain(): Promise<readonly (readonly number[])[]>
  /** The same as one call. */
  fused(): () => Promise<readonly (readonly number[])[]>
}

type Make = (passes: boolean) => Program

const STEPS = 3

/** Without the names that results have. */
function listsOf(numbers: readonly (readonly number[])[]): number[][] {
  return numbers.map((list) => [...list])
}

async function weightsOf(models: readonly unknown[]): Promise<NDArray[]> {
  const lists = await Promise.all((models as AnyNetwork[]).map((model) => model.getWeights()))
  return lists.flat()
}

async function plainRun(make: Make, passes: boolean) {
  setRandomSeed(11)
  const program = make(passes)
  const numbers = []
  for (let step = 0; step < STEPS; step++) numbers.push(listsOf(await program.plain()))
  return { numbers, weights: await weightsOf(program.models), after: random.next() }
}

async function fusedRun(make: Make, passes: boolean) {
  setRandomSeed(11)
  const program = make(passes)
  const run = program.fused()
  const numbers = []
  for (let step = 0; step < STEPS; step++) numbers.push(listsOf(await run()))
  return { numbers, weights: await weightsOf(program.models), after: random.next() }
}

/** The same kernels on the same numbers in the same order: the same bits. */
function expectEqualRuns(
  plain: Awaited<ReturnType<typeof plainRun>>,
  fused: Awaited<ReturnType<typeof fusedRun>>,
): void {
  expect(fused.after).toBe(plain.after)
  expect(fused.numbers).toEqual(plain.numbers)
  fused.weights.forEach((array, i) => expect(array.data).toEqual(plain.weights[i]?.data))
}

function pictureSet(): ImageSet {
  const bytes = Uint8Array.from({ length: 20 * 8 * 8 }, (_, i) => (i * 37 + (i >> 6) * 11) % 256)
  return ImageSet.fromArray(new NDArray(bytes, [20, 8, 8, 1]))
}

function generatorNetwork(): Sequential {
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

function discriminatorNetwork(last: 'sigmoid' | 'linear' = 'sigmoid'): Sequential {
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
function predicted<M extends Sequential | Model<never, never>>(model: M, passes: boolean): M {
  ;(model as Sequential).compile({ loss: 'mse', optimizer: 'sgd', passes })
  return model
}

function dcgan(passes: boolean): Program {
  const optimizer = new Adam(0.01, 0.5)
  const generator = predicted(generatorNetwork(), passes)
  const discriminator = discriminatorNetwork()
  discriminator.compile({ loss: 'binary_crossentropy', optimizer, metrics: ['accuracy'], passes })
  discriminator.trainable = false
  const z = Input({ shape: [6] })
  const combined = new Model(z, discriminator(generator(z)))
  combined.compile({ loss: 'binary_crossentropy', optimizer, passes })
  const pictures = pictureSet()
  const [valid, fake] = [NDArray.ones([5, 1]), NDArray.zeros([5, 1])]
  return {
    models: [generator, discriminator],
    async plain() {
      const images = await pictures.sample(5, { flip: true })
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
          const images = s.sample(pictures, 5, { flip: true })
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

function wgan(passes: boolean): Program {
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

function wganGp(passes: boolean): Program {
  const optimizer = new Adam(0.01, 0.5)
  const [generator, critic] = [generatorNetwork(), discriminatorNetwork('linear')]
  generator.trainable = false
  const real = Input({ shape: [8, 8, 1] })
  const z = Input({ shape: [6] })
  const made = generator(z)
  const between = Lambda(([a, b]: [SymbolicTensor, SymbolicTensor]) => {
    const alpha = ops.randomUniform([4, 1, 1, 1])
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

function acgan(passes: boolean): Program {
  const optimizer = new Adam(0.01, 0.5)
  const image = Input({ shape: [8, 8, 1] })
  const features = discriminatorNetwork().layers.slice(0, -1)
  const flat = features.reduce<SymbolicTensor>((x, layer) => (layer as never as Dense)(x), image)
  const discriminator = new Model(image, [
    Dense(1, { activation: 'sigmoid' })(flat),
    Dense(3, { activation: 'softmax' })(flat),
  ])
  const losses = ['binary_crossentropy', 'sparse_categorical_crossentropy'] as const
  discriminator.compile({ loss: [...losses], optimizer, metrics: ['accuracy'], passes })
  const [z, label] = [Input({ shape: [6] }), Input({ shape: [1], dtype: 'int32' })]
  const embedded = Flatten()(Embedding(3, 6)(label))
  const network = generatorNetwork()
  const generator = predicted(new Model([z, label], network(multiply([z, embedded]))), passes)
  discriminator.trainable = false
  const combined = new Model(
    [z, label],
    discriminator(generator([z, label])) as [SymbolicTensor, SymbolicTensor],
  )
  combined.compile({ loss: [...losses], optimizer, passes })
  const [valid, fake] = [NDArray.ones([5, 1]), NDArray.zeros([5, 1])]
  const images = NDArray.from(random.uniform(-1, 1, [5, 8, 8, 1]))
  const labels = new NDArray(Int32Array.from([0, 1, 2, 2, 1]), [5, 1])
  return {
    models: [generator, discriminator],
    async plain() {
      const noise = random.normal(0, 1, [5, 6])
      const wanted = random.randint(0, 3, [5, 1])
      const fakes = await generator.predict([noise, wanted])
      return [
        await discriminator.trainOnBatch(images, [valid, labels]),
        await discriminator.trainOnBatch(fakes, [fake, wanted]),
        await combined.trainOnBatch([noise, wanted], [valid, wanted]),
      ]
    },
    fused() {
      const step = trainStep(
        (s) => {
          const noise = s.randomNormal([5, 6])
          const wanted = s.randint(0, 3, [5, 1])
          const fakes = s.predict(generator, [noise, wanted])
          return {
            real: s.trainOnBatch(discriminator, s.input('images', [5, 8, 8, 1]), [valid, labels]),
            fake: s.trainOnBatch(discriminator, fakes, [fake, wanted]),
            g: s.trainOnBatch(combined, [noise, wanted], [valid, wanted]),
          }
        },
        { passes },
      )
      return async () => Object.values(await step.run({ inputs: { images } }))
    },
  }
}

function cycleGan(passes: boolean): Program {
  const optimizer = new Adam(0.01, 0.5)
  const translator = () => {
    const x = Input({ shape: [8, 8, 1] })
    const down = LeakyReLU(0.2)(Conv2D(6, { kernelSize: 4, strides: 2, padding: 'same' })(x))
    const up = Conv2D(6, { kernelSize: 3, padding: 'same', activation: 'relu' })(
      UpSampling2D()(down),
    )
    const joined = concatenate([up, x])
    return new Model(x, Conv2D(1, { kernelSize: 3, padding: 'same', activation: 'tanh' })(joined))
  }
  const judge = () =>
    new Sequential([
      Conv2D(6, { kernelSize: 4, strides: 2, padding: 'same', inputShape: [8, 8, 1] }),
      LeakyReLU(0.2),
      Conv2D(1, { kernelSize: 4, padding: 'same' }),
    ])
  const [toB, toA] = [predicted(translator(), passes), predicted(translator(), passes)]
  const [judgeA, judgeB] = [judge(), judge()]
  for (const each of [judgeA, judgeB]) {
    each.compile({ loss: 'mse', optimizer, metrics: ['accuracy'], passes })
    each.trainable = false
  }
  const [a, b] = [Input({ shape: [8, 8, 1] }), Input({ shape: [8, 8, 1] })]
  const [madeB, madeA] = [toB(a), toA(b)]
  const combined = new Model(
    [a, b],
    [judgeA(madeA), judgeB(madeB), toA(madeB), toB(madeA), toA(a), toB(b)],
  )
  combined.compile({
    loss: ['mse', 'mse', 'mae', 'mae', 'mae', 'mae'],
    lossWeights: [1, 1, 10, 10, 1, 1],
    optimizer,
    passes,
  })
  const [setA, setB] = [pictureSet(), pictureSet()]
  const [valid, fake] = [NDArray.ones([2, 4, 4, 1]), NDArray.zeros([2, 4, 4, 1])]
  return {
    models: [toA, toB, judgeA, judgeB],
    async plain() {
      const [x, y] = [await setA.sample(2), await setB.sample(2)]
      const [fakeB, fakeA] = [await toB.predict(x), await toA.predict(y)]
      return [
        await judgeA.trainOnBatch(x, valid),
        await judgeA.trainOnBatch(fakeA, fake),
        await judgeB.trainOnBatch(y, valid),
        await judgeB.trainOnBatch(fakeB, fake),
        await combined.trainOnBatch([x, y], [valid, valid, x, y, x, y]),
      ]
    },
    fused() {
      const step = trainStep(
        (s) => {
          const [x, y] = [s.sample(setA, 2), s.sample(setB, 2)]
          const [fakeB, fakeA] = [s.predict(toB, x), s.predict(toA, y)]
          return [
            s.trainOnBatch(judgeA, x, valid),
            s.trainOnBatch(judgeA, fakeA, fake),
            s.trainOnBatch(judgeB, y, valid),
            s.trainOnBatch(judgeB, fakeB, fake),
            s.trainOnBatch(combined, [x, y], [valid, valid, x, y, x, y]),
          ]
        },
        { passes },
      )
      return () => step.run()
    },
  }
}

describe.each([
  ['DCGAN', dcgan],
  ['WGAN with clipping and three critic steps', wgan],
  ['WGAN-GP', wganGp],
  ['ACGAN', acgan],
  ['CycleGAN', cycleGan],
] as const)('%s', (_, make) => {
  it.each([true, false])('gives the numbers of its plain calls, passes %p', async (passes) => {
    const plain = await plainRun(make, passes)
    expectEqualRuns(plain, await fusedRun(make, passes))
  })
})
