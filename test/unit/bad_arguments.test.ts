/** Layers, losses, metrics, optimizers and their parts, given what they don't expect. */
import * as library from '../../lib/index'
import { GantorchError } from '../../lib/index'
import { placeholder, type SymbolicTensor } from '../../lib/graph/tensor'
import { layerFromConfig, layerNames } from '../../lib/layers/registry'
import type { DType, Shape } from '../../binding'

const tensor = (shape: Shape, dtype: DType = 'float32'): SymbolicTensor =>
  placeholder('x', { shape, dtype })
const wrong = (value: unknown): never => value as never

const vectors = tensor([null, 4])
const images = tensor([null, 6, 6, 4])

const { BatchNormalization, Concatenate, Conv2D, Dense, ELU, LayerNormalization } = library
const { LeakyReLU, losses, metrics, ReLU, Softmax, SpectralNormalization, ZeroPadding2D } = library
const object = 'options must be an object, received'

test.each<[act: () => unknown, message: string]>([
  [
    () => Dense(1, { name: 'l' })(wrong([vectors, vectors])),
    '[Dense "l"] takes one tensor, received a list of 2',
  ],
  [
    () => Conv2D(1, { name: 'l', kernelSize: 1 })(wrong([images])),
    'takes one tensor, received a list of 1',
  ],
  [() => Dense(1, wrong(null)), `[Dense] ${object} null`],
  [() => BatchNormalization(wrong(0.8)), `[BatchNormalization] ${object} 0.8`],
  [() => LayerNormalization(wrong(null)), `[LayerNormalization] ${object} null`],
  [() => ZeroPadding2D(wrong(null)), `[ZeroPadding2D] ${object} null`],
  [() => LeakyReLU(0.2, wrong('relu')), `[LeakyReLU] ${object} "relu"`],
  [() => ReLU(6, wrong(0.1)), `[ReLU] ${object} 0.1`],
  [() => ELU(1, wrong([])), `[ELU] ${object} []`],
  [() => Softmax(1, wrong(2)), `[Softmax] ${object} 2`],
  [() => Concatenate(1, wrong(2)), `[Concatenate] ${object} 2`],
  [() => SpectralNormalization(wrong(null)), 'layer must be a layer, received null'],
  [
    () => BatchNormalization({ name: 'l', epsilon: Infinity }),
    '[BatchNormalization "l"] epsilon must be a positive number, received Infinity',
  ],
  [
    () => losses.meanSquaredError(wrong([1]), vectors),
    '[losses.meanSquaredError] yTrue must be a symbolic tensor, received [1]',
  ],
  [
    () => new losses.MeanSquaredError()(vectors, wrong(undefined)),
    '[MeanSquaredError] yPred must be a symbolic tensor, received undefined',
  ],
  [
    () => new losses.MeanSquaredError()(vectors, vectors, wrong(2)),
    '[MeanSquaredError] sampleWeight must be a symbolic tensor, received 2',
  ],
  [
    () => metrics.binaryAccuracy(vectors, vectors, wrong({ treshold: 0.7 })),
    "[metrics.binaryAccuracy] unknown option 'treshold'; known are threshold",
  ],
  [
    () => metrics.topKCategoricalAccuracy(vectors, vectors, { k: 0 }),
    '[metrics.topKCategoricalAccuracy] k must be a positive integer, received 0',
  ],
  [
    () => metrics.categoricalAccuracy(vectors, wrong(null)),
    '[metrics.categoricalAccuracy] yPred must be a symbolic tensor, received null',
  ],
  [
    () => new metrics.MeanMetricWrapper(wrong(null)),
    '[MeanMetricWrapper] values must be a function of targets and predictions, received null',
  ],
])('%s', (act, message) => {
  expect(act).toThrow(GantorchError)
  expect(act).toThrow(message)
})

const JUNK: readonly unknown[] = [
  ...[undefined, null, true, 0, -1, 1.5, NaN, Infinity, 2n, Symbol('a'), 'x', '__proto__'],
  ...['constructor', () => 1, new Float32Array(2), [], [1, 2, 3], [0, 0], {}],
  ...[Object.create(null) as unknown, { className: 'constructor', config: {} }],
  ...[{ className: 'l2', config: 3 }, new library.L2(0.1), library.Adam],
]

