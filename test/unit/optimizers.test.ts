/** Options of optimizers and schedules: forms, configurations, refusals. */
import * as library from '../../lib/index'
import { Adam, ArgumentError, Optimizer, SGD, schedules, StateError } from '../../lib/index'
import { resolveOptimizer } from '../../lib/optimizers'

const { AdamW, Adagrad, Lion, RMSprop } = library
const wrong = (value: unknown): never => value as never

test('Adam: positional, by option, by Keras 2 name', () => {
  for (const adam of [new Adam(0.01, 0.5), Adam({ lr: 0.01, beta1: 0.5 }), Adam(0.01, 0.5)]) {
    expect(adam).toBeInstanceOf(Optimizer)
    expect(adam.getConfig()).toEqual({
      ...{ name: 'adam', learningRate: 0.01, weightDecay: null, lossScaleFactor: null, decay: 0 },
      ...{ clipnorm: null, clipvalue: null, globalClipnorm: null },
      ...{ useEma: false, emaMomentum: 0.99, emaOverwriteFrequency: null },
      ...{ beta1: 0.5, beta2: 0.999, epsilon: 1e-7, amsgrad: false },
    })
  }
  expect(new Adam().learningRate).toBe(0.001)
  expect(new SGD().learningRate).toBe(0.01)
  expect(new SGD({ lr: 0.5 }).learningRate).toBe(0.5)
})

test("positional arguments stand in Keras's order", () => {
  expect(new RMSprop(0.00005, 0.8, 0.1, 1e-3, true).getConfig()).toMatchObject({
    ...{ learningRate: 0.00005, rho: 0.8, momentum: 0.1, epsilon: 1e-3, centered: true },
  })
  expect(new AdamW(0.1, 0.2, 0.3).getConfig()).toMatchObject({ weightDecay: 0.2, beta1: 0.3 })
  expect(new AdamW().weightDecay).toBe(0.004)
  expect(new SGD(0.1, 0.9, true).getConfig()).toMatchObject({ momentum: 0.9, nesterov: true })
})

const NAMES = ['adam', 'adamw', 'adamax', 'nadam', 'rmsprop', 'sgd', 'adagrad', 'adadelta', 'lion']

test.each(NAMES)('%s: by name, by class, and again from its configuration', (name) => {
  const optimizer = resolveOptimizer('test', name as 'adam')
  expect(optimizer.constructor.name.toLowerCase()).toBe(name)
  const className = optimizer.constructor.name
  const json: unknown = JSON.parse(JSON.stringify({ className, config: optimizer.getConfig() }))
  const again = resolveOptimizer('test', json as never)
  expect(again).toBeInstanceOf(library[className as 'Adam'])
  expect(again.getConfig()).toEqual(optimizer.getConfig())
  const byClass = resolveOptimizer('test', library[className as 'Adam'] as never)
  expect(byClass.getConfig()).toEqual(optimizer.getConfig())
})

test('a schedule comes back from its configuration', () => {
  const schedule = schedules.CosineDecay(0.1, 10, 0.2)
  const json = JSON.stringify(new Adam(schedule).getConfig())
  const again = new Adam(JSON.parse(json) as object)
  expect(again.getConfig().learningRate).toEqual({
    className: 'CosineDecay',
    config: {
      ...{ initialLearningRate: 0.1, decaySteps: 10, alpha: 0.2, name: 'CosineDecay' },
      ...{ warmupTarget: null, warmupSteps: 0 },
    },
  })
  expect(again.learningRate).toBe(0.1)
  const halved = (step: number): number => 1 / (1 + step)
  expect(new Adam(halved).getConfig().learningRate).toBe('halved')
})

test('the learning rate may change later, to what is valid', () => {
  const adam = new Adam()
  adam.learningRate = 0
  expect(adam.learningRate).toBe(0)
  expect(() => (adam.learningRate = -1)).toThrow(
    '[Adam] learningRate must be a non-negative number, received -1',
  )
  adam.learningRate = (step: number) => 0.5 + step
  expect(adam.learningRate).toBe(0.5)
  expect(() => (adam.learningRate = 0.1)).toThrow(
    new StateError('Adam', 'has a schedule as its learning rate, which a number can not replace'),
  )
  expect(adam.learningRate).toBe(0.5)
})

