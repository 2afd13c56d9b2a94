/** Layers without a binary: calls, names, shapes, configurations. */
import {
  Activation,
  BatchNormalization,
  Constant,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  Input,
  Layer,
  LeakyReLU,
  Model,
  ops,
  Reshape,
  Sequential,
  SymbolicTensor,
  UpSampling2D,
  ZeroPadding2D,
  type CallContext,
  type Weight,
} from '../../lib/index'
import { snakeCase } from '../../lib/layers/names'

const vector = Input({ shape: [6] })
const image = Input({ shape: [8, 10, 3] })

describe('with and without new', () => {
  const makers: [string, () => Layer, () => Layer][] = [
    ['Dense', () => Dense(2), () => new Dense(2)],
    ['Conv2D', () => Conv2D(2, { kernelSize: 3 }), () => new Conv2D(2, { kernelSize: 3 })],
    ['UpSampling2D', () => UpSampling2D(), () => new UpSampling2D()],
    ['BatchNormalization', () => BatchNormalization(), () => new BatchNormalization()],
    ['Activation', () => Activation('relu'), () => new Activation('relu')],
    ['LeakyReLU', () => LeakyReLU(0.2), () => new LeakyReLU(0.2)],
    ['Dropout', () => Dropout(0.5), () => new Dropout(0.5)],
    ['ZeroPadding2D', () => ZeroPadding2D(), () => new ZeroPadding2D()],
    ['Reshape', () => Reshape([-1]), () => new Reshape([-1])],
    ['Flatten', () => Flatten(), () => new Flatten()],
  ]
  test.each(makers)('%s', (name, plain, constructed) => {
    for (const layer of [plain(), constructed()]) {
      expect(layer).toBeInstanceOf(Layer)
      expect(typeof layer).toBe('function')
      expect(layer.constructor.name).toBe(name)
      const y = layer(image)
      expect(y).toBeInstanceOf(SymbolicTensor)
      expect(y.shape).toEqual(plain().apply(image).shape)
    }
  })

  test('instanceof the exported class', () => {
    expect(Dense(1)).toBeInstanceOf(Dense)
    expect(Dense(1)).not.toBeInstanceOf(Conv2D)
    expect(Sequential()).toBeInstanceOf(Sequential)
    expect(Model(vector, Dense(1)(vector))).toBeInstanceOf(Model)
  })
})

describe('names', () => {
  test.each([
    ['Dense', 'dense'],
    ['Conv2D', 'conv2d'],
    ['UpSampling2D', 'up_sampling2d'],
    ['ZeroPadding2D', 'zero_padding2d'],
    ['BatchNormalization', 'batch_normalization'],
    ['LeakyReLU', 'leaky_re_lu'],
    ['Conv2DTranspose', 'conv2d_transpose'],
    ['InputLayer', 'input_layer'],
    ['MyLayer', 'my_layer'],
  ])('%s is called as in Keras: %s', (className, name) => {
    expect(snakeCase(className)).toBe(name)
  })

  test('count up; a name of its own counts for nothing', () => {
    const number = ({ name }: Layer): number => Number(/^dropout_(\d+)$/.exec(name)?.[1])
    const first = number(Dropout(0.1))
    expect(Dropout(0.1, { name: 'mine' }).name).toBe('mine')
    expect(number(Dropout(0.1))).toBe(first + 1)
  })

  test('a label names class and layer', () => {
    expect(Dense(1, { name: 'd' }).label).toBe('Dense "d"')
    expect(Dense(1, { name: 'd' })(vector).node.operation.kind).toBe('layer')
  })
})

describe('shapes', () => {
  test.each<[Layer, SymbolicTensor, (number | null)[]]>([
    [Dense(4), vector, [null, 4]],
    [Dense(4), image, [null, 8, 10, 4]],
    [Conv2D(5, { kernelSize: 3 }), image, [null, 6, 8, 5]],
    [Conv2D(5, { kernelSize: [3, 5], padding: 'same', strides: 2 }), image, [null, 4, 5, 5]],
    [Conv2D(5, { kernelSize: 3, dilationRate: [1, 2] }), image, [null, 6, 6, 5]],
    [UpSampling2D({ size: [1, 3] }), image, [null, 8, 30, 3]],
    [BatchNormalization({ axis: 1 }), image, [null, 8, 10, 3]],
    [ZeroPadding2D({ padding: 2 }), image, [null, 12, 14, 3]],
    [ZeroPadding2D({ padding: [1, 2] }), image, [null, 10, 14, 3]],
    [
      ZeroPadding2D({
        padding: [
          [0, 1],
          [0, 2],
        ],
      }),
      image,
      [null, 9, 12, 3],
    ],
    [Reshape([3, -1]), vector, [null, 3, 2]],
    [Flatten(), image, [null, 240]],
  ])('%#', (layer, x, shape) => {
    expect(layer(x).shape).toEqual(shape)
  })

  test.each<[Layer, [string, number[]][]]>([
    [
      Dense(4, { name: 'l' }),
      [
        ['l/kernel', [3, 4]],
        ['l/bias', [4]],
      ],
    ],
    [Dense(4, { name: 'l', useBias: false }), [['l/kernel', [3, 4]]]],
    [
      Conv2D(5, { name: 'l', kernelSize: [2, 3] }),
      [
        ['l/kernel', [2, 3, 3, 5]],
        ['l/bias', [5]],
      ],
    ],
    [
      BatchNormalization({ name: 'l' }),
      ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name) => [`l/${name}`, [3]]),
    ],
    [
      BatchNormalization({ name: 'l', axis: 1, scale: false, center: false }),
      ['moving_mean', 'moving_variance'].map((name) => [`l/${name}`, [8]]),
    ],
    [LeakyReLU(), []],
  ])('weights %#', (layer, expected) => {
    layer(image)
    expect(layer.weights.map(({ name, shape }) => [name, shape])).toEqual(expected)
    expect(layer.countParams()).toBe(layer.weights.reduce((sum, { size }) => sum + size, 0))
  })
})

