/** Layers that are random while training: statistics against recorded Keras, and what must hold. */
import { Input, NDArray, setRandomSeed, type SymbolicTensor } from '../../lib/index'
import type { AnyLayer } from '../../lib/layers/layer'
import { layerFromConfig } from '../../lib/layers/registry'
import { readReference, type Json, type ReferenceCase } from '../reference/read'
import { covers } from './coverage'
import { runLayer, type LayerRun } from './evaluate'

const cases = readReference('layers_noise').cases.filter((reference) => !reference.has('y'))

interface NoiseCase {
  readonly layer: string
  readonly options: Readonly<Record<string, Json>>
}

function made({ layer, options }: NoiseCase, shape: readonly number[]): AnyLayer {
  const result = layerFromConfig(layer, options)
  ;(result as unknown as (x: SymbolicTensor) => unknown)(Input({ shape: shape.slice(1) }))
  return result
}

async function trained(layer: AnyLayer, shape: readonly number[]): Promise<LayerRun> {
  return runLayer(layer, NDArray.full(shape, 1), NDArray.full(shape, 1), true)
}

function moments({ data }: NDArray): { mean: number; deviation: number; kept: number } {
  let [sum, squares, kept] = [0, 0, 0]
  for (const value of data) {
    sum += value
    squares += value ** 2
    if (value !== 0) kept += 1
  }
  const mean = sum / data.length
  return { mean, deviation: Math.sqrt(squares / data.length - mean ** 2), kept: kept / data.length }
}

/** For each axis its length in what is drawn: 1 where elements share a draw. */
function drawnShape({ layer, options }: NoiseCase, shape: readonly number[]): number[] {
  const byFormat = options.dataFormat === 'channels_first' ? [null, null, 1, 1] : [null, 1, 1, null]
  const given =
    layer === 'SpatialDropout1D'
      ? [null, 1, null]
      : layer === 'SpatialDropout2D'
        ? byFormat
        : ((options.noiseShape ?? shape.map(() => null)) as (number | null)[])
  return shape.map((length, axis) => given[axis] ?? length)
}

/** Elements that share a draw have the same value; gives how many draws there were. */
function requireShared(y: NDArray, drawn: readonly number[]): number {
  const first = new Map<number, number>()
  y.data.forEach((value: number, at: number) => {
    let [rest, draw, scale] = [at, 0, 1]
    for (let axis = drawn.length - 1; axis >= 0; axis--) {
      const [length, own] = [y.shape[axis] as number, drawn[axis] as number]
      draw += (own === 1 ? 0 : rest % length) * scale
      rest = Math.floor(rest / length)
      scale *= own
    }
    if (!first.has(draw)) first.set(draw, value)
    else if (first.get(draw) !== value) throw new Error(`element ${at} differs from its group`)
  })
  return first.size
}

test.each(cases)('$name: statistics equal Keras', async (reference: ReferenceCase) => {
  const config = reference.config as unknown as NoiseCase
  covers('layer', config.layer, Object.keys(config.options))
  const shape = reference.numberList('shape')
  setRandomSeed(5)
  const { y } = await trained(made(config, shape), shape)
  const draws = requireShared(y, drawnShape(config, shape))
  expect(draws).toBe(drawnShape(config, shape).reduce((product, length) => product * length, 1))
  const ours = moments(y)
  const deviation = reference.number('standardDeviation')
  // Two independent means of `draws` numbers differ by 6 of their deviations once in 10^9.
  const bound = 6 * Math.SQRT2 * (deviation / Math.sqrt(draws))
  expect(Math.abs(ours.mean - reference.number('mean'))).toBeLessThanOrEqual(bound)
  // A sample variance has the variance (kurtosis - 1) * sigma^4 / n; the kurtosis here is at most 3.
  const varianceBound = bound * Math.SQRT2 * deviation
  expect(Math.abs(ours.deviation ** 2 - deviation ** 2)).toBeLessThanOrEqual(varianceBound)
  const share = reference.number('keptShare')
  const shareBound = 6 * Math.SQRT2 * Math.sqrt((share * (1 - share)) / draws)
  expect(Math.abs(ours.kept - share)).toBeLessThanOrEqual(shareBound)
  const values = reference.numberList('values')
  if (values.length > 0) {
    const own = [...new Set<number>(y.data)].sort((a, b) => a - b)
    expect(own).toHaveLength(values.length)
    own.forEach((value, i) => {
      const expected = values[i] as number
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(Math.abs(expected) * 2 ** -22)
    })
  }
})

test('gradients pass where the noise lets them', async () => {
  const shape = [20, 30]
  const run = (layer: string, options: Record<string, Json>): Promise<LayerRun> =>
    trained(made({ layer, options }, shape), shape)
  for (const layer of ['Dropout', 'GaussianDropout']) {
    const { y, dx } = await run(layer, { rate: 0.3 })
    expect(dx[0]?.data).toEqual(y.data)
  }
  const noise = await run('GaussianNoise', { stddev: 0.5 })
  expect(noise.dx[0]?.data).toEqual(NDArray.full(shape, 1).data)
  const alpha = await run('AlphaDropout', { rate: 0.3 })
  const kept = Math.max(...(alpha.y.data as Float32Array))
  const factor = Math.max(...((alpha.dx[0] as NDArray).data as Float32Array))
  expect(
    [...(alpha.dx[0] as NDArray).data].every(
      (value, i) => value === (alpha.y.data[i] === kept ? factor : 0),
    ),
  ).toBe(true)
})

test.each(['Dropout', 'GaussianNoise', 'AlphaDropout'])(
  '%s: a seed is a stream of its own',
  async (layer) => {
    const shape = [4, 50]
    const option: Record<string, Json> = layer === 'GaussianNoise' ? { stddev: 0.5 } : { rate: 0.5 }
    const run = async (worldSeed: number, seed: number | null): Promise<number[]> => {
      setRandomSeed(worldSeed)
      return [
        ...(await trained(made({ layer, options: { ...option, seed } }, shape), shape)).y.data,
      ]
    }
    const seeded = await run(1, 7)
    expect(await run(1, 7)).toEqual(seeded)
    expect(await run(2, 7)).toEqual(seeded)
    expect(await run(1, 8)).not.toEqual(seeded)
    expect(await run(1, null)).not.toEqual(await run(2, null))
    const again = made({ layer, options: { ...option, seed: 7 } }, shape)
    const [first, second] = [await trained(again, shape), await trained(again, shape)]
    expect(first.y.data).not.toEqual(second.y.data)
  },
)
