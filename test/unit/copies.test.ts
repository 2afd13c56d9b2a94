/** Copies: of compiled models, of optimizers, of layers from their configs. */
import {
  Adam,
  BatchNormalization,
  cloneModel,
  Dense,
  Dropout,
  Input,
  layerFromConfig,
  LossScaleOptimizer,
  Model,
  Sequential,
  SGD,
  SpectralNormalization,
  type AnyLayer,
  type Optimizer,
} from '../../lib/index'

function compiled(optimizer: Optimizer | 'adam', name?: string): Sequential {
  const model = Sequential([Dense(2, { inputDim: 3, name: 'dense' })], { name: name ?? 'compiled' })
  model.compile({ loss: 'mse', optimizer, metrics: ['mae'], frozenBatchNorm: 'moving' })
  return model
}

describe('cloneModel', () => {
  test('compiles the copy as the model is now, with an optimizer of its own', () => {
    const model = compiled('adam')
    model.optimizer.learningRate = 0.25
    const copy = cloneModel(model)
    expect(copy.compileOptions).toMatchObject({ loss: 'mse', frozenBatchNorm: 'moving' })
    expect(copy.metricsNames).toEqual(['loss', 'mae'])
    expect(copy.optimizer).not.toBe(model.optimizer)
    expect(copy.optimizer.getConfig()).toEqual(model.optimizer.getConfig())
    expect(copy.optimizer.learningRate).toBe(0.25)
    expect(copy.toJSON()).toBe(model.toJSON())
  })

  test('a model that is not compiled, or not built, stays so', () => {
    const model = Sequential([Dense(2, { inputDim: 3 })])
    expect(cloneModel(model).compileOptions).toBeUndefined()
    const open = Sequential([Dense(2)])
    open.compile({ loss: 'mse', optimizer: 'sgd' })
    const copy = cloneModel(open)
    expect(copy.built).toBe(false)
    expect(copy.compileOptions?.optimizer).toBeInstanceOf(SGD)
  })

  test('inner models are compiled as Keras does: where they are cloned themselves', () => {
    const inner = compiled('adam', 'inner')
    const x = Input({ shape: [3] })
    const model = Model(x, inner(x))
    const innerOf = (recursive: boolean): unknown =>
      cloneModel(model, { recursive }).getLayer('inner')
    expect((innerOf(true) as Sequential).compileOptions).toMatchObject({ loss: 'mse' })
    expect((innerOf(false) as Sequential).compileOptions).toBeUndefined()
  })
})

test('optimizers are copied with what JSON has no place for', () => {
  const halving = (step: number): number => 0.5 ** step
  for (const optimizer of [
    new Adam({ learningRate: halving, clipnorm: 2, useEma: true, name: 'halving' }),
    new LossScaleOptimizer(new SGD({ learningRate: halving, momentum: 0.5 }), 8, 2),
  ]) {
    const copy = optimizer.copy()
    expect(copy).toBeInstanceOf(optimizer.constructor)
    expect(copy.getConfig()).toEqual(optimizer.getConfig())
    const slots = copy.createSlots([])
    expect([copy.nextRate(slots), copy.nextRate(slots)]).toEqual([1, 0.5])
  }
})

describe('layerFromConfig', () => {
  test('makes layers and models, and what is in them, anew', () => {
    const dropout = Dropout(0.25, { seed: 3, name: 'drop' })
    const copy = layerFromConfig('Dropout', { ...dropout.getConfig(), seed: 1337 })
    expect(copy).toBeInstanceOf(Dropout)
    expect(copy.getConfig()).toEqual({ ...dropout.getConfig(), seed: 1337 })
    const inner = Dense(2)
    const outer = SpectralNormalization(inner)
    const again = layerFromConfig('SpectralNormalization', outer.getConfig())
    expect((again.getConfig() as { layer: AnyLayer }).layer).not.toBe(inner)
    const model = Sequential([Dense(2, { inputDim: 3 }), BatchNormalization()])
    const other = layerFromConfig('Sequential', model.getConfig()) as unknown as Sequential
    expect(other.toJSON()).toBe(model.toJSON())
    expect(other.layers[0]).not.toBe(model.layers[0])
  })

  test.each([
    [[3, {}], '[layerFromConfig] className must be a string, received 3'],
    [['Dense', null], '[layerFromConfig] config must be an object, received null'],
    [['Dense', {}, 3], '[layerFromConfig] customObjects must be an object, received 3'],
    [['Dens', {}], /\[layerFromConfig\] can't make the layer Dens: .*there is no layer class Dens/],
    [['Dense', { units: 0 }], /can't make the layer Dense: .*units must be a positive integer/],
  ])('%j', (given, message) => {
    expect(() => layerFromConfig(...(given as [never, never]))).toThrow(message)
  })
})