/** What did neither work nor end in an error of gantorch. */
function stumbles(name: string, act: () => unknown): string[] {
  try {
    act()
    return []
  } catch (error) {
    return error instanceof GantorchError ? [] : [`${name}: ${String(error)}`]
  }
}

type Make = (...args: unknown[]) => unknown

/** With new where the name is a class's. */
function make(name: string, target: unknown): Make {
  const isClass = /^[A-Z]/.test(name)
  return (...args) =>
    isClass ? Reflect.construct(target as never, args) : (target as Make)(...args)
}

const POSITIONAL: readonly unknown[][] = [
  ...[[], [3], [2, 2], [{ kernelSize: 2 }], [3, { kernelSize: 2 }], [[-1]], ['relu'], [[1]]],
  ...[[0.5], [0.5, 0.5], [0.1, 10, 0.5], [Dense(2)], [(x: unknown) => x], [new library.Adam()]],
]

/** The options of an object of that class, made somehow. */
function optionsOf(build: Make): Record<string, unknown> | undefined {
  for (const args of POSITIONAL) {
    try {
      return (build(...args) as { getConfig(): Record<string, unknown> }).getConfig()
    } catch {
      continue
    }
  }
  return undefined
}

const INPUTS: readonly unknown[] = [
  ...[new Float32Array(3), 3, undefined, null, [], [images, images], [images], [vectors, 3]],
  ...[
    tensor([]),
    tensor([null]),
    vectors,
    tensor([null, 4, 4]),
    images,
    tensor([null, 2, 2, 2, 2]),
  ],
  ...[tensor([null, 4], 'int32'), tensor([null, 6, 6, 4], 'uint8'), tensor([null, 4], 'bool')],
  ...[tensor([null, null, null]), tensor([null, null, null, null]), tensor([null, 0, 0, 4])],
  ...[
    [vectors, tensor([null, 3, 4])],
    [tensor([null, 4], 'int32'), vectors],
  ],
]

test.each(layerNames())('%s takes or refuses options and inputs', (name) => {
  const build = make(name, library[name as keyof typeof library])
  const config = { ...optionsOf(build), name: 'l' }
  expect(Object.keys(config).length).toBeGreaterThan(1)
  const found = [
    ...JUNK.flatMap((junk) => [
      ...stumbles(`${name}(junk)`, () => build(junk)),
      ...stumbles(`${name}(3, junk)`, () => build(3, junk)),
      ...Object.keys(config).flatMap((option) =>
        stumbles(option, () => layerFromConfig(name, { ...config, [option]: junk })),
      ),
    ]),
    ...INPUTS.flatMap((x) => stumbles(`${name}(x)`, () => layerFromConfig(name, config)(wrong(x)))),
  ]
  expect(found).toEqual([])
})

const { Adadelta, Adagrad, Adam, Adamax, AdamW, Lion, Nadam, RMSprop, SGD } = library
const { Constant, GlorotUniform, Orthogonal, RandomNormal, VarianceScaling } = library
const { Clip, L1, L1L2, L2, MaxNorm, MinMaxNorm, NonNeg, UnitNorm } = library
const optimizers = { Adadelta, Adagrad, Adam, Adamax, AdamW, Lion, Nadam, RMSprop, SGD }
const initializers = { Constant, GlorotUniform, Orthogonal, RandomNormal, VarianceScaling }
const others = { Clip, L1, L1L2, L2, MaxNorm, MinMaxNorm, NonNeg, UnitNorm }
const families = { losses, metrics, optimizers, initializers, others, schedules: library.schedules }

test.each(Object.entries(families))('%s take or refuse arguments', (_, family) => {
  const found = Object.entries(family).flatMap(([name, target]) => {
    if (typeof target !== 'function') return []
    const build = make(name, target)
    const config = optionsOf(build) ?? {}
    return JUNK.flatMap((junk) => [
      ...stumbles(`${name}(junk)`, () => build(junk)),
      ...stumbles(`${name}(1, junk)`, () => build(1, junk)),
      ...stumbles(`${name}(x, junk)`, () => build(vectors, junk)),
      ...stumbles(`${name}(x, x, junk)`, () => build(vectors, vectors, junk)),
      ...Object.keys(config).flatMap((option) =>
        stumbles(`${name} ${option}`, () => build({ ...config, [option]: junk })),
      ),
    ])
  })
  expect(found).toEqual([])
})
