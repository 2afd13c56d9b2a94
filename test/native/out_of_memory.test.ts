/** Memory that can not be had: one error that says what to do, and training that goes on. */
import { totalmem } from 'node:os'
import {
  Dense,
  Dropout,
  type GantorchError,
  Layer,
  NDArray,
  Ones,
  ops,
  OutOfMemoryError,
  Reshape,
  Sequential,
  setRandomSeed,
  UpSampling2D,
  type SymbolicTensor,
  type Weight,
} from '../../lib/index'
import { native } from '../../lib/native'
import { resultOf, runProgram } from './child'
import { bits, buildDiscriminator, compileDiscriminator, ones, pictures } from './small_gan'

interface LimitedResult {
  readonly message: string
  readonly tried: number
  readonly fitting: number
  readonly unchanged: boolean
  readonly worked: string
}

async function refused(action: () => Promise<unknown>, says: RegExp): Promise<void> {
  const error: unknown = await action().then(
    () => 'no error',
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(OutOfMemoryError)
  expect((error as GantorchError).code).toBe('GANTORCH_OUT_OF_MEMORY')
  expect((error as GantorchError).message).toMatch(says)
}

/** Asked for, free, what to change. */
const NATIVE =
  /asked for \d+ MB in one block, \d+ MB are free.*use a smaller batch or smaller layers/
const HOST = /asked for an array of \d+ float32 elements, \d+ MB are free; use fewer or smaller/

/** The mean of every channel: makes something small of a large picture. */
class GlobalMean extends Layer {
  override call(x: SymbolicTensor): SymbolicTensor {
    return ops.mean(x, [1, 2])
  }
}

/** A point enlarged to a picture whose sides are `factor`. */
function enlarger(factor: number): Sequential {
  const model = new Sequential()
  model.add(Dense(1, { inputShape: [1] }))
  model.add(Reshape([1, 1, 1]))
  model.add(UpSampling2D({ size: [factor, factor] }))
  return model
}

/** Large inside, small outside: only native memory runs out. */
function hourglass(factor: number): Sequential {
  const model = enlarger(factor)
  model.add(new GlobalMean())
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
}

/** Expects that training before and after `disturb` is as it is without it, dropout included. */
async function expectUndisturbed(disturb: () => Promise<void>): Promise<void> {
  const run = async (between: () => Promise<void>): Promise<unknown> => {
    setRandomSeed(5)
    const model = compileDiscriminator(buildDiscriminator())
    const losses = [...(await model.trainOnBatch(pictures(1), ones))]
    await between()
    losses.push(...(await model.trainOnBatch(pictures(2), ones)))
    return [losses, await bits(model)]
  }
  expect(await run(disturb)).toEqual(await run(async () => undefined))
}

/** So many float32 elements need four times the memory of this machine. */
const tooManyPixels = totalmem()
const column = (length: number): NDArray => NDArray.full([length, 1], 0.5)

test('activations larger than memory', async () => {
  const side = Math.ceil(Math.sqrt(tooManyPixels))
  await expectUndisturbed(async () => {
    const model = hourglass(side)
    const before = await bits(model)
    await refused(() => model.predict(column(1)), NATIVE)
    await refused(() => model.trainOnBatch(column(1), column(1)), NATIVE)
    await refused(() => model.trainOnBatch(column(1), column(1)), /UpSampling2D "/)
    expect(await bits(model)).toEqual(before)
  })
})

test('a batch larger than memory; a smaller one works at once', async () => {
  const model = hourglass(2048)
  const batch = column(Math.ceil(tooManyPixels / 2048 ** 2))
  const before = await bits(model)
  await refused(() => model.trainOnBatch(batch, batch), NATIVE)
  await refused(() => model.predict(batch, { batchSize: batch.size }), NATIVE)
  expect(await bits(model)).toEqual(before)
  const { allocated } = native().memoryStats()
  expect((await model.predict(batch.slice(0, 4))).shape).toEqual([4, 1])
  await model.trainOnBatch(column(2), column(2))
  expect(await bits(model)).not.toEqual(before)
  // Adam's state is new: five numbers in blocks of 64 bytes.
  expect(native().memoryStats().allocated - allocated).toBeLessThan(1024)
})

test('a failed step leaves the random numbers where they were', async () => {
  const run = async (fails: boolean): Promise<unknown> => {
    setRandomSeed(8)
    const model = new Sequential()
    model.add(Dense(64, { inputShape: [1] }))
    // Draws random numbers before memory runs out.
    model.add(Dropout(0.5))
    model.add(Reshape([1, 1, 64]))
    model.add(UpSampling2D({ size: [2048, 2048] }))
    model.add(new GlobalMean())
    model.compile({ loss: 'mse', optimizer: 'adam' })
    const many = Math.ceil(tooManyPixels / 2048 ** 2 / 64) + 1
    const x = column(many)
    if (fails) await refused(() => model.trainOnBatch(x, NDArray.zeros([many, 64])), NATIVE)
    const { loss } = await compileDiscriminator(buildDiscriminator()).trainOnBatch(
      pictures(1),
      ones,
    )
    return loss
  }
  expect(await run(true)).toBe(await run(false))
})

/** A layer whose only weight has this shape. */
class Heavy extends Layer {
  private kernel!: Weight

  constructor(readonly shape: readonly number[]) {
    super()
  }

  override build(): void {
    this.kernel = this.addWeight('kernel', this.shape, new Ones())
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return ops.add(x, ops.mean(this.kernel.tensor))
  }
}

test.each([
  ['twice the memory of this machine', [Math.ceil(totalmem() / 2)], NATIVE],
  ['100 TB', [5e6, 5e6], NATIVE],
  ['more than an address can name', [2 ** 40, 2 ** 40], /out of memory.*use smaller layers/],
])('a weight of %s', async (_name, shape, says) => {
  await expectUndisturbed(async () => {
    const small = Dense(3, { inputShape: [2] })
    const model = new Sequential([small, new Heavy(shape)])
    const { allocated } = native().memoryStats()
    await refused(() => model.predict([[1, 2]]), says)
    await refused(() => model.predict([[1, 2]]), /weight heavy.*\/kernel/)
    await refused(() => model.getWeights(), /memory/)
    // But for the inputs of a run that is about to fail.
    expect(native().memoryStats().allocated - allocated).toBeLessThan(1024)
    // The small layer beside it gets its first values all the same.
    const [kernel] = await small.getWeights()
    expect(kernel?.data.every((value) => value !== 0)).toBe(true)
  })
})

test('results larger than what JavaScript can hold', async () => {
  await expectUndisturbed(async () => {
    const model = enlarger(2 ** 20)
    await refused(() => model.predict([[1]]), HOST)
    await refused(async () => NDArray.zeros([2 ** 45]), HOST)
    expect(() => NDArray.zeros([2 ** 45])).toThrow(OutOfMemoryError)
  })
})

test('with little memory the message names a batch that fits, and training goes on', async () => {
  // Batches that fail, in a process that may take 300 MB more.
  const failures = resultOf(await runProgram('limited'))
  expect(Object.keys(failures as object)).toEqual(['trainOnBatch', 'predict', 'fit'])
  for (const [method, { message, unchanged, fitting, tried, worked }] of Object.entries(
    failures as Record<string, LimitedResult>,
  )) {
    expect(message).toMatch(
      /: out of memory: asked for \d+ MB in one block, \d+ MB are free.*; the largest batch that fits now is about \d+, this one had \d+$/,
    )
    expect([method, unchanged, worked]).toEqual([method, true, 'worked'])
    expect(fitting).toBeGreaterThan(tried / 100)
    expect(fitting).toBeLessThan(tried)
  }
})
