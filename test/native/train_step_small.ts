/** Small models as plain calls and as fused steps, without a convolution. */
import {
  BatchNormalization,
  Dense,
  LeakyReLU,
  ops,
  random,
  Sequential,
  trainStep,
  type StepBuilder,
} from '../../lib'
import { adversarial, predicted, type Program } from './train_step_gans'

export function mlp(passes: boolean): Program {
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
  const range = { minval: -1, maxval: 1 }
  const real = {
    plain: () => random.uniform(range.minval, range.maxval, [5, 9]),
    fused: (s: StepBuilder) => s.randomUniform([5, 9], range),
  }
  return adversarial(generator, discriminator, real, passes)
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
