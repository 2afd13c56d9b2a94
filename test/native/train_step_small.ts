/** Small models as plain calls and as fused steps, without a convolution. */
import {
  Adam,
  BatchNormalization,
  Dense,
  Input,
  LeakyReLU,
  Model,
  NDArray,
  ops,
  random,
  Sequential,
  trainStep,
} from '../../lib'
import { predicted, type Program } from './train_step_gans'

export function mlp(passes: boolean): Program {
  const optimizer = new Adam(0.01, 0.5)
  const generator = predicted(
    new Sequential([
      Dense(8, { inputDim: 6 }),
      LeakyReLU(0.2),
      BatchNormalization({ momentum: 0.8 }),
      Dense(9, { activation: 'tanh' }),
    ]),
    passes,
  )
  const discriminator = new Sequential([
    Dense(8, { inputDim: 9 }),
    LeakyReLU(0.2),
    Dense(1, { activation: 'sigmoid' }),
  ])
  return fromNoise(generator, discriminator, [5, 9], optimizer, passes)
}

/** A regression whose training begins with what `predict` has just computed. */
export function sharing(passes: boolean): Program {
  const model = predicted(
    new Sequential([Dense(8, { inputDim: 3, activation: 'tanh' }), Dense(2)]),
    passes,
  )
  return {
    models: [model],
    async plain() {
      const x = random.normal(0, 1, [4, 3])
      const y = await model.predict(x)
      return [
        await model.trainOnBatch(
          x,
          y.map((value) => 0.5 - value),
        ),
        [...y.data],
      ]
    },
    fused() {
      const step = trainStep(
        (s) => {
          const x = s.randomNormal([4, 3])
          const y = s.predict(model, x)
          return { y, result: s.trainOnBatch(model, x, ops.sub(0.5, y)) }
        },
        { passes },
      )
      return async () => {
        const { y, result } = await step.run()
        return [result, [...y.data]]
      }
    },
  }
}

/** Pictures of any shape in [-1, 1], drawn at random, against generated ones. */
function fromNoise(
  generator: Sequential,
  discriminator: Sequential,
  shape: readonly number[],
  optimizer: Adam,
  passes: boolean,
): Program {
  discriminator.compile({ loss: 'binary_crossentropy', optimizer, metrics: ['accuracy'], passes })
  discriminator.trainable = false
  const z = Input({ shape: [6] })
  const combined = new Model(z, discriminator(generator(z)))
  combined.compile({ loss: 'binary_crossentropy', optimizer, passes })
  const [valid, fake] = [NDArray.ones([5, 1]), NDArray.zeros([5, 1])]
  return {
    models: [generator, discriminator],
    async plain() {
      const images = random.uniform(-1, 1, shape)
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
          const images = s.randomUniform(shape, { minval: -1, maxval: 1 })
          const noise = s.randomNormal([5, 6])
          const fakes = s.predict(generator, noise)
          return [
            s.trainOnBatch(discriminator, images, valid),
            s.trainOnBatch(discriminator, fakes, fake),
            s.trainOnBatch(combined, noise, valid),
          ]
        },
        { passes },
      )
      return async () => step.run()
    },
  }
}
