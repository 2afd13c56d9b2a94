import { Dense, Input, Model, ops, type SymbolicTensor } from '../../lib/index'
import { currentScope, opLocation, withScope } from '../../lib/graph/scope'
import { placeholder } from '../../lib/graph/tensor'
import { topologicalOrder } from '../../lib/graph/walk'
import { Weight } from '../../lib/graph/weight'
import { Zeros } from '../../lib/initializers'

const x = (): SymbolicTensor => placeholder('x', { shape: [null, 3], dtype: 'float32' })

/** The names of ops and leaves in order. */
function names(outputs: SymbolicTensor[], stopAt?: Set<SymbolicTensor>): string[] {
  return topologicalOrder(outputs, stopAt).map(({ operation }) => {
    if (operation.kind === 'layer') return 'layer'
    return operation.kind === 'weight' ? operation.weight.name : operation.name
  })
}

describe('symbolic tensors', () => {
  test('shape, type, text', () => {
    const tensor = x()
    expect([tensor.shape, tensor.dtype, tensor.rank]).toEqual([[null, 3], 'float32', 2])
    expect(tensor.toString()).toBe('SymbolicTensor(None, 3):float32')
    expect(Object.isFrozen(tensor.shape)).toBe(true)
  })

  test('a node knows its outputs, and they know it', () => {
    const { y, mean, variance } = ops.batchNormTraining(x(), { epsilon: 1e-3 })
    expect(y.node.outputs).toEqual([y, mean, variance])
    expect([y.index, mean.index, variance.index]).toEqual([0, 1, 2])
    expect(variance.node).toBe(y.node)
  })
})

describe('topologicalOrder', () => {
  test('each node after what it needs, each once', () => {
    const a = x()
    const b = ops.neg(a)
    const c = ops.exp(b)
    const d = ops.add(b, c)
    expect(names([ops.mul(d, b), c])).toEqual(['x', 'neg', 'exp', 'add', 'mul'])
  })

  test('does not look behind given tensors', () => {
    const b = ops.neg(x())
    expect(names([ops.exp(b)], new Set([b]))).toEqual(['exp'])
    expect(names([b], new Set([b]))).toEqual([])
  })

  test('depth is not limited by the stack', () => {
    let tensor = x()
    for (let i = 0; i < 50_000; i++) tensor = ops.neg(tensor)
    expect(topologicalOrder([tensor])).toHaveLength(50_001)
  })
})

describe('weights', () => {
  const options = { name: 'w', shape: [2, 3], initialize: new Zeros().prepare([2, 3]) }

  test('ids are unique, defaults stand', () => {
    const [a, b] = [new Weight(options), new Weight(options)]
    expect(b.id).toBeGreaterThan(a.id)
    expect([a.size, a.dtype, a.trainable, a.order]).toEqual([6, 'float32', true, [0, 1]])
    expect(a.tensor.shape).toEqual([2, 3])
    expect(names([ops.neg(a.tensor)])).toEqual(['w', 'neg'])
  })
})

describe('scopes', () => {
  test('nest, and end also after an error', () => {
    expect([currentScope(), opLocation('add')]).toEqual(['', 'ops.add'])
    withScope('A "a"', () => {
      expect(withScope('B "b"', () => currentScope())).toBe('B "b"')
      expect(opLocation('add')).toBe('A "a" ops.add')
      expect(ops.neg(x()).node.scope).toBe('A "a"')
    })
    expect(() =>
      withScope('C "c"', () => {
        throw new Error('inside')
      }),
    ).toThrow('inside')
    expect(currentScope()).toBe('')
  })
})

describe('graphs of models', () => {
  test('shared layers appear once, calls as often as they happen', () => {
    const input = Input({ shape: [3] })
    const shared = Dense(3, { name: 'shared' })
    const model = new Model(input, ops.add(shared(shared(input)), shared(input)))
    expect(model.layers.map(({ name }) => name)).toEqual(['shared'])
    expect(model.weights.map(({ name }) => name)).toEqual(['shared/kernel', 'shared/bias'])
    expect(names([...model.outputs]).filter((name) => name === 'layer')).toHaveLength(3)
  })

  test('ops between layers are part of a model, and of models that contain it', () => {
    const input = Input({ shape: [3] })
    const inner = new Model(input, ops.tanh(Dense(2)(input)), { name: 'inner' })
    const outer = new Model(input, ops.neg(inner(input)))
    expect(outer.plan('predict')).toMatch(/dense[^]*tanh[^]*neg/)
  })

  test('an input that is not among the inputs is named', () => {
    const a = Input({ shape: [3], name: 'noise' })
    const b = Input({ shape: [3], name: 'label' })
    expect(() => new Model(a, ops.add(a, b), { name: 'm' })).toThrow(
      new Error(
        '[Model "m"] outputs depend on the input "label", which is not among the model\'s inputs',
      ),
    )
  })

  test('a model cut out of the middle of a graph', () => {
    const hidden = Dense(4)(Input({ shape: [3] }))
    const tail = new Model(hidden, Dense(1, { name: 'head' })(hidden))
    expect(tail.layers.map(({ name }) => name)).toEqual(['head'])
    expect(tail.inputs[0]?.shape).toEqual([null, 4])
  })
})
