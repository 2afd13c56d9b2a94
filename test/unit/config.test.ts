/** Models as configs and JSON, and copies of models; what Keras makes of them is in test/native/config.test.ts. */
import {
  Activation,
  Adam,
  BatchNormalization,
  cloneModel,
  Dense,
  Input,
  Layer,
  LeakyReLU,
  Model,
  modelFromJSON,
  ops,
  registerLayer,
  registerSerializable,
  Sequential,
  type AnyLayer,
  type AnyModel,
  type SymbolicTensor,
  type Tensors,
} from '../../lib/index'

/** Shared layers, inner models that are called twice, several outputs, some from inner models. */
type Three = [SymbolicTensor, SymbolicTensor, SymbolicTensor]

function shared(): Model<[SymbolicTensor], Three> {
  const stack = Sequential(
    [
      Dense(4, { inputDim: 3, activation: 'relu', kernelRegularizer: 'l2', name: 'stacked' }),
      BatchNormalization({ name: 'norm' }),
      LeakyReLU({ alpha: 0.2, name: 'leaky' }),
    ],
    { name: 'stack' },
  )
  const z = Input({ shape: [3], name: 'z' })
  const inner = Model(z, Dense(3, { name: 'inside' })(z), { name: 'inner' })
  const x = Input({ shape: [3], name: 'x' })
  const dense = Dense(3, { name: 'dense' })
  const first = stack(dense(x))
  const second = inner(dense(inner(x)))
  return new Model([x], [second, first, stack(second)], { name: 'shared' })
}

const formats = ['keras3', 'keras2'] as const

describe.each(formats)('%s', (format) => {
  test('JSON that was read is written as it was', () => {
    const text = shared().toJSON({ format })
    expect(modelFromJSON(text).toJSON({ format })).toBe(text)
    expect(shared().toJSON({ format, indent: 1 })).toBe(JSON.stringify(JSON.parse(text), null, 1))
  })

  test('a model of one tensor keeps it, a list of one keeps the list', () => {
    const x = Input({ shape: [2], name: 'x' })
    const y = Dense(1, { name: 'y' })(x)
    const single = modelFromJSON(Model(x, y).toJSON({ format }))
    const tensor = Input({ shape: [2] })
    const call = (model: AnyModel, input: SymbolicTensor): Tensors =>
      (model as unknown as (tensors: Tensors) => Tensors)(input)
    expect(Array.isArray(call(single, tensor))).toBe(false)
    const list = modelFromJSON(Model([x], [y]).toJSON({ format }))
    // Keras 2 writes both alike, and gives one tensor for both.
    expect(Array.isArray(call(list, tensor))).toBe(format === 'keras3')
  })

  test('layers in several inner models stay one layer', () => {
    const dense = Dense(2, { name: 'dense' })
    const [a, b] = ['a', 'b'].map((name) =>
      Sequential([Input({ shape: [2], name }), dense], { name }),
    )
    const model = Sequential([a as Sequential, b as Sequential])
    const again = modelFromJSON(model.toJSON({ format }))
    expect(again.weights).toHaveLength(2)
  })
})

test('JSON.stringify writes the text as a string', () => {
  const model = shared()
  expect(JSON.parse(JSON.stringify({ model }))).toEqual({ model: model.toJSON() })
})

test('a Sequential without an input shape stays without one', () => {
  const model = Sequential([Dense(2), Activation('tanh')])
  const again = modelFromJSON(model.toJSON())
  expect(again.built).toBe(false)
  expect(again.toJSON()).toBe(model.toJSON())
})

test('fromConfig makes what getConfig described', () => {
  const model = shared()
  expect(Model.fromConfig(model.getConfig()).toJSON()).toBe(model.toJSON())
  const stack = model.getLayer('stack') as unknown as Sequential
  expect(Sequential.fromConfig(stack.getConfig()).toJSON()).toBe(stack.toJSON())
})

test('what is not trainable stays so', () => {
  const model = shared()
  model.getLayer('inner').trainable = false
  for (const again of [modelFromJSON(model.toJSON()), cloneModel(model)]) {
    expect(again.getLayer('inner').trainable).toBe(false)
    expect(again.getLayer('dense').trainable).toBe(true)
  }
})

