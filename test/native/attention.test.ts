/** Layers of attention with their scores, and what activity regularisers add to the loss. */
import { Input, random, type NDArray, type SymbolicTensor } from '../../lib/index'
import { INFERENCE } from '../../lib/graph/node'
import { layerFromConfig } from '../../lib/layers/registry'
import { readReference } from '../reference/read'
import { evaluate } from './evaluate'
import { expectClose } from './tolerance'

type ListCall = (tensors: readonly SymbolicTensor[]) => readonly SymbolicTensor[]

const cases = readReference('layers_attention').cases.filter((one) => one.has('scores'))

test.each(cases)('$name: the output and the scores equal Keras', async (reference) => {
  const { layer: name, options } = reference.config as { layer: string; options: object }
  const layer = layerFromConfig(name, { ...options })
  const x = reference.list('x')
  const call = layer as unknown as ListCall
  call(x.map(({ shape, dtype }) => Input({ shape: shape.slice(1), dtype })))
  await layer.setWeights(reference.list('weights'))
  const penalties: SymbolicTensor[] = []
  const context = { ...INFERENCE, addLoss: (loss: SymbolicTensor) => penalties.push(loss) }
  const [output, scores, ...added] = await evaluate(
    x,
    (tensors) => [...layer.trace(tensors, context), ...penalties],
    { weights: layer.weights },
  )
  const compare = (what: string, received: NDArray | undefined): void =>
    expectClose(what, received as NDArray, reference.array(what), reference.number('drift', what))
  compare('output', output)
  compare('scores', scores)
  const total = added.reduce((sum, { data }) => sum + (data[0] as number), 0)
  const penalty = reference.number('penalty')
  // Five sums of some dozens of squares, each rounded.
  expect(Math.abs(total - penalty)).toBeLessThanOrEqual(64 * 2 ** -24 * penalty)
})

const makers = {
  Attention: { dropout: 0.5, returnAttentionScores: true, seed: 1 },
  MultiHeadAttention: {
    ...{ dropout: 0.5, returnAttentionScores: true, seed: 1 },
    ...{ numHeads: 2, keyDim: 3 },
  },
}

test.each(Object.entries(makers))('%s drops scores only in training', async (name, options) => {
  const layer = layerFromConfig(name, options)
  const x = random.normal(0, 1, [4, 16, 3])
  ;(layer as unknown as ListCall)([Input({ shape: [16, 3] }), Input({ shape: [16, 3] })])
  const run = (training: boolean): Promise<NDArray[]> =>
    evaluate(
      [x],
      ([one]) => layer.trace([one, one] as SymbolicTensor[], { ...INFERENCE, training }),
      {
        weights: layer.weights,
      },
    )
  const [[plain, plainScores], [noisy, noisyScores]] = await Promise.all([run(false), run(true)])
  expect(noisy?.data).not.toEqual(plain?.data)
  // Keras gives the scores of several heads as they were before dropout, those of one head after it.
  const ratios = Array.from(
    noisyScores?.data ?? [],
    (score, i) => score / (plainScores?.data[i] ?? 0),
  )
  const found = [...new Set(ratios.map((ratio) => Math.round(ratio * 1e4) / 1e4))].sort()
  expect(found).toEqual(name === 'Attention' ? [0, 2] : [1])
})