const SHARE = 'a number from 0 up to, not including, 1'

test.each<[() => unknown, string]>([
  [() => new Adam(-1), '[Adam] learningRate must be a non-negative number, received -1'],
  [() => new Adam(NaN), '[Adam] learningRate must be a non-negative number, received NaN'],
  [() => new Adam({ lr: 1, learningRate: 1 }), '[Adam] takes learningRate or lr, received both'],
  [() => new Adam(0.1, 1), `[Adam] beta1 must be ${SHARE}, received 1`],
  [() => new Adam({ beta2: -0.1 }), `[Adam] beta2 must be ${SHARE}, received -0.1`],
  [() => new Adam({ epsilon: -1 }), '[Adam] epsilon must be a non-negative number, received -1'],
  [() => new Adam({ decay: -1 }), '[Adam] decay must be a non-negative number, received -1'],
  [() => new Adam({ amsgrad: wrong(1) }), '[Adam] amsgrad must be true or false, received 1'],
  [() => new Adam({ clipnorm: 0 }), '[Adam] clipnorm must be a positive number, received 0'],
  [
    () => new Adam({ clipvalue: wrong('1') }),
    '[Adam] clipvalue must be a positive number, received "1"',
  ],
  [
    () => new Adam({ clipvalue: 1, globalClipnorm: 1 }),
    '[Adam] takes one of clipnorm, clipvalue and globalClipnorm, received clipvalue and globalClipnorm',
  ],
  [
    () => new Adam({ weightDecay: -1 }),
    '[Adam] weightDecay must be a non-negative number, received -1',
  ],
  [
    () => new Adam({ emaMomentum: 2 }),
    '[Adam] emaMomentum must be a number from 0 to 1, received 2',
  ],
  [
    () => new Adam({ emaOverwriteFrequency: 0 }),
    '[Adam] emaOverwriteFrequency must be a positive integer, received 0',
  ],
  [
    () => new Adam({ lossScaleFactor: 0 }),
    '[Adam] lossScaleFactor must be a positive number, received 0',
  ],
  [() => new Adam({ name: '' }), '[Adam] name must be a non-empty string, received ""'],
  [
    () => new Adam(wrong({ learning_rate: 1 })),
    "[Adam] unknown option 'learning_rate'; known are learningRate, beta1, beta2, epsilon, amsgrad, weightDecay, clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency, lossScaleFactor, name, lr, decay",
  ],
  [() => new SGD(0.1, 1.5), '[SGD] momentum must be a number from 0 to 1, received 1.5'],
  [() => new RMSprop(0.1, 1), `[RMSprop] rho must be ${SHARE}, received 1`],
  [
    () => new Adagrad(0.1, -1),
    '[Adagrad] initialAccumulatorValue must be a non-negative number, received -1',
  ],
  [() => new Lion(0.1, 0), '[Lion] beta1 must be a number above 0, at most 1, received 0'],
  [
    () => new Adam(wrong({ learningRate: { className: 'Decay', config: {} } })),
    '[Adam] learningRate must be a LearningRateSchedule, a function, { className, config } or one of ExponentialDecay, PiecewiseConstantDecay, PolynomialDecay, InverseTimeDecay, CosineDecay, CosineDecayRestarts, received "Decay"',
  ],
  [
    () => new schedules.ExponentialDecay(0.1, 0, 0.5),
    '[ExponentialDecay] decaySteps must be a positive number, received 0',
  ],
  [
    () => new schedules.ExponentialDecay(wrong({ decaySteps: 1, decayRate: 1 })),
    '[ExponentialDecay] initialLearningRate must be a finite number, received undefined',
  ],
  [
    () => new schedules.PiecewiseConstantDecay([1, 2], [0.1, 0.2]),
    '[PiecewiseConstantDecay] needs one value more than boundaries, received 2 and 2',
  ],
  [
    () => new schedules.PiecewiseConstantDecay([NaN], [0.1, 0.2]),
    '[PiecewiseConstantDecay] boundaries must be a list of numbers, received [NaN]',
  ],
])('%#', (act, message) => {
  expect(act).toThrow(ArgumentError)
  expect(act).toThrow(new Error(message))
})