describe('cloneModel', () => {
  test('same layers and connections, other weights', () => {
    const model = shared()
    for (const recursive of [false, true]) {
      const copy = cloneModel(model, { recursive })
      expect(copy.toJSON()).toBe(model.toJSON())
      expect(copy.weights.some((weight) => model.weights.includes(weight))).toBe(false)
    }
  })

  test('on given tensors, with layers of another kind', () => {
    const model = Sequential([Dense(2, { inputDim: 3, name: 'dense' }), Dense(1, { name: 'last' })])
    const x = Input({ shape: [5], name: 'five' })
    const cloneFunction = (layer: AnyLayer): AnyLayer =>
      Dense(layer.name === 'last' ? 4 : 3, { name: `${layer.name}_copy` })
    const copy = cloneModel(model, { inputTensors: x, cloneFunction })
    expect(copy.inputs[0]).toBe(x)
    expect(copy.layers.map(({ name }) => name)).toEqual(['dense_copy', 'last_copy'])
    expect(copy.outputs[0]?.shape).toEqual([null, 4])
  })

  test('inner models go to cloneFunction whole, or layer by layer', () => {
    const seen: string[] = []
    const keep = (layer: AnyLayer): AnyLayer => {
      seen.push(layer.name)
      return layer
    }
    cloneModel(shared(), { cloneFunction: keep })
    expect(seen).toEqual(expect.arrayContaining(['inner', 'dense', 'stack']))
    expect(seen).toHaveLength(3)
    cloneModel(shared(), { cloneFunction: keep, recursive: true })
    expect(seen.slice(3).sort()).toEqual(['dense', 'inside', 'leaky', 'norm', 'stacked'])
  })

  test('wrong arguments', () => {
    const model = shared()
    const fails =
      (options: unknown): unknown =>
      () =>
        cloneModel(model, options as never)
    expect(() => cloneModel(3 as never)).toThrow('[cloneModel] model must be a model, received 3')
    expect(fails({ inputTensors: 3 })).toThrow(
      '[cloneModel] inputTensors must be a symbolic tensor, a list or a record of them, received 3',
    )
    const x = Input({ shape: [3] })
    expect(fails({ inputTensors: [x, x] })).toThrow('[cloneModel] takes 1 inputTensors, received 2')
    expect(fails({ cloneFunction: () => 3 })).toThrow(
      '[cloneModel] what cloneFunction returns must be a layer, received 3',
    )
    expect(fails({ cloneFunctoin: 3 })).toThrow("unknown option 'cloneFunctoin'")
  })
})

