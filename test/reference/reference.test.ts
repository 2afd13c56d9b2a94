import { NDArray } from '../../lib/array'
import { bytes, uniform } from './formula'
import { readReference, type ReferenceCase } from './read'
import { allowance } from './tolerance'

describe('formula', () => {
  const { cases } = readReference('formula')

  function settings(reference: ReferenceCase): {
    seed: number
    shape: number[]
    scale: number
    from: number
  } {
    const { seed, shape, scale, from } = reference.config
    return {
      seed: seed as number,
      shape: shape as number[],
      scale: scale as number,
      from: (from ?? 0) as number,
    }
  }

  test.each(cases)('gives the same bits as Python: $name', (reference) => {
    const { seed, shape, scale, from } = settings(reference)
    expect([...uniform(seed, shape, scale).data.subarray(from)]).toEqual([
      ...reference.array('uniform').data,
    ])
    expect([...bytes(seed, shape).data.subarray(from)]).toEqual([...reference.array('bytes').data])
  })
})

describe('readReference', () => {
  const layers = readReference('layers')

  test('decodes every array to finite numbers of the stated shape', () => {
    for (const reference of layers.cases) {
      for (const name of reference.arrayNames) {
        const array = reference.array(name)
        expect(array).toBeInstanceOf(NDArray)
        expect(array.data.every((value) => Number.isFinite(value))).toBe(true)
      }
    }
  })

  test('says what made a file', () => {
    expect(layers.madeBy).toBe('scripts/reference/record.py layers')
    expect(layers.versions.keras).toMatch(/^3\./)
  })

  test('gives numbered arrays in order', () => {
    const reference = layers.find('batch_normalization training 4-D')
    expect(reference.list('weights').map((weight) => weight.shape)).toEqual([[3], [3], [3], [3]])
    expect(reference.list('nothing')).toEqual([])
  })

  test('names what is missing', () => {
    const reference = layers.find('dense 2-D 3')
    expect(() => layers.find('nothing')).toThrow('layers.json has no case "nothing"')
    expect(() => reference.array('z')).toThrow('"dense 2-D 3" has no array z, only x, ')
    expect(() => reference.number('drift', 'z')).toThrow('no number at drift.z')
  })
})

describe('recorded training', () => {
  const training = readReference('article_training')

  test('holds one drift for every weight and step', () => {
    const count = training.find('data').list('start').length
    for (const name of ['article', 'calm']) {
      const reference = training.find(name)
      expect(reference.list('keras')).toHaveLength(count)
      expect(reference.list('exact')).toHaveLength(count)
      expect(reference.number('drift', 'final', count - 1, 'rms')).toBeGreaterThan(0)
      expect(reference.numberList('drift', 'gLoss')).toHaveLength(20)
    }
  })

  test('lets Keras itself pass, and none of the recorded mistakes', () => {
    const reference = training.find('calm')
    const granted = reference.number('leaveOneOut', 'loss')
    const exact = reference.numberList('exact', 'gLoss')
    const drift = reference.numberList('drift', 'gLoss')
    reference.numberList('keras', 'gLoss').forEach((loss, step) => {
      const [truth, distance] = [exact[step] as number, drift[step] as number]
      expect(Math.abs(loss - truth)).toBeLessThanOrEqual(allowance(distance, granted, truth))
    })
    for (const mistake of Object.keys(reference.numbers.mistakes as object)) {
      expect(reference.number('mistakes', mistake, 'rms')).toBeGreaterThan(100 * granted)
    }
  })
})
