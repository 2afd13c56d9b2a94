/** The pass that joins doubling and convolution: on and off give the same numbers. */
import { NDArray, ops, random, setImageDataFormat, type SymbolicTensor } from '../../lib/index'
import { placeholder } from '../../lib/graph/tensor'
import { conv } from '../../lib/ops/conv'
import { upSampleNearest } from '../../lib/ops/resize'
import { planOf } from '../../lib/program'
import { evaluate } from './evaluate'
import { expectClose, largest } from './tolerance'

interface Options {
  readonly size?: readonly [number, number]
  readonly strides?: readonly [number, number]
  readonly dilationRate?: readonly [number, number]
  readonly padding?: 'same' | 'valid'
}

/** y, and whatever keeps the doubled picture alive when `apart`. */
function graphOf(
  [x, kernel, bias]: SymbolicTensor[],
  options: Options,
  apart: boolean,
): SymbolicTensor[] {
  const { size = [2, 2], strides = [1, 1], dilationRate = [1, 1], padding = 'same' } = options
  const large = upSampleNearest(x as SymbolicTensor, size)
  const y = conv(large, kernel as SymbolicTensor, { strides, dilationRate, padding, bias })
  return apart ? [y, large] : [y]
}

function opsOf(kernelShape: readonly number[], options: Options, apart = false): string[] {
  const tensors = [[null, 5, 6, 3], kernelShape, [kernelShape[3] as number]].map((shape, i) =>
    placeholder(`x${i}`, { shape, dtype: 'float32' }),
  )
  const inputs = tensors.map((tensor) => ({ tensor, name: 'x', requireFinite: false }))
  const outputs = graphOf(tensors, options, apart)
  const plan = planOf(inputs, [{ name: 'test', outputs, updates: [] }])
  return plan.phases.flatMap((phase) => phase.nodes.map((node) => node.op))
}

afterEach(() => setImageDataFormat('channels_last'))

describe('applies', () => {
  test.each([
    [2, 2],
    [3, 3],
    [4, 4],
    [7, 7],
    [2, 5],
  ])('to doubling and a plain %i x %i convolution', (rows, columns) => {
    expect(opsOf([rows, columns, 3, 4], {})).toEqual(['upSampleConv2d'])
  })

  test.each<[string, readonly number[], Options]>([
    ['another size', [3, 3, 3, 4], { size: [3, 2] }],
    ['strides', [3, 3, 3, 4], { strides: [2, 1] }],
    ['dilation', [3, 3, 3, 4], { dilationRate: [1, 2] }],
    ['padding valid', [3, 3, 3, 4], { padding: 'valid' }],
    ['a 1 x 3 kernel', [1, 3, 3, 4], {}],
    ['a 3 x 1 kernel', [3, 1, 3, 4], {}],
  ])('not to %s', (_, kernel, options) => {
    expect(opsOf(kernel, options)).toEqual(['upSampleNearest', 'conv'])
  })

  test('not to a convolution in groups', () => {
    expect(opsOf([3, 3, 1, 6], {})).toEqual(['upSampleNearest', 'conv'])
  })

  test('to channels first', () => {
    setImageDataFormat('channels_first')
    expect(opsOf([3, 3, 5, 4], {})).toEqual(['upSampleConv2d'])
  })

  test('not where the doubled picture is wanted too', () => {
    expect(opsOf([3, 3, 3, 4], {}, true)).toEqual(['upSampleNearest', 'conv'])
  })
})

function largestDifference(one: NDArray, other: NDArray): number {
  let result = 0
  one.data.forEach((value: number, i: number) => {
    result = Math.max(result, Math.abs(value - (other.data[i] as number)))
  })
  return result
}

const evaluateKnown = (
  data: readonly NDArray[],
  graph: (tensors: SymbolicTensor[]) => SymbolicTensor[],
): Promise<NDArray[]> => evaluate(data, graph, { allKnown: true })

interface Shape {
  readonly batch: number
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly filters: number
  /** Of the kernel, 3 x 3 if left out. */
  readonly taps?: readonly [number, number]
}

const tapsOf = ({ taps = [3, 3] }: Shape): number => taps[0] * taps[1]

/** x, a kernel, a bias, and a weight for each result. */
function dataOf(shape: Shape, layout: 'channels_last' | 'channels_first'): NDArray[] {
  const { batch, height, width, channels, filters, taps = [3, 3] } = shape
  const image = (rows: number, columns: number, depth: number): number[] =>
    layout === 'channels_last' ? [batch, rows, columns, depth] : [batch, depth, rows, columns]
  return [
    random.normal(0, 1, image(height, width, channels)),
    random.normal(0, 0.1, [...taps, channels, filters]),
    random.normal(0, 1, [filters]),
    random.normal(0, 1, image(2 * height, 2 * width, filters)),
  ]
}

