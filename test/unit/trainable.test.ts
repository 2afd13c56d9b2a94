/** Which weights a compile fixes: design decided by Keras 2, see lib/models/compile.ts. */
import { BatchNormalization, Dense, Input, Model, Sequential, type AnyModel } from '../../lib/index'
import { Compiled } from '../../lib/models/compile'

const OPTIONS = { loss: 'binary_crossentropy', optimizer: 'adam' } as const

/** Names of the weights that a compile of the model fixes now. */
function trained(model: AnyModel): string[] {
  return new Compiled(model, OPTIONS).trainedWeights().map(({ name }) => name)
}

/** Names of the weights that the compiled model changes: by its optimizer, and by moving averages. */
function changed(model: AnyModel): { optimizer: string[]; assigned: string[] } {
  const names = new Map(model.weights.map(({ id, name }) => [id, name]))
  const updates = [...model.plan('train').matchAll(/update weights=\[([\d, ]+)\].* by (\w+)/g)]
  const of = (op: string): string[] =>
    updates
      .filter(([, , name]) => name === op)
      .flatMap(([, ids]) => ids!.split(', ').map((id) => names.get(Number(id)) ?? '?'))
  return { optimizer: of('adam'), assigned: of('assign') }
}

function network(prefix: string, inputs: number, outputs: number): Sequential {
  return new Sequential(
    [
      Dense(3, { name: `${prefix}1`, inputDim: inputs }),
      BatchNormalization({ name: `${prefix}n` }),
      Dense(outputs, { name: `${prefix}2`, activation: 'sigmoid' }),
    ],
    { name: prefix },
  )
}

const all = (prefix: string): string[] => [
  ...[`${prefix}1/kernel`, `${prefix}1/bias`, `${prefix}n/gamma`, `${prefix}n/beta`],
  ...[`${prefix}2/kernel`, `${prefix}2/bias`],
]
const moving = (prefix: string): string[] => [
  `${prefix}n/moving_mean`,
  `${prefix}n/moving_variance`,
]

describe("the article's order of calls", () => {
  const discriminator = network('d', 4, 1)
  discriminator.compile(OPTIONS)
  const generator = network('g', 2, 4)
  discriminator.trainable = false
  const z = Input({ shape: [2] })
  const combined = new Model(z, discriminator(generator(z)), { name: 'combined' })
  combined.compile(OPTIONS)

  test('the discriminator, compiled before, goes on training', () => {
    expect(changed(discriminator)).toEqual({ optimizer: all('d'), assigned: moving('d') })
  })

  test('combined trains the generator alone, moving averages included', () => {
    expect(changed(combined)).toEqual({ optimizer: all('g'), assigned: moving('g') })
  })

  test('later changes of trainable touch neither', () => {
    const before = [combined.plan('train'), discriminator.plan('train')]
    generator.trainable = false
    discriminator.trainable = true
    expect([combined.plan('train'), discriminator.plan('train')]).toEqual(before)
    expect(trained(combined)).toEqual(all('d'))
    generator.trainable = true
  })
})

describe('nesting', () => {
  const leafNames = (prefix: string, leaf: string): string[] =>
    all(prefix).filter((name) => name.startsWith(`${prefix}${leaf}/`))

  test('trainable of a model reaches down', () => {
    const inner = network('i', 2, 2)
    const outer = new Sequential([inner, Dense(1, { name: 'o' })])
    outer.trainable = false
    expect(inner.layers.map(({ trainable }) => trainable)).toEqual([false, false, false])
    expect(trained(outer)).toEqual([])
    outer.trainable = true
    expect(trained(outer)).toEqual([...all('i'), 'o/kernel', 'o/bias'])
  })

  test('one layer of a nested model', () => {
    const inner = network('i', 2, 2)
    const outer = new Sequential([inner])
    inner.getLayer('i1').trainable = false
    expect(trained(outer)).toEqual([...leafNames('i', 'n'), ...leafNames('i', '2')])
  })

  test('a model that is not trainable trains nothing, though its layers are set again', () => {
    const model = network('m', 2, 1)
    model.trainable = false
    for (const layer of model.layers) layer.trainable = true
    expect(trained(model)).toEqual([])
    expect(trained(new Sequential([model]))).toEqual([])
  })

  test('a layer shared with a frozen model is trained where a trainable one leads to it', () => {
    const shared = Dense(2, { name: 's' })
    const x = Input({ shape: [2] })
    const frozen = new Model(x, shared(x), { name: 'frozen' })
    const free = new Model(x, shared(x), { name: 'free' })
    const both = new Model(x, free(frozen(x)))
    frozen.trainable = false
    shared.trainable = true
    expect(trained(frozen)).toEqual([])
    expect(trained(free)).toEqual(['s/kernel', 's/bias'])
    expect(trained(both)).toEqual(['s/kernel', 's/bias'])
  })

  test('a layer called twice is trained once', () => {
    const shared = Dense(2, { name: 's' })
    const x = Input({ shape: [2] })
    expect(trained(new Model(x, shared(shared(x))))).toEqual(['s/kernel', 's/bias'])
  })
})

describe('order and statistics', () => {
  test('weights keep their order whatever is trainable', () => {
    const model = network('m', 2, 1)
    const before = model.weights.map(({ name }) => name)
    model.layers[0]!.trainable = false
    expect(model.weights.map(({ name }) => name)).toEqual(before)
    expect(before).toEqual([...all('m').slice(0, 4), ...moving('m'), ...all('m').slice(4)])
  })

  test('frozenBatchNorm decides how a frozen normalisation works, not whether it moves', () => {
    const model = network('m', 2, 1)
    model.getLayer('mn').trainable = false
    model.compile(OPTIONS)
    expect(changed(model).assigned).toEqual([])
    expect(model.plan('train')).toContain('batchNormTraining')
    model.compile({ ...OPTIONS, frozenBatchNorm: 'moving' })
    expect(changed(model).assigned).toEqual([])
    expect(model.plan('train')).toContain('batchNormInference')
    expect(model.plan('train')).not.toContain('batchNormTraining')
  })

  test('momentum is the kept share', () => {
    const model = new Sequential([
      BatchNormalization({ momentum: 0.75, inputShape: [2] }),
      Dense(1),
    ])
    model.compile(OPTIONS)
    const text = model.plan('train', { passes: false })
    expect(text).toMatch(/constant\(\) value=0\.75 [^]*constant\(\) value=0\.25 /)
  })

  test('a step with nothing to train warns, once', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const model = network('m', 2, 1)
    model.trainable = false
    model.compile(OPTIONS)
    expect(warn.mock.calls).toEqual([])
    model.plan('train')
    model.plan('train')
    expect(warn.mock.calls).toEqual([
      [
        '[Sequential "m" compile] nothing is trainable: trainOnBatch will change no weight',
        'GantorchWarning',
      ],
    ])
    warn.mockRestore()
    expect(changed(model)).toEqual({ optimizer: [], assigned: [] })
  })
})
