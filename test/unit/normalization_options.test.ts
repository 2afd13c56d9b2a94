/** What normalising layers refuse, and in which words; their shapes and configs. */
import * as library from '../../lib/index'
import { Input } from '../../lib/index'
import { expectRefusal } from './refusal'
import { layerFromConfig } from '../../lib/layers/registry'

const { BatchNormalization, GroupNormalization, InstanceNormalization } = library
const { LayerNormalization, RMSNormalization, UnitNormalization } = library

const image = Input({ shape: [4, 5, 6] })
const vector = Input({ shape: [6] })
const name = 'l'

/** Any value where TypeScript would not let it through. */
const wrong = (value: unknown): never => value as never

type Case = [what: string, act: () => unknown, message: string]

const cases: Case[] = [
  [
    'synchronized',
    () => BatchNormalization(wrong({ synchronized: true })),
    '[BatchNormalization] does not take synchronized: there is one device, whose batch is normalised as a whole',
  ],
  [
    'renorm',
    () => BatchNormalization(wrong({ renorm: true })),
    '[BatchNormalization] does not take renorm: batch renormalisation is not available',
  ],
  [
    'movingMeanInitializer',
    () => BatchNormalization({ name, movingMeanInitializer: wrong('ons') }),
    '[BatchNormalization "l"] movingMeanInitializer must be an Initializer, a function, ',
  ],
  [
    'gammaInitializer',
    () => LayerNormalization({ name, gammaInitializer: wrong(1) }),
    '[LayerNormalization "l"] gammaInitializer must be an Initializer, a function, ',
  ],
  [
    'betaRegularizer',
    () => GroupNormalization({ name, betaRegularizer: wrong('l3') }),
    '[GroupNormalization "l"] betaRegularizer must be a Regularizer, a function, ',
  ],
  [
    'gammaConstraint',
    () => InstanceNormalization({ name, gammaConstraint: wrong('positive') }),
    '[InstanceNormalization "l"] gammaConstraint must be a Constraint, a function, ',
  ],
  [
    'center',
    () => LayerNormalization({ name, center: wrong('no') }),
    '[LayerNormalization "l"] center must be true or false, received "no"',
  ],
  [
    'rmsScaling',
    () => LayerNormalization({ name, rmsScaling: wrong(1) }),
    '[LayerNormalization "l"] rmsScaling must be true or false, received 1',
  ],
  [
    'axis of a wrong type',
    () => LayerNormalization({ name, axis: wrong([1, 'x']) }),
    '[LayerNormalization "l"] axis must be an integer or a list of them, received [1, "x"]',
  ],
  [
    'axis beyond the input',
    () => LayerNormalization({ name, axis: 2 })(vector),
    '[LayerNormalization "l"] axis must be different axes of (None, 6), received 2',
  ],
  [
    'the same axis twice',
    () => UnitNormalization({ name, axis: [-1, 1] })(vector),
    '[UnitNormalization "l"] axis must be different axes of (None, 6), received [-1, 1]',
  ],
  [
    'the batch axis',
    () => LayerNormalization({ name, axis: [0, 1] })(vector),
    '[LayerNormalization "l"] needs an input whose axis 0 is known, received (None, 6)',
  ],
  [
    'groups',
    () => GroupNormalization({ name, groups: 0 }),
    '[GroupNormalization "l"] groups must be a positive integer or -1, received 0',
  ],
  [
    'groups that do not divide',
    () => GroupNormalization({ name, groups: 4 })(image),
    '[GroupNormalization "l"] can\'t divide 6 channels into 4 groups of equal size',
  ],
  [
    'GroupNormalization axis',
    () => GroupNormalization({ name, axis: 0 }),
    '[GroupNormalization "l"] axis must be an axis other than the batch, received 0',
  ],
  [
    'GroupNormalization axis beyond the input',
    () => GroupNormalization({ name, groups: 1, axis: -2 })(vector),
    '[GroupNormalization "l"] axis must be different axes of (None, 6), from 1 on, received -2',
  ],
  [
    'InstanceNormalization axis',
    () => InstanceNormalization({ name, axis: 0 }),
    '[InstanceNormalization "l"] axis must be null or an axis other than the batch, received 0',
  ],
  [
    'InstanceNormalization axis of vectors',
    () => InstanceNormalization({ name, axis: -1 })(vector),
    '[InstanceNormalization "l"] with an axis needs an input with other axes beside it',
  ],
  [
    'RMSNormalization epsilon',
    () => RMSNormalization({ name, epsilon: -1 }),
    '[RMSNormalization "l"] epsilon must be a positive number, received -1',
  ],
  [
    'unknown option',
    () => RMSNormalization(wrong({ scale: false })),
    "[RMSNormalization] unknown option 'scale'; known are axis, epsilon, ",
  ],
]

test.each(cases)('%s', (_, act, message) => {
  expectRefusal(act, message)
})

test('options of Keras that say nothing new are taken', () => {
  const config = { synchronized: false, renorm: false, renormMomentum: 0.99 }
  expect(BatchNormalization(wrong({ name, ...config })).getConfig()).not.toHaveProperty('renorm')
})

test('shapes stay, and weights have the lengths of their axes', () => {
  const layer = LayerNormalization({ axis: [1, 3] })
  expect(layer(image).shape).toEqual([null, 4, 5, 6])
  expect(layer.weights.map(({ shape }) => shape)).toEqual([
    [4, 6],
    [4, 6],
  ])
  const all = InstanceNormalization()
  expect(all(image).shape).toEqual([null, 4, 5, 6])
  expect(all.countParams()).toBe(2)
  expect(GroupNormalization({ groups: 3 })(image).shape).toEqual([null, 4, 5, 6])
})

test.each([
  [
    'BatchNormalization',
    { momentum: 0.5, movingMeanInitializer: 'ones', gammaConstraint: 'non_neg' },
  ],
  ['LayerNormalization', { axis: [1, 2], rmsScaling: true, scale: true, center: false }],
  ['GroupNormalization', { groups: -1, axis: 1, betaRegularizer: 'l1' }],
  ['InstanceNormalization', { axis: -1, epsilon: 0.5, gammaInitializer: 'zeros' }],
  ['UnitNormalization', { axis: [1, 2] }],
  ['RMSNormalization', { axis: -1, epsilon: 0.5 }],
])('%s: getConfig makes an equal layer', (className, options) => {
  const config = layerFromConfig(className, options).getConfig()
  expect(config).toMatchObject(options)
  expect(layerFromConfig(className, config).getConfig()).toEqual(config)
})
