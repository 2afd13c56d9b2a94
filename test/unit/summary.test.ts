/** What `summary()` prints of the article's networks; the totals are those of Keras. */
import { Dense, Input, Model, Sequential, StateError, type AnyModel } from '../../lib/index'
import { buildDiscriminator, buildGenerator, type ArticleOptions } from '../native/article_gan'

function summary(model: AnyModel): string {
  let text = ''
  model.summary((line) => (text += `${line}\n`))
  return text
}

const article: ArticleOptions = {
  base: [8, 10],
  divisor: 1,
  latent: 100,
  dropout: 0.25,
  adam: {},
  frozenBatchNorm: 'batch',
}

test('the discriminator', () => {
  const model = buildDiscriminator(article)
  expect(model.outputs[0]?.shape).toEqual([null, 1])
  expect(summary(model)).toMatchInlineSnapshot(`
   "Model: "sequential"
   _________________________________________________________________
   Layer (type)                 Output Shape              Param #
   =================================================================
   conv2d (Conv2D)              (None, 64, 80, 32)        896
   _________________________________________________________________
   leaky_re_lu (LeakyReLU)      (None, 64, 80, 32)        0
   _________________________________________________________________
   dropout (Dropout)            (None, 64, 80, 32)        0
   _________________________________________________________________
   conv2d_1 (Conv2D)            (None, 32, 40, 64)        18,496
   _________________________________________________________________
   zero_padding2d (ZeroPadding2 (None, 33, 41, 64)        0
   _________________________________________________________________
   batch_normalization (BatchNo (None, 33, 41, 64)        256
   _________________________________________________________________
   leaky_re_lu_1 (LeakyReLU)    (None, 33, 41, 64)        0
   _________________________________________________________________
   dropout_1 (Dropout)          (None, 33, 41, 64)        0
   _________________________________________________________________
   conv2d_2 (Conv2D)            (None, 17, 21, 128)       73,856
   _________________________________________________________________
   batch_normalization_1 (Batch (None, 17, 21, 128)       512
   _________________________________________________________________
   leaky_re_lu_2 (LeakyReLU)    (None, 17, 21, 128)       0
   _________________________________________________________________
   dropout_2 (Dropout)          (None, 17, 21, 128)       0
   _________________________________________________________________
   conv2d_3 (Conv2D)            (None, 9, 11, 256)        295,168
   _________________________________________________________________
   batch_normalization_2 (Batch (None, 9, 11, 256)        1,024
   _________________________________________________________________
   leaky_re_lu_3 (LeakyReLU)    (None, 9, 11, 256)        0
   _________________________________________________________________
   dropout_3 (Dropout)          (None, 9, 11, 256)        0
   _________________________________________________________________
   conv2d_4 (Conv2D)            (None, 5, 6, 512)         1,180,160
   _________________________________________________________________
   batch_normalization_3 (Batch (None, 5, 6, 512)         2,048
   _________________________________________________________________
   leaky_re_lu_4 (LeakyReLU)    (None, 5, 6, 512)         0
   _________________________________________________________________
   dropout_4 (Dropout)          (None, 5, 6, 512)         0
   _________________________________________________________________
   flatten (Flatten)            (None, 15360)             0
   _________________________________________________________________
   dense (Dense)                (None, 1)                 15,361
   =================================================================
   Total params: 1,587,777
   Trainable params: 1,585,857
   Non-trainable params: 1,920
   _________________________________________________________________
   "
  `)
})

