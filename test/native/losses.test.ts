/** Losses against Keras: functions, classes, weights and reductions, gradients. */
import { losses, ops, type LossFunction, type NDArray, type SymbolicTensor } from '../../lib/index'
import { definitionOf } from '../../lib/losses/definition'
import { reducedLoss, resolveLoss, serializeLoss, targetSpec } from '../../lib/losses'
import { readReference, type Json, type ReferenceCase } from '../reference/read'
import { covers } from './coverage'
import { evaluate } from './evaluate'
import { expectClose } from './tolerance'

type Options = Readonly<Record<string, Json>>
type WithOptions = (y: SymbolicTensor, p: SymbolicTensor, options?: Options) => SymbolicTensor

const { cases } = readReference('losses')
const computed = cases.filter((reference) => reference.has('yTrue'))
const names = cases.find((reference) => reference.name === 'names')?.config.names as Record<
  string,
  string
>

const configOf = (reference: ReferenceCase): { loss: string; function: string; options: Options } =>
  reference.config as { loss: string; function: string; options: Options }

test('every loss is recorded', () => {
  const recorded = new Set(computed.map((reference) => configOf(reference).loss))
  const ours = Object.keys(losses).filter((name) => /^[A-Z]/.test(name) && name !== 'Loss')
  expect([...recorded].sort()).toEqual(ours.sort())
})

test.each(computed)('$name equals Keras', async (reference) => {
  const { loss: className, function: functionName, options } = configOf(reference)
  covers('loss', className, Object.keys(options))
  const loss = resolveLoss('test', { className, config: options })
  if (!(loss instanceof losses.Loss)) throw new Error(`${className} is no class`)
  const own = Object.fromEntries(Object.entries(options).filter(([key]) => key !== 'reduction'))
  const values: WithOptions = resolveLoss('test', functionName as 'mse')
  const has = reference.has('sampleWeight')
  const data = ['yTrue', 'yPred', ...(has ? ['sampleWeight'] : [])].map((name) =>
    reference.array(name),
  )
  const describeLoss = ([y, p, weight]: SymbolicTensor[]): SymbolicTensor[] => {
    const [targets, predictions] = [y, p] as [SymbolicTensor, SymbolicTensor]
    const value = loss(targets, predictions, weight)
    const [gradient] = ops.gradients(value.rank === 0 ? value : ops.sum(value), [predictions])
    return [value, gradient as SymbolicTensor, values(targets, predictions, own)]
  }
  // Weights may be fewer than items: then there is no batch axis.
  const allKnown = data.some((array) => array.shape[0] !== data[0]?.shape[0])
  const results = await evaluate(data, describeLoss, { allKnown })
  for (const [i, name] of ['value', 'gradient', 'perSample'].entries()) {
    const drift = reference.number('drift', name)
    expectClose(name, results[i] as NDArray, reference.array(name), drift)
  }
})

describe('names', () => {
  test.each(Object.entries(names))('%s is %s', (name, functionName) => {
    expect(definitionOf(resolveLoss('test', name as 'mse'))?.name).toBe(functionName)
  })

  test('Keras 2 knew some under other names', () => {
    expect(resolveLoss('test', 'kullback_leibler_divergence')).toBe(losses.klDivergence)
    expect(resolveLoss('test', 'logcosh')).toBe(losses.logCosh)
  })
})

describe('what training calls', () => {
  const find = (name: string): ReferenceCase => readReference('losses').find(name)
  const pair = (reference: ReferenceCase): NDArray[] => [
    reference.array('yTrue'),
    reference.array('yPred'),
  ]
  const run = async (data: NDArray[], loss: LossFunction): Promise<number> => {
    const [value] = await evaluate(data, ([y, p, weight]) => [
      reducedLoss('test', loss, y as SymbolicTensor, p as SymbolicTensor, weight),
    ])
    return (value as NDArray).at()
  }

  test('a function, its name and its class give the same number, with weights too', async () => {
    const reference = find('MeanSquaredError sum_over_batch_size, values [6], weights [6]')
    const data = [...pair(reference), reference.array('sampleWeight')]
    const expected = reference.array('value').at()
    for (const loss of [losses.meanSquaredError, losses.MeanSquaredError()]) {
      expect(await run(data, loss)).toBeCloseTo(expected, 6)
    }
    expect(await run(data, resolveLoss('test', 'MSE'))).toBeCloseTo(expected, 6)
  })

  test('a function may return a scalar, or any shape, whose mean is taken', async () => {
    const data = pair(find('MeanSquaredError [6, 4]'))
    const scalar = await run(data, (y, p) => ops.mean(ops.square(ops.sub(y, p))))
    const full = await run(data, (y, p) => ops.square(ops.sub(y, p)))
    expect(full).toBeCloseTo(scalar, 6)
    expect(full).toBeCloseTo(await run(data, losses.meanSquaredError), 6)
  })

  test("without a reduction the values are added up, as Keras's gradients do", async () => {
    const data = pair(find('MeanSquaredError [6, 4]'))
    const sum = await run(data, losses.MeanSquaredError({ reduction: 'sum' }))
    expect(await run(data, losses.MeanSquaredError({ reduction: 'none' }))).toBeCloseTo(sum, 5)
    expect(await run(data, losses.MeanSquaredError({ reduction: null }))).toBeCloseTo(sum, 5)
  })

  test('class numbers outside of the classes are refused when they come', async () => {
    const reference = find('SparseCategoricalCrossentropy int32 [6, 4]')
    for (const wrong of [-1, 4]) {
      const labels = reference.array('yTrue').map((value, i) => (i === 2 ? wrong : value))
      await expect(
        run([labels, reference.array('yPred')], losses.sparseCategoricalCrossentropy),
      ).rejects.toThrow(/out of bounds/)
    }
  })

  test('a saturated discriminator gives no gradient, as in Keras', async () => {
    const reference = find('BinaryCrossentropy edges [n, 1]')
    const [gradient] = await evaluate(pair(reference), ([y, p]) =>
      ops.gradients(losses.binaryCrossentropy(y as SymbolicTensor, p as SymbolicTensor), [
        p as SymbolicTensor,
      ]),
    )
    const predictions = reference.array('yPred').data
    const saturated = (gradient as NDArray).data.filter(
      (_: number, i: number) => predictions[i] === 0 || predictions[i] === 1,
    )
    expect([...saturated]).toEqual(Array.from(saturated, () => 0))
  })

  test('a loss in a configuration makes an equal loss', () => {
    const loss = new losses.Huber({ delta: 2, reduction: 'sum' })
    const config = { name: 'huber_loss', reduction: 'sum', delta: 2 }
    expect(serializeLoss(loss)).toEqual({ className: 'Huber', config })
    const again = resolveLoss('test', serializeLoss(loss) as 'mse')
    expect(serializeLoss(again)).toEqual(serializeLoss(loss))
    expect(serializeLoss(losses.huber)).toBe('huber')
  })

  test('sparse losses want a class number in place of the classes', () => {
    const output = { shape: [null, 8, 10], dtype: 'float32' } as const
    expect(targetSpec(losses.meanSquaredError, output).shape).toEqual([null, 8, 10])
    const sparse = resolveLoss('test', 'SparseCategoricalCrossentropy')
    expect(targetSpec(sparse, output).shape).toEqual([null, 8, 1])
  })
})
