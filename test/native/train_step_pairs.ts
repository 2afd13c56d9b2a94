/** GANs as plain calls and as fused steps: models of several inputs and outputs. */
import {
  Adam,
  concatenate,
  Conv2D,
  Dense,
  Embedding,
  Flatten,
  Input,
  LeakyReLU,
  Model,
  multiply,
  NDArray,
  random,
  Sequential,
  trainStep,
  UpSampling2D,
  type SymbolicTensor,
} from '../../lib'
import {
  discriminatorNetwork,
  generatorNetwork,
  pictureSet,
  predicted,
  type Program,
} from './train_step_gans'

export function acgan(passes: boolean): Program {
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

export function cycleGan(passes: boolean): Program {
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