test('the generator', () => {
  const model = buildGenerator(article)
  expect(model.outputs[0]?.shape).toEqual([null, 128, 160, 3])
  expect(summary(model)).toMatchInlineSnapshot(`
   "Model: "sequential_1"
   _________________________________________________________________
   Layer (type)                 Output Shape              Param #
   =================================================================
   dense_1 (Dense)              (None, 40960)             4,136,960
   _________________________________________________________________
   reshape (Reshape)            (None, 8, 10, 512)        0
   _________________________________________________________________
   up_sampling2d (UpSampling2D) (None, 16, 20, 512)       0
   _________________________________________________________________
   conv2d_5 (Conv2D)            (None, 16, 20, 256)       1,179,904
   _________________________________________________________________
   batch_normalization_4 (Batch (None, 16, 20, 256)       1,024
   _________________________________________________________________
   activation (Activation)      (None, 16, 20, 256)       0
   _________________________________________________________________
   up_sampling2d_1 (UpSampling2 (None, 32, 40, 256)       0
   _________________________________________________________________
   conv2d_6 (Conv2D)            (None, 32, 40, 128)       295,040
   _________________________________________________________________
   batch_normalization_5 (Batch (None, 32, 40, 128)       512
   _________________________________________________________________
   activation_1 (Activation)    (None, 32, 40, 128)       0
   _________________________________________________________________
   up_sampling2d_2 (UpSampling2 (None, 64, 80, 128)       0
   _________________________________________________________________
   conv2d_7 (Conv2D)            (None, 64, 80, 64)        73,792
   _________________________________________________________________
   batch_normalization_6 (Batch (None, 64, 80, 64)        256
   _________________________________________________________________
   activation_2 (Activation)    (None, 64, 80, 64)        0
   _________________________________________________________________
   up_sampling2d_3 (UpSampling2 (None, 128, 160, 64)      0
   _________________________________________________________________
   conv2d_8 (Conv2D)            (None, 128, 160, 32)      18,464
   _________________________________________________________________
   batch_normalization_7 (Batch (None, 128, 160, 32)      128
   _________________________________________________________________
   activation_3 (Activation)    (None, 128, 160, 32)      0
   _________________________________________________________________
   conv2d_9 (Conv2D)            (None, 128, 160, 3)       867
   _________________________________________________________________
   activation_4 (Activation)    (None, 128, 160, 3)       0
   =================================================================
   Total params: 5,706,947
   Trainable params: 5,705,987
   Non-trainable params: 960
   _________________________________________________________________
   "
  `)
})

describe('totals', () => {
  // Worked out by hand from the layers' definitions.
  test.each([
    ['discriminator', buildDiscriminator, 1_587_777, 1920],
    ['generator', buildGenerator, 5_706_947, 960],
  ])('%s', (_, build, total, statistics) => {
    const model = build(article)
    const lines = (text: string): string[] => text.split('\n').slice(-5, -2)
    const counts = (trainable: number): string[] => [
      `Total params: ${total.toLocaleString('en-US')}`,
      `Trainable params: ${trainable.toLocaleString('en-US')}`,
      `Non-trainable params: ${(total - trainable).toLocaleString('en-US')}`,
    ]
    expect(model.countParams()).toBe(total)
    expect(lines(summary(model))).toEqual(counts(total - statistics))
    model.trainable = false
    expect(lines(summary(model))).toEqual(counts(0))
  })

  test('a shared layer counts once, with a line for each call', () => {
    const x = Input({ shape: [3], name: 'x' })
    const shared = Dense(3, { name: 'shared' })
    const text = summary(new Model(x, shared(shared(x)), { name: 'm' }))
    expect(text.match(/^shared \(Dense\)/gm)).toHaveLength(1)
    expect(text).toMatch(/^shared \(Dense\) +\(None, 3\) +12 +x\[0\]\[0\]\n +shared\[0\]\[0\]$/m)
    expect(text).toMatch(/^x \(InputLayer\) +\(None, 3\) +0$/m)
    expect(text).toContain('Total params: 12\n')
  })

  test('long names are cut, not run together', () => {
    const model = new Sequential([Dense(1, { inputDim: 1, name: 'n'.repeat(40) })])
    expect(summary(model)).toMatch(/^n{28} \(None, 1\)/m)
  })
})

test('a model without an input shape says what it lacks', () => {
  const model = new Sequential([Dense(1)], { name: 's' })
  expect(() => summary(model)).toThrow(StateError)
  expect(() => summary(model)).toThrow(
    '[Sequential "s"] is not built yet: give its first layer inputShape, or call the model on a tensor',
  )
})