/** y and its gradients, joined and apart, within what another order of sums may change. */
async function expectSame(
  shape: Shape,
  layout: 'channels_last' | 'channels_first' = 'channels_last',
): Promise<void> {
  const { batch, height, width, channels, filters } = shape
  const results = 4 * batch * height * width
  const data = dataOf(shape, layout)
  const run = (apart: boolean): Promise<NDArray[]> =>
    evaluateKnown(data, (tensors) => {
      const [y, ...rest] = graphOf(tensors, {}, apart) as [SymbolicTensor]
      const scalar = ops.sum(ops.mul(y, tensors[3] as SymbolicTensor))
      return [y, ...ops.gradients(scalar, tensors.slice(0, 3)), ...rest]
    })
  const [together, apart] = [await run(false), await run(true)]
  together.forEach((array, i) => {
    // Sums of this many products in another order: each addition rounds, with random sign.
    const taps = tapsOf(shape)
    const terms = [taps * channels, taps * filters, results, results, 1][i] as number
    const expected = apart[i] as NDArray
    const drift = Math.sqrt(terms) * 2 ** -24 * largest(expected)
    expectClose(['y', 'dx', 'dkernel', 'dbias'][i] as string, array, expected, drift)
  })
}

describe('gives the same', () => {
  const shapes: readonly Shape[] = [
    { batch: 2, height: 4, width: 5, channels: 3, filters: 4 },
    { batch: 1, height: 1, width: 1, channels: 1, filters: 1 },
    { batch: 3, height: 7, width: 2, channels: 16, filters: 33 },
    { batch: 4, height: 8, width: 10, channels: 64, filters: 32 },
    // Channels for the kernel with fewer products; odd lengths leave tiles half filled.
    { batch: 1, height: 1, width: 1, channels: 32, filters: 16 },
    { batch: 1, height: 2, width: 3, channels: 64, filters: 32 },
    { batch: 1, height: 8, width: 10, channels: 512, filters: 32 },
    // Few tiles: the channels of y are divided among the threads.
    { batch: 1, height: 5, width: 4, channels: 64, filters: 128 },
    { batch: 2, height: 16, width: 20, channels: 32, filters: 16 },
    { batch: 1, height: 25, width: 27, channels: 32, filters: 48 },
    { batch: 72, height: 3, width: 3, channels: 64, filters: 16 },
    { batch: 650, height: 1, width: 1, channels: 32, filters: 16 },
    { batch: 1, height: 2, width: 321, channels: 96, filters: 16 },
    // Of Keras-GAN's WGAN-GP, and other kernels.
    { batch: 4, height: 7, width: 7, channels: 128, filters: 128, taps: [4, 4] },
    { batch: 2, height: 5, width: 3, channels: 32, filters: 16, taps: [2, 2] },
    { batch: 2, height: 3, width: 5, channels: 32, filters: 16, taps: [5, 5] },
    { batch: 1, height: 4, width: 4, channels: 16, filters: 32, taps: [7, 7] },
    { batch: 1, height: 1, width: 1, channels: 1, filters: 1, taps: [4, 4] },
  ]

  test.each(shapes)('values and gradients for %j', async (shape) => {
    random.seed(5)
    await expectSame(shape)
  })

  test('values and gradients for kernels and sizes drawn at random', async () => {
    random.seed(9)
    const draw = (low: number, high: number): number =>
      low + Math.floor((random.uniform(0, 1, [1]).data[0] as number) * (high - low + 1))
    for (let i = 0; i < 40; i++) {
      const [batch, height, width] = [draw(1, 3), draw(1, 9), draw(1, 9)]
      const [channels, filters] = [draw(1, 20), draw(1, 20)]
      const taps = [draw(2, 7), draw(2, 7)] as const
      const layout = i % 2 === 0 ? 'channels_last' : 'channels_first'
      setImageDataFormat(layout)
      await expectSame({ batch, height, width, channels, filters, taps }, layout)
    }
  })

  test.each([
    { batch: 2, height: 4, width: 5, channels: 3, filters: 4 },
    { batch: 3, height: 15, width: 18, channels: 64, filters: 32 },
    { batch: 1, height: 5, width: 4, channels: 64, filters: 128 },
    { batch: 3, height: 7, width: 6, channels: 32, filters: 32, taps: [4, 4] },
  ] as const)('values and gradients in bfloat16 for %j', async (shape) => {
    random.seed(8)
    const data = dataOf(shape, 'channels_last')
    const run = (apart: boolean, precise: boolean): Promise<NDArray[]> =>
      evaluateKnown(data, (given) => {
        // Rounded in both cases, so that both see the same numbers.
        const rounded = given.map((tensor) => ops.cast(tensor, 'bfloat16'))
        const tensors = precise ? rounded.map((tensor) => ops.cast(tensor, 'float32')) : rounded
        const [y, ...rest] = graphOf(tensors, {}, apart) as [SymbolicTensor]
        const scalar = ops.sum(ops.mul(y, tensors[3] as SymbolicTensor))
        const results = [y, ...ops.gradients(scalar, tensors.slice(0, 3)), ...rest]
        return results.map((tensor) => ops.cast(tensor, 'float32'))
      })
    const [together, apart] = [await run(false, false), await run(true, false)]
    const precise = await run(true, true)
    together.forEach((array, i) => {
      const expected = precise[i] as NDArray
      // As near to float32 as four times what plain bfloat16 comes.
      const drift = largestDifference(apart[i] as NDArray, expected)
      expectClose(['y', 'dx', 'dkernel', 'dbias'][i] as string, array, expected, drift)
    })
  })

  test.each<Shape>([
    { batch: 2, height: 4, width: 5, channels: 3, filters: 4 },
    { batch: 2, height: 4, width: 5, channels: 3, filters: 4, taps: [4, 4] },
  ])('values and gradients for channels first and %j', async (shape) => {
    setImageDataFormat('channels_first')
    random.seed(7)
    await expectSame(shape, 'channels_first')
  })

  test.each([
    { batch: 2, height: 3, width: 3, channels: 2, filters: 3 },
    { batch: 3, height: 15, width: 16, channels: 32, filters: 16 },
    { batch: 3, height: 5, width: 7, channels: 6, filters: 5, taps: [4, 4] },
    { batch: 2, height: 5, width: 4, channels: 6, filters: 5, taps: [2, 5] },
  ] as const)('second derivatives for %j', async (shape: Shape) => {
    const { batch, height, width, channels, filters, taps = [3, 3] } = shape
    random.seed(6)
    const data = [
      random.normal(0, 1, [batch, height, width, channels]),
      random.normal(0, 1, [...taps, channels, filters]),
      NDArray.zeros([filters]),
    ]
    const run = (apart: boolean): Promise<NDArray[]> =>
      evaluateKnown(data, (tensors) => {
        const [y, ...rest] = graphOf(tensors, {}, apart) as [SymbolicTensor]
        const [dx] = ops.gradients(ops.sum(ops.square(y)), [tensors[0] as SymbolicTensor])
        const penalty = ops.sum(ops.square(dx as SymbolicTensor))
        return [...ops.gradients(penalty, tensors.slice(0, 2)), ...rest]
      })
    const [together, apart] = [await run(false), await run(true)]
    for (const i of [0, 1]) {
      const expected = apart[i] as NDArray
      expectClose(
        `second derivative ${i}`,
        together[i] as NDArray,
        expected,
        largest(expected) * 2 ** -20,
      )
    }
  })

  test('second derivatives by a picture that the kernel is made from', async () => {
    random.seed(10)
    const data = [
      random.normal(1, 1, [3, 15, 16, 32]),
      random.normal(0, 1, [3, 3, 32, 16]),
      NDArray.zeros([16]),
    ]
    const run = (apart: boolean): Promise<NDArray[]> =>
      evaluateKnown(data, ([x, kernel, bias]) => {
        const own = ops.mul(kernel as SymbolicTensor, ops.mean(x as SymbolicTensor))
        const given = [x, own, bias] as SymbolicTensor[]
        const [y, ...rest] = graphOf(given, {}, apart) as [SymbolicTensor]
        const first = ops.gradients(ops.sum(ops.square(y)), [x as SymbolicTensor, own])
        const penalty = first.map((each) => ops.mean(ops.square(each))) as [
          SymbolicTensor,
          SymbolicTensor,
        ]
        return [...ops.gradients(ops.add(...penalty), [x as SymbolicTensor]), ...rest]
      })
    const [[together], [apart]] = [await run(false), await run(true)] as [[NDArray], [NDArray]]
    expectClose('second derivative', together, apart, largest(apart) * 2 ** -20)
  })
})
