/** What models tell about themselves, and how Sequential changes. */
import {
  Add,
  ArgumentError,
  BatchNormalization,
  Dense,
  Input,
  Model,
  NDArray,
  Sequential,
  setDevice,
  StateError,
  toCategorical,
} from '../../lib/index'

const stack = (): Sequential =>
  new Sequential([Dense(3, { inputDim: 2 }), BatchNormalization(), Dense(1)], { name: 's' })

test('trainable and other weights, by what is trainable now', () => {
  const model = stack()
  const names = (list: readonly { name: string }[]): string[] =>
    list.map(({ name }) => name.replace(/^.*\//, ''))
  const all = ['kernel', 'bias', 'gamma', 'beta', 'kernel', 'bias']
  expect(names(model.trainableWeights)).toEqual(all)
  expect(names(model.nonTrainableWeights)).toEqual(['moving_mean', 'moving_variance'])
  model.layers[0]!.trainable = false
  expect(names(model.trainableWeights)).toEqual(all.slice(2))
  expect(model.nonTrainableWeights).toHaveLength(4)
})

test('pop takes the last layer off', () => {
  const model = stack()
  model.compile({ loss: 'mse', optimizer: 'adam' })
  const last = model.pop()
  expect(last.weights).toHaveLength(2)
  expect(model.outputs[0]!.shape).toEqual([null, 3])
  expect(() => model.plan('train')).toThrow(StateError)
  model.add(Dense(4))
  expect(model.outputs[0]!.shape).toEqual([null, 4])
  const empty = new Sequential([], { name: 'e' })
  expect(() => empty.pop()).toThrow('[Sequential "e"] has no layer to take off')
})

test('a Sequential that others use does not grow', () => {
  const model = stack()
  const x = Input({ shape: [2] })
  new Model(x, model(x))
  const message =
    '[Sequential "s"] was called already, so its layers are fixed: add and pop layers before'
  expect(() => model.add(Dense(1))).toThrow(new StateError('Sequential "s"', message.slice(17)))
  expect(() => model.pop()).toThrow(message)
})

test('metricsNames', () => {
  const model = stack()
  model.compile({ loss: 'mse', optimizer: 'adam', metrics: ['mae', 'accuracy'] })
  expect(model.metricsNames).toEqual(['loss', 'mae', 'accuracy'])
})

test('an input that leads nowhere is allowed', () => {
  const [low, high] = [Input({ shape: [2], name: 'low' }), Input({ shape: [4], name: 'high' })]
  const model = new Model([low, high], Dense(1)(low))
  expect(model.inputNames).toEqual(['low', 'high'])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  expect(model.plan('train')).toContain('input_1')
})

test('layers of a model with outputs by name stand in the order of the sorted names, as in Keras', () => {
  const [p, q] = [Input({ shape: [3], name: 'zz' }), Input({ shape: [3], name: 'aa' })]
  const [first, second] = [Dense(2, { name: 'd1' })(p), Dense(2, { name: 'd2' })(q)]
  const model = new Model({ z: p, a: q, u: Input({ shape: [3] }) }, { q: first, b: second })
  expect(model.layers.map(({ name }) => name)).toEqual(['d2', 'd1'])
  expect(model.outputNames).toEqual(['q', 'b'])
  const rows = model.summary({ print: false }).matchAll(/^(\w+) \((?:Dense|InputLayer)/gm)
  expect([...rows].map(([, name]) => name?.replace(/^input.*/, 'un'))).toEqual(
    ['aa', 'zz', 'un', 'd2', 'd1'], // prettier-ignore
  )
})

test('input and output of a layer that was called once', () => {
  const x = Input({ shape: [3] })
  const dense = Dense(2, { name: 'd' })
  expect(() => dense.output).toThrow(
    new StateError('Dense "d"', 'was not called yet, so there is no single output'),
  )
  const y = dense(x)
  expect(dense.input).toBe(x)
  expect(dense.output).toBe(y)
  // Calls within another layer or while programs are made are none of a user's.
  const model = new Model([x], { y }, { name: 'm' })
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  model.plan('train')
  expect(dense.output).toBe(y)
  dense(x)
  expect(() => dense.input).toThrow(StateError)
  expect(() => dense.input).toThrow('[Dense "d"] was called 2 times, so there is no single input')
  const add = Add()
  const [a, b] = [Input({ shape: [3] }), Input({ shape: [3] })]
  add([a, b])
  expect(add.input).toEqual([a, b])
  // A model's are the tensors that it was made of, however often it is called.
  model([x])
  model([x])
  expect(model.input).toEqual([x])
  expect(model.output).toEqual({ y })
  const whole = stack()
  const features = new Model(whole.input, whole.getLayer(1).output)
  expect(features.outputs).toHaveLength(1)
})

test('toCategorical', () => {
  const expected = [
    [1, 0, 0],
    [0, 0, 1],
  ]
  expect(toCategorical([0, 2]).tolist()).toEqual(expected)
  expect(toCategorical(NDArray.from([[0], [2]]), 3).tolist()).toEqual(expected)
  expect(toCategorical([[0, 1]], 2).shape).toEqual([1, 2, 2])
  const message = '[toCategorical] y must hold integers from 0 up to, not including, 2, received 2'
  expect(() => toCategorical([0, 2], 2)).toThrow(new Error(message))
  expect(() => toCategorical([0.5], 2)).toThrow(ArgumentError)
})

test('setDevice', () => {
  expect(() => setDevice('cpu')).not.toThrow()
  expect(() => setDevice('cuda')).toThrow(StateError)
  expect(() => setDevice('gpu' as never)).toThrow(
    "[setDevice] device must be one of 'cpu', 'cuda', received \"gpu\"",
  )
})
