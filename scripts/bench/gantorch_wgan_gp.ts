/** The step of Keras-GAN's WGAN-GP in gantorch: 5 critic steps, then one of the generator. */
import {
  Input,
  Model,
  NDArray,
  ops,
  random,
  RMSprop,
  trainStep,
  type LossFunction,
  type SymbolicTensor,
} from 'gantorch'
import { batchOf, packageName, pictureSetOf, picturesOf } from './gantorch_gan'
import { dcganDiscriminator, dcganGenerator, type DcganSpec } from './gantorch_networks'
import { readOptions, serve, type Run } from './serve'

interface WganSpec extends DcganSpec {
  readonly criticSteps: number
  /** Weight of the gradient penalty. */
  readonly penalty: number
}

const wasserstein: LossFunction = (yTrue, yPred) => ops.mean(ops.mul(yTrue, yPred))

/** Of the critic's gradient at a tensor of its model. */
function gradientPenalty(at: SymbolicTensor): LossFunction {
  return (_, yPred) => {
    const [gradient] = ops.gradients(yPred, [at]) as [SymbolicTensor]
    const norm = ops.sqrt(ops.sum(ops.square(gradient), [1, 2, 3]))
    return ops.square(ops.sub(1, norm))
  }
}

const { spec, batchSize, warmup, form } = readOptions<WganSpec>()
const generator = dcganGenerator(spec)
const critic = dcganDiscriminator(spec)
const optimizer = new RMSprop(spec.learningRate)

generator.trainable = false
const real = Input({ shape: spec.image })
const z = Input({ shape: [spec.latent] })
const alpha = Input({ shape: [1, 1, 1] })
const fake = generator(z)
const between = ops.add(ops.mul(alpha, real), ops.mul(ops.sub(1, alpha), fake))
const criticModel = new Model([real, z, alpha], [critic(real), critic(fake), critic(between)])
criticModel.compile({
  loss: [wasserstein, wasserstein, gradientPenalty(between)],
  lossWeights: [1, 1, spec.penalty],
  optimizer,
})
critic.trainable = false
generator.trainable = true
const generatorModel = new Model(z, critic(generator(z)))
generatorModel.compile({ loss: wasserstein, optimizer })

const [valid, made] = [NDArray.full([batchSize, 1], -1), NDArray.ones([batchSize, 1])]

/** Keras's calls, one after the other. */
function plainStep(): Run {
  const pictures = picturesOf(spec)
  const noise = (): NDArray => random.normal(0, 1, [batchSize, spec.latent])
  return async () => {
    let criticLoss = NaN
    for (let i = 0; i < spec.criticSteps; i++) {
      const mix = random.uniform(0, 1, [batchSize, 1, 1, 1])
      const x = [batchOf(pictures, batchSize), noise(), mix] as const
      criticLoss = (await criticModel.trainOnBatch(x, [valid, made, made])).loss
    }
    const { loss } = await generatorModel.trainOnBatch(noise(), valid)
    return [criticLoss, loss]
  }
}

/** The same as one program; the pictures are bytes that it draws from itself. */
function fusedStep(): Run {
  const pictures = pictureSetOf(spec)
  const step = trainStep((s) => {
    const noise = (): SymbolicTensor => s.randomNormal([batchSize, spec.latent])
    const critics = Array.from({ length: spec.criticSteps }, () => {
      const mix = s.randomUniform([batchSize, 1, 1, 1])
      const x = [s.sample(pictures, batchSize), noise(), mix] as const
      return s.trainOnBatch(criticModel, x, [valid, made, made])
    })
    return { critics, generator: s.trainOnBatch(generatorModel, noise(), valid) }
  })
  return async () => {
    const result = await step.run()
    return [result.critics.at(-1)?.loss ?? NaN, result.generator.loss]
  }
}

const parameters = { generator: generator.countParams(), discriminator: critic.countParams() }
const run = form === 'fused' ? fusedStep() : plainStep()
void serve(packageName(), parameters, run, warmup)
