import { NDArray } from '../../lib/array'
import { bytes, uniform } from './formula'
import { readReference, type ReferenceCase } from './read'

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