describe('configurations', () => {
  const own = (layer: Layer): Record<string, unknown> => {
    const { name, trainable, ...rest } = layer.getConfig()
    expect([typeof name, trainable]).toEqual(['string', true])
    return JSON.parse(JSON.stringify(rest)) as Record<string, unknown>
  }

  test.each<[Layer, Record<string, unknown>]>([
    [Dense(3, { activation: 'relu' }), { units: 3, activation: 'relu', useBias: true }],
    [Dense(3, { inputDim: 2 }), { units: 3, activation: 'linear', useBias: true, inputShape: [2] }],
    [
      Conv2D(3, { kernelSize: 2, strides: [1, 2], kernelInitializer: 'zeros' }),
      {
        ...{ filters: 3, kernelSize: [2, 2], strides: [1, 2], padding: 'valid' },
        ...{ dilationRate: [1, 1], activation: 'linear', useBias: true },
        kernelInitializer: 'zeros',
      },
    ],
    [
      BatchNormalization({ momentum: 0.8 }),
      { axis: -1, momentum: 0.8, epsilon: 1e-3, center: true, scale: true },
    ],
    [UpSampling2D(), { size: [2, 2], interpolation: 'nearest' }],
    [
      ZeroPadding2D({ padding: [1, 2] }),
      {
        padding: [
          [1, 1],
          [2, 2],
        ],
      },
    ],
    [LeakyReLU(), { negativeSlope: 0.3 }],
    [LeakyReLU({ alpha: 0.2 }), { negativeSlope: 0.2 }],
    [Dropout(0.25), { rate: 0.25 }],
    [Activation('tanh'), { activation: 'tanh' }],
    [Reshape([2, -1]), { targetShape: [2, -1] }],
    [Flatten(), {}],
  ])('%#', (layer, expected) => {
    expect(own(layer)).toMatchObject(expected)
  })

  test('name, trainable and inputShape', () => {
    const options = { name: 'd', trainable: false, inputShape: [3] }
    expect(Flatten(options).getConfig()).toMatchObject(options)
  })

  test('a configuration makes an equal layer', () => {
    const { filters, ...options } = Conv2D(3, { kernelSize: 2, activation: 'tanh' }).getConfig()
    const again = Conv2D(filters as number, options as { kernelSize: [number, number] })
    expect(again.getConfig()).toEqual({ filters, ...options })
  })
})

describe("a user's own layer", () => {
  class Scale extends Layer {
    private factor!: Weight
    seen: boolean[] = []

    constructor(readonly start = 2) {
      super({ name: 'scale' })
    }

    override build(x: SymbolicTensor): void {
      this.factor = this.addWeight('factor', [this.lastAxis(x)], new Constant(this.start))
    }

    override call(x: SymbolicTensor, context: CallContext): SymbolicTensor {
      this.seen.push(context.training)
      return ops.mul(x, this.factor.tensor)
    }
  }

  test('is callable, has fields and weights, fits into models', () => {
    const scale = new Scale(3)
    const model = new Model(vector, scale(Dense(4)(vector)))
    expect(scale.start).toBe(3)
    expect(scale.weights.map(({ name, shape }) => [name, shape])).toEqual([['scale/factor', [4]]])
    model.compile({ loss: 'mse', optimizer: 'adam' })
    expect(model.plan('train')).toContain('# Scale "scale", differentiable')
    expect(scale.seen).toEqual([false, true])
  })

  test('several inputs and outputs', () => {
    class Swap extends Layer<readonly SymbolicTensor[], readonly SymbolicTensor[]> {
      override call([a, b]: readonly SymbolicTensor[]): readonly SymbolicTensor[] {
        return [b!, a!]
      }
    }
    expect(new Swap()([vector, image]).map(({ shape }) => shape)).toEqual([
      image.shape,
      vector.shape,
    ])
  })

  test('what call returns is checked', () => {
    class Wrong extends Layer {
      override call(): SymbolicTensor {
        return 3 as unknown as SymbolicTensor
      }
    }
    expect(() => new Wrong({ name: 'w' })(vector)).toThrow(
      new Error(
        '[Wrong "w"] what call returns must be a symbolic tensor or a list of them, received 3',
      ),
    )
  })

  test('errors inside name the layer', () => {
    class Adds extends Layer {
      override call(x: SymbolicTensor): SymbolicTensor {
        return ops.add(x, image)
      }
    }
    expect(() => new Adds({ name: 'a' })(vector)).toThrow('[Adds "a" ops.add] shapes (None, 6)')
  })
})
