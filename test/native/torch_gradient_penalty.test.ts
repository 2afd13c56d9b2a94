/** A critic's step of WGAN-GP against PyTorch with create_graph=True: second-order gradients. */
import {
  BatchNormalization,
  Conv2D,
  Dense,
  Flatten,
  LeakyReLU,
  ops,
  Sequential,
  type NDArray,
  type SymbolicTensor,
} from '../../lib/index'
import { withScope } from '../../lib/graph/scope'
import { readReference } from '../reference/read'
import { covers } from './coverage'
import { evaluate, trainingContext } from './evaluate'
import { expectClose } from './tolerance'

const { cases } = readReference('torch_gradient_penalty')

const context = trainingContext()

function buildCritic(image: readonly number[]): Sequential {
  const strided = { kernelSize: 3, strides: 2, padding: 'same' } as const
  return new Sequential([
    Conv2D(4, { ...strided, inputShape: image }),
    BatchNormalization(),
    LeakyReLU(0.2),
    Conv2D(6, strided),
    LeakyReLU(0.2),
    Flatten(),
    Dense(1),
  ])
}

/** The parts of the loss, each a scalar. */
function lossParts(critic: Sequential, tensors: readonly SymbolicTensor[]): SymbolicTensor[] {
  const [real, fake, alpha] = tensors as [SymbolicTensor, SymbolicTensor, SymbolicTensor]
  const between = alpha.mul(real).add(alpha.neg().add(1).mul(fake))
  const [slope] = ops.gradients(critic(between), [between]) as [SymbolicTensor]
  const norm = slope.square().sum([1, 2, 3]).sqrt()
  const penalty = norm.neg().add(1).square().mean().mul(10)
  return [critic(fake).mean(), critic(real).mean().neg(), penalty]
}

test.each(cases)('$name equals PyTorch', async (reference) => {
  covers('model', 'WGAN-GP critic (PyTorch)', ['create_graph'])
  const data = ['real', 'fake', 'alpha'].map((name) => reference.array(name))
  const critic = buildCritic((data[0] as NDArray).shape.slice(1))
  const trained = critic.weights.filter(({ trainable }) => trainable)
  const start = reference.list('weights')
  const current = await critic.getWeights()
  await critic.setWeights(
    critic.weights.map((weight, i) => {
      const at = trained.indexOf(weight)
      return (at < 0 ? current[i] : start[at]) as NDArray
    }),
  )
  const results = await evaluate(
    data,
    (tensors) =>
      withScope(
        '',
        () => {
          const parts = lossParts(critic, tensors)
          const total = parts.reduce((sum, part) => sum.add(part))
          return [
            ...parts,
            ...ops.gradients(
              total,
              trained.map(({ leaf }) => leaf),
            ),
          ]
        },
        context,
      ),
    { weights: critic.weights },
  )
  const losses = reference.numberList('losses')
  const drift = reference.number('drift', 'losses')
  losses.forEach((loss, i) => {
    // A loss of some units is rounded to 2^-22; Keras's own drift counts four times.
    expect(Math.abs((results[i] as NDArray).at() - loss)).toBeLessThan(4 * drift + 2 ** -20)
  })
  reference.list('gradients').forEach((gradient, i) => {
    const received = results[losses.length + i] as NDArray
    const allowed = reference.number('drift', 'gradients', i)
    expectClose(`gradients.${i}`, received, gradient, allowed)
  })
})
