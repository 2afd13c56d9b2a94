/** Native updates against the same steps described over ops, for all options of the optimizers. */
import {
  Adam,
  AdamW,
  Clip,
  Dense,
  LossScaleOptimizer,
  MaxNorm,
  NDArray,
  NonNeg,
  RMSprop,
  Sequential,
  SGD,
  ops,
  type Constraint,
  type Moment,
  type Optimizer,
  type OptimizerOptions,
  type Step,
  type WeightStep,
} from '../../lib/index'
import { placeholder } from '../../lib/graph/tensor'
import { readWeights } from '../../lib/program'
import { uniform } from '../reference/formula'
import { asCompiled, asDescribed, training, type Training } from './optimizer_steps'
import { toleranceFor, ULP } from './tolerance'

// Under jest a look-up of the global costs more than the arithmetic.
const { abs } = Math
const { isNaN } = Number

// Together more than one thread's share, which ends within a weight; one lies in memory otherwise
// than its gradient, one has no elements.
const SHAPES = [[3, 5, 7], [30001], [1, 4], [2, 40, 50], [0, 3], []]
const ORDERS = [[1, 2, 0], undefined, undefined, [2, 0, 1]]
const arrays = (seed: number): NDArray[] =>
  SHAPES.map((shape, i) => uniform(100 * seed + i, shape, seed === 0 ? 1 : 4))
const STEPS = [1, 2, 3].map(arrays)

type Make = (shared: OptimizerOptions) => Optimizer

const OPTIMIZERS: Readonly<Record<string, Make>> = {
  Adam: (shared) => new Adam({ beta1: 0.5, ...shared }),
  'Adam amsgrad': (shared) => new Adam({ amsgrad: true, epsilon: 0.1, ...shared }),
  AdamW: (shared) => new AdamW(shared),
  RMSprop: (shared) => new RMSprop(shared),
  'RMSprop momentum': (shared) => new RMSprop({ momentum: 0.9, ...shared }),
  'RMSprop centered': (shared) => new RMSprop({ centered: true, rho: 0.5, ...shared }),
  'RMSprop both': (shared) => new RMSprop({ centered: true, momentum: 0.5, ...shared }),
  SGD: (shared) => new SGD(shared),
  'SGD momentum': (shared) => new SGD({ momentum: 0.9, ...shared }),
  'SGD nesterov': (shared) => new SGD({ momentum: 0.9, nesterov: true, ...shared }),
}

const SURROUNDINGS: Readonly<Record<string, [OptimizerOptions, Constraint?]>> = {
  'nothing else': [{}],
  'weight decay': [{ weightDecay: 0.1 }],
  clipnorm: [{ clipnorm: 0.5 }],
  clipvalue: [{ clipvalue: 0.3 }],
  'global clipnorm': [{ globalClipnorm: 0.7 }],
  average: [{ useEma: true, emaMomentum: 0.6 }],
  'average that overwrites': [{ useEma: true, emaMomentum: 0.6, emaOverwriteFrequency: 2 }],
  'loss scale': [{ lossScaleFactor: 8 }],
  Clip: [{}, new Clip(-0.5, 0.25)],
  NonNeg: [{}, new NonNeg()],
  all: [
    {
      ...{ weightDecay: 0.1, clipnorm: 0.5, lossScaleFactor: 8 },
      ...{ useEma: true, emaMomentum: 0.6, emaOverwriteFrequency: 2 },
    },
    new Clip(-0.5, 0.5),
  ],
}

const cases = Object.entries(OPTIMIZERS).flatMap(([name, make]) =>
  Object.entries(SURROUNDINGS).map(([around, [shared, constraint]]) => ({
    name: `${name}, ${around}`,
    make: (): Optimizer => make({ learningRate: 0.1, ...shared }),
    constraint,
  })),
)

/** How many updates a step has, by kind. */
function kindsOf(optimizer: Optimizer, constraint?: Constraint): string[] {
  const model = new Sequential([Dense(1, { inputDim: 2, kernelConstraint: constraint })])
  model.compile({ loss: 'mse', optimizer })
  const weights = model.trainableWeights
  const by = weights.map(({ leaf }) => leaf)
  const rate = placeholder('rate', { shape: [], dtype: 'float32' })
  return optimizer.update(by, rate, optimizer.createSlots(weights)).map(({ op }) => op)
}

