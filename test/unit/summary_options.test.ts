/** `summary()` of models that are no plain row of layers, and its options. */
import {
  BatchNormalization,
  Concatenate,
  Dense,
  Input,
  Model,
  ops,
  Sequential,
  type SymbolicTensor,
} from '../../lib/index'

/** Two inputs, a shared layer, an inner model; frozen after compile. */
function branching() {
  const a = Input({ shape: [4], name: 'a' })
  const b = Input({ shape: [4], name: 'b' })
  const shared = Dense(4, { name: 'shared' })
  const inner = new Sequential(
    [Dense(2, { name: 'first', inputDim: 4 }), BatchNormalization({ name: 'norm' })],
    { name: 'inner' },
  )
  const both = Concatenate({ name: 'both' })([shared(a), shared(b)])
  const model = new Model([a, b], [inner(shared(a)), Dense(1, { name: 'last' })(both)], {
    name: 'm',
  })
  return { model, shared, inner }
}

describe('options', () => {
  test('connections of a model that is no plain row, in the width of Keras 2', () => {
    const text = branching().model.summary({ print: false })
    expect(`${text}\n`).toMatchInlineSnapshot(`
     "Model: "m"
     __________________________________________________________________________________________________
     Layer (type)                    Output Shape         Param #     Connected to
     ==================================================================================================
     a (InputLayer)                  (None, 4)            0
     __________________________________________________________________________________________________
     b (InputLayer)                  (None, 4)            0
     __________________________________________________________________________________________________
     shared (Dense)                  (None, 4)            20          a[0][0]
                                                                      a[0][0]
                                                                      b[0][0]
     __________________________________________________________________________________________________
     both (Concatenate)              (None, 8)            0           shared[1][0]
                                                                      shared[2][0]
     __________________________________________________________________________________________________
     inner (Sequential)              (None, 2)            18          shared[0][0]
     __________________________________________________________________________________________________
     last (Dense)                    (None, 1)            9           both[0][0]
     ==================================================================================================
     Total params: 47
     Trainable params: 43
     Non-trainable params: 4
     __________________________________________________________________________________________________
     "
    `)
  })

  test('inner models, what is trainable now, and what was at compile', () => {
    const { model, shared, inner } = branching()
    shared.trainable = false
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    shared.trainable = true
    inner.trainable = false
    const text = model.summary({ print: false, expandNested: true, showTrainable: true })
    expect(`${text}\n`).toMatchInlineSnapshot(`
     "Model: "m"
     ________________________________________________________________________________________________________________________
     Layer (type)                    Output Shape         Param #     Connected to                     Trainable  At compile
     ========================================================================================================================
     a (InputLayer)                  (None, 4)            0
     ________________________________________________________________________________________________________________________
     b (InputLayer)                  (None, 4)            0
     ________________________________________________________________________________________________________________________
     shared (Dense)                  (None, 4)            20          a[0][0]                          Y          N
                                                                      a[0][0]
                                                                      b[0][0]
     ________________________________________________________________________________________________________________________
     both (Concatenate)              (None, 8)            0           shared[1][0]                     Y          Y
                                                                      shared[2][0]
     ________________________________________________________________________________________________________________________
     inner (Sequential)              (None, 2)            18          shared[0][0]                     N          Y
     ________________________________________________________________________________________________________________________
     | first (Dense)                 (None, 2)            10          inner_input[0][0]                N          Y
     ________________________________________________________________________________________________________________________
     | norm (BatchNormalization)     (None, 2)            8           first[0][0]                      N          Y
     ________________________________________________________________________________________________________________________
     last (Dense)                    (None, 1)            9           both[0][0]                       Y          Y
     ========================================================================================================================
     Total params: 47
     Trainable params: 29
     Trainable params (at compile): 23
     Non-trainable params: 18
     ________________________________________________________________________________________________________________________
     "
    `)
  })

  test('without compile there is no column for it', () => {
    const text = branching().model.summary({ print: false, showTrainable: true })
    expect(text).toMatch(/ Trainable$/m)
    expect(text).not.toContain('compile')
  })

  test('print takes the text, also alone, and lineLength the width', () => {
    const model = new Sequential([Dense(1, { inputDim: 1 })])
    const printed: string[] = []
    const print = (text: string): void => void printed.push(text)
    const text = model.summary({ print, lineLength: 50 })
    model.summary(print)
    expect(printed).toEqual([text, model.summary({ print: false })])
    expect(text.split('\n')[1]).toBe('_'.repeat(50))
    expect(text).toMatch(/^Layer \(type\) {10}Output Shape {8}Param #$/m)
  })

  test('a plain row of layers has no connections, ops between layers are named', () => {
    const x = Input({ shape: [2], name: 'x' })
    const plain = new Model(x, Dense(1, { name: 'd' })(x)).summary({ print: false })
    expect(plain).toContain(`\n${'_'.repeat(65)}\n`)
    const text = new Model(x, Dense(1, { name: 'e' })(ops.mul(x, 2))).summary({ print: false })
    expect(text).toMatch(/^e \(Dense\) .* ops\.mul\[0\]\[0\]$/m)
  })

  test('a model that computes in call lists its layers', () => {
    class Own extends Model {
      private readonly dense = Dense(2, { name: 'dense' })
      override call(x: SymbolicTensor): SymbolicTensor {
        return this.dense(x)
      }
    }
    const model = new Own({ name: 'own' })
    model(Input({ shape: [3] }))
    expect(model.summary({ print: false })).toMatch(/^dense \(Dense\) +multiple +8$/m)
  })

  test.each([
    [{ print: 'x' }, 'print must be a function or false, received "x"'],
    [{ lineLength: 0 }, 'lineLength must be a positive integer, received 0'],
    [{ expandNested: 1 }, 'expandNested must be true or false, received 1'],
    [{ showTrainable: 'yes' }, 'showTrainable must be true or false, received "yes"'],
    [{ width: 3 }, "unknown option 'width'"],
  ])('%p', (options, message) => {
    const model = new Sequential([Dense(1, { inputDim: 1 })], { name: 's' })
    expect(() => model.summary(options as never)).toThrow(`[Sequential "s" summary] ${message}`)
  })
})