describe('things of users', () => {
  class ScaleLayer extends Layer {
    readonly factor: number

    constructor(options: { readonly factor?: number; readonly name?: string } = {}) {
      const { factor = 2, ...rest } = options
      super(rest)
      this.factor = factor
    }

    override call(x: SymbolicTensor): SymbolicTensor {
      return ops.mul(x, this.factor)
    }

    override getConfig(): Record<string, unknown> {
      return { ...super.getConfig(), factor: this.factor }
    }
  }
  const make = (layer: Layer): Sequential => Sequential([Input({ shape: [2], name: 'x' }), layer])
  const doubled = (x: SymbolicTensor): SymbolicTensor => ops.mul(x, 2)

  test('an unregistered layer is copied, but not written', () => {
    const model = make(new ScaleLayer({ factor: 3, name: 'scale' }))
    expect(() => model.toJSON()).toThrow(
      '[ScaleLayer "scale"] is of the class ScaleLayer, which JSON can\'t name; make it known with registerLayer',
    )
  })

  test('customObjects has layers by name', () => {
    class Scale extends ScaleLayer {}
    const text = make(registerLayer(ScaleLayer, { name: 'Other' })({ factor: 3 })).toJSON()
    const renamed = text.replaceAll('Custom>Other', 'kgan>Scale').replaceAll('"Other"', '"Scale"')
    expect(() => modelFromJSON(renamed)).toThrow('there is no layer class Scale')
    for (const name of ['Scale', 'kgan>Scale']) {
      const [scale] = modelFromJSON(renamed, { customObjects: { [name]: Scale } }).layers
      expect(scale).toBeInstanceOf(Scale)
      expect((scale as unknown as Scale).factor).toBe(3)
    }
  })

  test.each(formats)('registered layers and functions, %s', (format) => {
    const Scale = registerLayer(ScaleLayer, { package: 'mine', name: 'Scale' })
    registerSerializable(doubled, { package: 'mine' })
    const model = Sequential([
      Input({ shape: [2], name: 'x' }),
      Scale({ factor: 3 }),
      Dense(2, { activation: doubled, kernelConstraint: doubled, name: 'dense' }),
    ])
    const text = model.toJSON({ format })
    const again = modelFromJSON(text)
    expect(again.toJSON({ format })).toBe(text)
    expect(again.layers[1]?.getConfig()).toMatchObject({
      activation: doubled,
      kernelConstraint: doubled,
    })
  })

  test('a number that JSON lacks is refused', () => {
    const Scale = registerLayer(ScaleLayer, { name: 'Scale' })
    const model = make(Scale({ factor: Infinity, name: 'scale' }))
    expect(() => model.toJSON()).toThrow(
      '[Scale "scale"] factor is Infinity, which JSON can\'t hold',
    )
  })

  test('functions without a name that is known are refused', () => {
    const model = make(Dense(2, { activation: (x) => ops.mul(x, 3), name: 'dense' }))
    expect(() => model.toJSON()).toThrow(
      /^\[Dense "dense"\] activation is .*, which JSON can't hold; make it known by name with registerSerializable$/,
    )
    const regularized = make(Dense(2, { biasRegularizer: (w) => ops.sum(w), name: 'dense' }))
    expect(() => regularized.toJSON()).toThrow('[Dense "dense"] biasRegularizer is')
  })

  test('registerSerializable refuses names that JSON could mistake', () => {
    expect(() => registerSerializable(3 as never)).toThrow(
      '[registerSerializable] target must be a function or a class, received 3',
    )
    expect(() => registerSerializable(doubled, { name: 'a>b' })).toThrow(
      '[registerSerializable] name must be a non-empty string without \'>\', received "a>b"',
    )
    expect(() => registerSerializable((x: never) => x, { name: '' })).toThrow('name must be')
  })
})

describe('compile in JSON', () => {
  const compiled = (loss: never): Sequential => {
    const model = Sequential([Dense(1, { inputDim: 2, name: 'dense' })], { name: 'compiled' })
    model.compile({ loss, optimizer: new Adam(0.25, 0.5), metrics: ['accuracy'] })
    return model
  }
  const own = (yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor =>
    ops.sub(yTrue, yPred)

  test('is read where Keras 3 wrote it, and left out on demand', () => {
    const text = compiled('mse' as never).toJSON()
    expect(modelFromJSON(text).compileOptions).toMatchObject({
      loss: 'mse',
      metrics: ['accuracy'],
      optimizer: { learningRate: 0.25, beta1: 0.5 },
    })
    expect(modelFromJSON(text).toJSON()).toBe(text)
    expect(modelFromJSON(text, { compile: false }).compileOptions).toBeUndefined()
    expect(compiled('mse' as never).toJSON({ format: 'keras2' })).not.toContain('Adam')
  })

  test('is not written with a loss that has no name; a registered one is', () => {
    expect(compiled(own as never).toJSON()).not.toContain('compile_config')
    registerSerializable(own, { package: 'mine', name: 'own' })
    const text = compiled(own as never).toJSON()
    expect(modelFromJSON(text).compileOptions?.loss).toBe(own)
    const elsewhere = text.replaceAll('mine>own', 'other>own')
    expect(modelFromJSON(elsewhere, { customObjects: { own } }).compileOptions?.loss).toBe(own)
    expect(() => modelFromJSON(elsewhere)).toThrow(/loss must be .*received "other>own"/)
  })

  test('what is wrong in it', () => {
    const text = compiled('mse' as never).toJSON()
    expect(() => modelFromJSON(text.replace('"mse"', '"msee"'))).toThrow(/loss must be/)
    expect(() => modelFromJSON(text.replace('"Adam"', '"Eve"'))).toThrow(/optimizer must be/)
    expect(() => modelFromJSON(text, { compile: 1 as never })).toThrow(
      '[modelFromJSON] compile must be true or false, received 1',
    )
  })
})
