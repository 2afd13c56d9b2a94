/** JSON that no model can be made of. */
import { ArgumentError, Dense, Input, Model, modelFromJSON, ops, Sequential } from '../../lib/index'

type Fields = Record<string, unknown>

function dense(config: Fields = {}, rest: Fields = {}): Fields {
  return {
    module: 'keras.layers',
    class_name: 'Dense',
    config: { name: 'd', units: 2, ...config },
    registered_name: null,
    ...rest,
  }
}

function sequential(...layers: unknown[]): Fields {
  return { module: 'keras', class_name: 'Sequential', config: { name: 's', layers } }
}

const input = {
  class_name: 'InputLayer',
  config: { batch_shape: [null, 2], dtype: 'float32', name: 'x' },
  name: 'x',
  inbound_nodes: [],
}

/** Dense "d" called as `inbound_nodes` says. */
function functional(inbound_nodes: unknown, rest: Fields = {}): Fields {
  const layers = [input, dense({}, { name: 'd', inbound_nodes })]
  const ends = { input_layers: ['x', 0, 0], output_layers: ['d', 0, 0] }
  return { class_name: 'Functional', config: { name: 'm', layers, ...ends, ...rest } }
}

function tensor(...history: unknown[]): Fields {
  return { class_name: '__keras_tensor__', config: { keras_history: history } }
}

const called = [{ args: [tensor('x', 0, 0)], kwargs: {} }]

function reading(json: unknown): () => unknown {
  return () => modelFromJSON(typeof json === 'string' ? json : JSON.stringify(json))
}

test('the models that the cases below spoil are legal', () => {
  expect(reading(sequential(dense()))).not.toThrow()
  expect(reading(functional(called))).not.toThrow()
  expect(reading(functional([[['x', 0, 0, {}]]]))).not.toThrow()
})

const lambda = { class_name: '__lambda__', config: { value: ['4wAA', null, null] } }
const nested = (depth: number): unknown => (depth === 0 ? dense() : sequential(nested(depth - 1)))
const lists = (depth: number): unknown => (depth === 0 ? 1 : [lists(depth - 1)])