/** Every element, within a tolerance for each array; toEqual takes seconds for as many numbers. */
function expectEqual(
  received: readonly NDArray[],
  expected: readonly NDArray[],
  allowed: (expected: NDArray) => number = () => 0,
): void {
  expect(received.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape))
  const differing = expected.map((each, i) => {
    const ours = received[i]?.data as NDArray['data']
    const most = allowed(each)
    return each.data.findIndex((value: number, at: number) => {
      const own = ours[at] as number
      return !(own === value || abs(own - value) <= most || (isNaN(own) && isNaN(value)))
    })
  })
  expect(differing).toEqual(expected.map(() => -1))
}

async function stateOf({ weights, slots }: Training): Promise<NDArray[]> {
  return readWeights([...weights, ...slots.weights])
}

test.each(cases)('$name: native equals described', async ({ make, constraint }) => {
  expect(kindsOf(make(), constraint)).toEqual([expect.stringMatching(/^(adam|rmsprop|sgd)$/)])
  const start = arrays(0)
  const native = await training(make(), start, asCompiled, constraint, ORDERS)
  const described = await training(make(), start, asDescribed, constraint, ORDERS)
  // libtorch's square root may be a rounding away from the exact one; weights begin within 1.
  const isExact = make() instanceof SGD
  for (const gradients of STEPS) {
    await native.step(gradients)
    await described.step(gradients)
  }
  const tolerance = (expected: NDArray): number => toleranceFor(expected, ULP)
  expectEqual(await stateOf(native), await stateOf(described), isExact ? undefined : tolerance)
  const [, after] = await stateOf(native)
  expect(after?.data.slice(0, 9)).not.toEqual(start[1]?.data.slice(0, 9))
})

test('weights that are not finite stay as they are described', async () => {
  const start = [NDArray.from([NaN, Infinity, -Infinity, 1, 1, 1])]
  const gradients = [NDArray.from([1, 1, 1, NaN, Infinity, -Infinity])]
  const make = (): Optimizer => new SGD({ learningRate: 0.1, clipvalue: 2 })
  const constraint = new Clip(-3, 3)
  const native = await training(make(), start, asCompiled, constraint)
  const described = await training(make(), start, asDescribed, constraint)
  await native.step(gradients)
  await described.step(gradients)
  const [weight] = await stateOf(native)
  expect([...(weight as NDArray).data].map(Number.isNaN)).toEqual([
    true,
    false,
    false,
    true,
    false,
    false,
  ])
  expectEqual(await stateOf(native), await stateOf(described))
})

test('weights that are spared do not decay', async () => {
  const make = (): Optimizer => {
    const optimizer = new SGD({ learningRate: 0.1, weightDecay: 0.5 })
    optimizer.excludeFromWeightDecay(['w1'])
    return optimizer
  }
  const [native, described] = [
    await training(make(), arrays(0)),
    await training(make(), arrays(0), asDescribed),
  ]
  for (const each of [native, described]) await each.step(arrays(1))
  expectEqual(await stateOf(native), await stateOf(described))
})

test('with a loss scale, gradients that are not finite change the scale alone', async () => {
  const make = (): Optimizer => new LossScaleOptimizer(new SGD({ momentum: 0.9 }), 8, 2)
  expect(kindsOf(make())).toEqual(['sgd', 'assign', 'assign'])
  const [native, described] = [
    await training(make(), arrays(0)),
    await training(make(), arrays(0), asDescribed),
  ]
  const infinite = [...arrays(2).slice(0, -1), NDArray.full([], Infinity)]
  for (const gradients of [arrays(1), infinite, arrays(3), arrays(4)]) {
    await native.step(gradients)
    await described.step(gradients)
    expectEqual(await stateOf(native), await stateOf(described))
  }
})

test('what native code has no formula for is described', () => {
  const described = ['assign', 'assign', 'assign', 'assign', 'assign']
  expect(kindsOf(new RMSprop(), new MaxNorm(1))).toEqual(described)
  class Doubled extends RMSprop {
    protected override step(moment: Moment): Step {
      const { each } = super.step(moment)
      return { each: (one: WeightStep) => each({ ...one, gradient: ops.mul(one.gradient, 2) }) }
    }
  }
  expect(kindsOf(new Doubled())).toEqual(described)
  class Halved extends Clip {
    override apply(weight: Parameters<Constraint['apply']>[0]) {
      return ops.mul(weight, 0.5)
    }
  }
  expect(kindsOf(new RMSprop(), new Halved())).toEqual(described)
})
