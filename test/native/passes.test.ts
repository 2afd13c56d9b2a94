/** Optimised and plain programs side by side: the same numbers, and plans that say what was done. */
import { Activation, BatchNormalization, Conv2D, Dense, Flatten, random } from '../../lib'
import { Reshape, Sequential, setRandomSeed, UpSampling2D, type CompileOptions } from '../../lib'
import { expectRefusal } from '../unit/refusal'

function picture(passes?: boolean): Sequential {
  setRandomSeed(3)
  const model = new Sequential([
    Dense(2 * 2 * 8, { inputDim: 4 }),
    Reshape([2, 2, 8]),
    UpSampling2D(),
    Conv2D(6, { kernelSize: 3, padding: 'same' }),
    BatchNormalization(),
    Activation('relu'),
    Flatten(),
    Dense(1),
  ])
  const options: CompileOptions = { loss: 'mse', optimizer: 'sgd' }
  model.compile(passes === undefined ? options : { ...options, passes })
  return model
}

describe('passes', () => {
  it('are said to have done what they did', () => {
    const model = picture()
    const text = model.plan('train', { passes: true })
    const [before, passes, after] = text.split(/\n*(?:before|passes|after):\n/).slice(1)
    expect(before).toContain('upSampleNearest')
    expect(passes).toMatch(
      /fuseUpSampleConv: train: upSampleNearest -1, conv -1, upSampleConv2d \+1/,
    )
    expect(passes).toMatch(/releaseEarly: marks on nodes/)
    expect(after).not.toContain('upSampleNearest')
    expect(after).toBe(model.plan('train'))
  })

  it('can be turned off, to look at and to run', async () => {
    const plain = picture(false)
    expect(plain.plan('train')).toBe(plain.plan('train', { passes: false }))
    expect(plain.plan('predict')).toContain('upSampleNearest')
    const results = []
    for (const passes of [true, false]) {
      const model = picture(passes)
      const [x, y] = [random.normal(0, 1, [5, 4]), random.normal(0, 1, [5, 1])]
      const { loss } = await model.trainOnBatch(x, y)
      results.push({ loss, outputs: await model.predict(x) })
    }
    const [on, off] = results as [(typeof results)[0], (typeof results)[0]]
    // A sum of up to 72 products, in another order; two layers and one step.
    const allowed = 72 * 2 ** -23 * Math.max(...off.outputs.data.map(Math.abs), off.loss)
    expect(Math.abs(on.loss - off.loss)).toBeLessThan(allowed)
    expect(Math.max(...on.outputs.sub(off.outputs).data.map(Math.abs))).toBeLessThan(allowed)
  })

  it('are on or off', () => {
    const model = picture()
    expectRefusal(
      () => model.plan('train', { passes: 1 as never }),
      `[${model.label} plan] passes must be true or false, received 1`,
    )
    expectRefusal(
      () => model.compile({ loss: 'mse', optimizer: 'sgd', passes: 'no' as never }),
      `[${model.label} compile] passes must be true or false, received "no"`,
    )
  })
})