const cases: Readonly<Record<string, [json: unknown, message: RegExp | string]>> = {
  'no JSON': ['{"class_name": ', '[modelFromJSON] received no JSON: '],
  'empty text': ['', '[modelFromJSON] received no JSON: '],
  'a list': ['[]', '[modelFromJSON] layer must be an object, received []'],
  'no class': ['{}', '[modelFromJSON] class_name of a layer must be a non-empty string'],
  'no config': [
    { class_name: 'Sequential' },
    '[modelFromJSON] config of "Sequential" must be an object, received undefined',
  ],
  'a layer alone': [dense(), '[modelFromJSON] JSON must be that of a model, received "Dense"'],
  'layers no list': [
    { class_name: 'Sequential', config: { layers: {} } },
    '[modelFromJSON] layers of a Sequential must be a list, received an object',
  ],
  'a layer that is null': [sequential(null), '[modelFromJSON] layer must be an object'],
  'an unknown class': [
    sequential(dense({}, { class_name: 'Densest' })),
    /can't make the layer Densest "d": .*there is no layer class Densest/,
  ],
  'an unknown option': [
    sequential(dense({ sparsity: 3 })),
    /can't make the layer Dense "d": \[Dense\] unknown option 'sparsity'/,
  ],
  'a missing option': [
    sequential(dense({ units: null })),
    /can't make the layer Dense "d": .*units must be a positive integer, received undefined/,
  ],
  'an option of a wrong type': [
    sequential(dense({ units: '2' })),
    /units must be a positive integer, received "2"/,
  ],
  'an unknown initialiser': [
    sequential(dense({ kernel_initializer: { class_name: 'Nothing', config: {} } })),
    /kernelInitializer must be an Initializer/,
  ],
  'an unknown activation': [sequential(dense({ activation: 'rellu' })), /activation must be/],
  'an unknown function': [
    sequential(
      dense({
        activation: { module: 'mine', class_name: 'function', config: 'f', registered_name: 'f' },
      }),
    ),
    '[modelFromJSON: Dense "d"] activation names the function f, which is not known; make it known with registerSerializable, or give it in customObjects',
  ],
  'an unknown class of regularisers': [
    sequential(
      dense({
        kernel_regularizer: { class_name: 'R', config: {}, module: 'm', registered_name: 'm>R' },
      }),
    ),
    '[modelFromJSON: Dense "d"] kernelRegularizer names the class m>R, which is not known',
  ],
  'Python code as activation': [
    sequential(dense({ activation: lambda })),
    '[modelFromJSON: Dense "d"] activation holds Python code, which only Python can run',
  ],
  'a Lambda layer': [
    sequential(dense({}, { class_name: 'Lambda' })),
    '[modelFromJSON: Lambda "d"] function holds Python code, which only Python can run',
  ],
  'a policy without a name': [
    sequential(dense({ dtype: { config: {} } })),
    '[modelFromJSON: Dense "d"] dtype is a policy without a name',
  ],
  'a policy that gantorch lacks': [
    sequential(dense({ dtype: 'float64' })),
    /dtype must be a policy/,
  ],
  'models too deep': [nested(200), '[modelFromJSON] the model must be nested at most 100 deep'],
  'lists too deep': [
    sequential(dense({ units: lists(200) })),
    '[modelFromJSON: Dense "d"] units must be nested at most 100 deep',
  ],
  'a fixed batch size': [
    sequential({ class_name: 'InputLayer', config: { batch_shape: [8, 2], name: 'x' } }),
    /the input "x" has the fixed batch size 8; here models take any number of items/,
  ],
  'a sparse input': [
    sequential({
      class_name: 'InputLayer',
      config: { batch_shape: [null, 2], name: 'x', sparse: true },
    }),
    '[modelFromJSON] the input "x" has sparse: true',
  ],
  'an input without a shape': [
    sequential({ class_name: 'InputLayer', config: { name: 'x' } }),
    /batchShape of the input "x" must be a list, received undefined/,
  ],
  'two layers of one name': [
    functional(called, { layers: [input, input] }),
    /has two layers or inputs named "x"; names must be unique/,
  ],
  'no inbound nodes': [
    functional({}),
    '[modelFromJSON] inbound_nodes of "d" must be a list, received an object',
  ],
  'a call from a missing layer': [
    functional([{ args: [tensor('y', 0, 0)] }]),
    /input of "d" comes from the layer "y", which is missing/,
  ],
  'a call from a missing layer, Keras 2': [
    functional([[['y', 0, 0, {}]]]),
    /input of "d" comes from the layer "y", which is missing/,
  ],
  'a call from a call that is not there': [
    functional([{ args: [tensor('x', 1, 0)] }]),
    /input of "d" comes from call 1 of the layer "x", which has 1 of them/,
  ],
  'a missing output': [
    functional(called, { output_layers: ['d', 0, 1] }),
    /outputs is output 1 of the layer "d", which has 1/,
  ],
  'no output': [
    functional(called, { output_layers: undefined }),
    '[modelFromJSON] output_layers must be a list, received undefined',
  ],
  'an output that is no place': [
    functional(called, { output_layers: [['d', 0]] }),
    '[modelFromJSON] output_layers must be [layer, call, tensor], received ["d", 0]',
  ],
  'a loop': [
    functional([{ args: [tensor('d', 0, 0)] }]),
    /the calls around the layer "d" form a loop/,
  ],
  'an argument that is no tensor': [
    functional([{ args: [3] }]),
    '[modelFromJSON] argument of "d" must be a tensor of the model, received 3',
  ],
  'a call with more than tensors': [
    functional([{ args: [tensor('x', 0, 0)], kwargs: { mask: 3 } }]),
    '[modelFromJSON] the layer "d" is called with mask: 3, for which gantorch has no place',
  ],
  'a call with more than tensors, Keras 2': [
    functional([[['x', 0, 0, { training: true }]]]),
    '[modelFromJSON] the layer "d" is called with training: true, for which gantorch has no place',
  ],
  'shapes that do not fit': [
    functional(called, {
      layers: [
        { ...input, config: { batch_shape: [null], name: 'x' } },
        dense({}, { name: 'd', inbound_nodes: called }),
      ],
    }),
    /needs an input with a batch axis/,
  ],
}

test.each(Object.entries(cases))('%s', (_, [json, message]) => {
  let thrown: unknown
  try {
    reading(json)()
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(ArgumentError)
  const { message: text } = thrown as Error
  if (typeof message === 'string') expect(text.slice(0, message.length)).toBe(message)
  else expect(text).toMatch(message)
})

test('arguments', () => {
  expect(() => modelFromJSON(3 as never)).toThrow(
    '[modelFromJSON] text must be a string, received 3',
  )
  expect(() => modelFromJSON('{}', { customObject: {} } as never)).toThrow("'customObject'")
  expect(() => modelFromJSON('{}', { customObjects: 3 as never })).toThrow(
    '[modelFromJSON] customObjects must be an object, received 3',
  )
  const model = Sequential([Dense(1, { inputDim: 1 })], { name: 's' })
  expect(() => model.toJSON({ format: 'keras4' as never })).toThrow(
    '[Sequential "s" toJSON] format must be one of \'keras3\', \'keras2\', received "keras4"',
  )
  expect(() => model.toJSON({ indent: -1 })).toThrow('indent must be a whole number from 0 to 10')
})

test('an op between layers has no place in a config', () => {
  const x = Input({ shape: [2] })
  const model = Model(x, Dense(1)(ops.relu(x)), { name: 'm' })
  expect(() => model.toJSON()).toThrow(
    '[Model "m"] has the op relu between its layers, for which a config has no place; put it into the call of a layer',
  )
})
