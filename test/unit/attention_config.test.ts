/** Calls of layers of attention in JSON; what Keras makes of them is in test/native/config.test.ts. */
import {
  Attention,
  Input,
  Layer,
  Model,
  modelFromJSON,
  MultiHeadAttention,
  registerLayer,
  type AnyModel,
  type SymbolicTensor,
} from '../../lib/index'

const named = (name: string, shape: number[]): SymbolicTensor => Input({ shape, name })
const q = named('q', [4, 3])
const v = named('v', [4, 3])
const mask = named('mask', [4, 4])

function attending(inputs: SymbolicTensor[], options: object = {}): AnyModel {
  const layer = MultiHeadAttention(2, 3, { ...options, name: 'heads' })
  return Model([...new Set(inputs)], layer(inputs), { name: 'attending' })
}

function changed(model: AnyModel, change: (call: Call) => void): string {
  const json = JSON.parse(model.toJSON()) as { config: { layers: { inbound_nodes: Call[] }[] } }
  for (const { inbound_nodes: nodes } of json.config.layers) nodes.forEach(change)
  return JSON.stringify(json)
}

interface Call {
  args: unknown[]
  kwargs: Record<string, unknown>
}

describe.each(['keras3', 'keras2'] as const)('%s', (format) => {
  const self = [q, q]
  test.each([
    ['query and value', [q, v]],
    ['of itself', self],
    ['key', [q, v, q]],
    ['the value as key', [q, v, v]],
    ['mask, key', [q, v, q, mask]],
    ['mask', [q, v, v, mask]],
  ])('%s', (_, inputs) => {
    const text = attending(inputs).toJSON({ format })
    expect(modelFromJSON(text).toJSON({ format })).toBe(text)
  })

  test('switches are arguments of calls', () => {
    const options = { useCausalMask: true, returnAttentionScores: true, name: 'one' } as const
    const one = Attention(options)
    const model = Model([q, v], one([q, v])) as unknown as AnyModel
    const again = modelFromJSON(model.toJSON({ format }))
    expect(again.getLayer('one').getConfig()).toMatchObject(options)
    expect(again.outputs).toHaveLength(2)
  })
})

test("Keras's other ways to write one call", () => {
  const text = attending([q, v, q, mask]).toJSON()
  const model = modelFromJSON(text)
  const byName = changed(model, (call) => {
    const [query, value, key] = call.args
    call.kwargs = { ...call.kwargs, key, value, query, training: false, query_mask: null }
    call.args = []
  })
  expect(modelFromJSON(byName).toJSON()).toBe(text)
  const two = attending([q, v]).toJSON()
  const withNull = changed(modelFromJSON(two), (call) => call.args.push(null))
  expect(modelFromJSON(withNull).toJSON()).toBe(two)
})

describe('what is refused', () => {
  test('calls that do not agree', () => {
    const one = Attention({ name: 'one' })
    const model = Model([q, v], [one([q, v]), one([v, q])]) as unknown as AnyModel
    let calls = 0
    const text = changed(model, (call) => (call.kwargs = { use_causal_mask: ++calls > 1 }))
    expect(() => modelFromJSON(text)).toThrow(
      'the layer "one" is called with use_causal_mask: false and with true; gantorch has it as an option of the layer, the same for all calls',
    )
  })

  test.each([
    ['query_mask', 3],
    ['use_causal_mask', 'yes'],
  ])('%s: %j', (key, value) => {
    const text = changed(attending([q, v]), (call) => (call.kwargs[key] = value))
    expect(() => modelFromJSON(text)).toThrow(
      `the layer "heads" is called with ${key}: ${JSON.stringify(value)}, for which gantorch has no place`,
    )
  })

  test('a tensor given twice', () => {
    const text = changed(attending([q, v]), (call) => (call.kwargs.value = call.args[1]))
    expect(() => modelFromJSON(text)).toThrow('the layer "heads" is called with value: an object')
  })

  test('no query', () => {
    const text = changed(attending([q, v]), (call) => {
      call.kwargs = { value: call.args[1] }
      call.args = []
    })
    expect(() => modelFromJSON(text)).toThrow('the layer "heads" is called without query')
  })

  test('switches of a layer inside another one', () => {
    class SelfLayer extends Layer {
      readonly inner = Attention({ name: 'inner', useCausalMask: true })
      override call(x: SymbolicTensor): SymbolicTensor {
        return this.inner([x, x])
      }
      override getConfig(): Record<string, unknown> {
        return { ...super.getConfig(), inner: this.inner }
      }
    }
    const model = Model(q, registerLayer(SelfLayer, { name: 'SelfAttending' })()(q))
    expect(() => model.toJSON()).toThrow(
      '[Attention "inner"] has use_causal_mask, for which the JSON of a layer has no place',
    )
  })

  test.each([
    [{ useGate: true }, 'use_gate: true'],
    [{ slidingWindow: 2 }, 'sliding_window: 2'],
    [{ seed: 3 }, 'seed: 3'],
  ])('%j in Keras 2', (options, message) => {
    expect(() => attending([q, v], options).toJSON({ format: 'keras2' })).toThrow(
      `[MultiHeadAttention "heads"] has ${message}; Keras 2 lacks it`,
    )
  })
})
