/** Derivatives of derivatives of ops, against differences and known formulas; stopGradient. */
import { NDArray, ops, type SymbolicTensor } from '../../lib/index'
import { evaluate } from './evaluate'

type Function = (x: SymbolicTensor) => SymbolicTensor

/** The n-th derivatives of sum(f(x) * weights) by x, each of the weighted sum of the one before. */
function derivatives(f: Function, x: SymbolicTensor, order: number): SymbolicTensor[] {
  const results: SymbolicTensor[] = []
  let value = weighted(f(x))
  for (let n = 0; n < order; n++) {
    const [slope] = ops.gradients(value, [x]) as [SymbolicTensor]
    results.push(slope)
    value = weighted(slope)
  }
  return results
}

/** A sum in which elements don't cancel. */
function weighted(y: SymbolicTensor): SymbolicTensor {
  const row = ops.ravel(y)
  const factors = Array.from({ length: row.shape[0] as number }, (_, i) => Math.sin(2 * i + 1))
  return row.mul(ops.convertToTensor(factors)).sum()
}

const STEP = 2 ** -7
const START = Float32Array.from({ length: 6 }, (_, i) => 0.3 + 0.11 * i + 0.07 * Math.sin(3 * i))
const m = (x: SymbolicTensor): SymbolicTensor => x.reshape([2, 3])

/** Everything differentiable, through itself or through what makes it of others. */
const functions: Readonly<Record<string, Function>> = {
  add: (x) => x.add(x.square()),
  div: (x) => ops.div(1, x),
  maximum: (x) => ops.maximum(x.square(), x.mul(0.6)).square(),
  mod: (x) => ops.mod(x, 0.37).pow(3),
  arctan2: (x) => ops.arctan2(x, ops.sin(x)),
  power: (x) => ops.power(x, x),
  powerOfNumber: (x) => ops.power(x, 2.5),
  exponent: (x) => ops.power(1.7, x),
  exp: ops.exp,
  expm1: ops.expm1,
  log: ops.log,
  log1p: ops.log1p,
  log2: ops.log2,
  log10: ops.log10,
  sqrt: ops.sqrt,
  rsqrt: ops.rsqrt,
  reciprocal: ops.reciprocal,
  sin: ops.sin,
  cos: ops.cos,
  tan: ops.tan,
  arcsin: (x) => ops.arcsin(x.mul(0.6)),
  arccos: (x) => ops.arccos(x.mul(0.6)),
  arctan: ops.arctan,
  sinh: ops.sinh,
  cosh: ops.cosh,
  arcsinh: ops.arcsinh,
  arccosh: (x) => ops.arccosh(x.add(1.5)),
  arctanh: (x) => ops.arctanh(x.mul(0.6)),
  erf: ops.erf,
  erfinv: (x) => ops.erfinv(x.mul(0.6)),
  abs: (x) => ops.abs(x.sub(0.58)).pow(3),
  clip: (x) => ops.clip(x, 0.45, 0.8).pow(3),
  where: (x) => ops.where(x.greater(0.6), x.pow(3), x.exp()),
  sum: (x) => m(x).sum(1).pow(3),
  mean: (x) => m(x).mean(0, true).pow(3),
  max: (x) => m(x).max(1).pow(3),
  prod: (x) => m(x).prod(1),
  variance: (x) => m(x).variance(1).pow(2),
  std: (x) => x.std(),
  logsumexp: (x) => m(x).logsumexp(1),
  norm: (x) => m(x).norm(2, 1),
  norm3: (x) => m(x).norm(3, 1),
  softmax: (x) => m(x).softmax(),
  logSoftmax: (x) => ops.logSoftmax(m(x), 0).square(),
  softmaxOfAxes: (x) => m(x).softmax([0, 1]),
  matmul: (x) => m(x).matmul(m(x).transpose()).pow(2),
  transpose: (x) => m(x).transpose().pow(3),
  broadcastTo: (x) => ops.broadcastTo(x.pow(3), [2, 6]),
  concatenate: (x) => ops.concatenate([x.pow(3), x.exp()]),
  stack: (x) => ops.stack([x.pow(3), x.exp()], 1),
  split: (x) => ops.split(x, 2)[1]!.pow(3),
  unstack: (x) => ops.unstack(m(x), null, 1)[2]!.pow(3),
  tile: (x) => ops.tile(x.pow(3), 2),
  repeat: (x) => ops.repeat(x.pow(3), [1, 0, 2, 1, 1, 3], 0),
  flip: (x) => ops.flip(x).pow(3),
  roll: (x) => ops.roll(x, 2).pow(3),
  pad: (x) =>
    ops.pad(
      m(x).pow(3),
      [
        [1, 0],
        [0, 2],
      ],
      'constant',
      1,
    ),
  reflect: (x) =>
    ops
      .pad(
        m(x),
        [
          [1, 0],
          [0, 2],
        ],
        'reflect',
      )
      .pow(3),
  edge: (x) => ops.pad(m(x), 1, 'edge').pow(3),
  slice: (x) => ops.slice(m(x), [0, 1], [2, 2]).pow(3),
  take: (x) => ops.take(x, [0, 5, 5, 1]).pow(3),
  takeAlongAxis: (x) => ops.takeAlongAxis(m(x), ops.argsort(m(x)), 1).pow(3),
  tril: (x) => ops.tril(m(x)).pow(3),
  cumsum: (x) => ops.cumsum(x).pow(3),
  cumprod: (x) => ops.cumprod(x),
  sort: (x) => ops.sort(x).pow(3),
  topK: (x) => ops.topK(x, 3)[0].pow(3),
  einsum: (x) => ops.einsum('ij,kj->ik', m(x), m(x)).pow(2),
  tensordot: (x) =>
    ops
      .tensordot(m(x), m(x), [
        [0, 1],
        [0, 1],
      ])
      .pow(2),
  dot: (x) => ops.dot(m(x), ops.square(x).reshape([3, 2])),
}

test.each(Object.keys(functions))('%s: each derivative is the slope of the last', async (name) => {
  const f = functions[name]!
  const inputs: NDArray[] = []
  for (let i = 0; i < 6; i++) {
    for (const sign of [-1, 1]) {
      const moved = Float32Array.from(START)
      moved[i] = (moved[i] as number) + sign * STEP
      inputs.push(new NDArray(moved, [6]))
    }
  }
  const run = async (x: NDArray): Promise<NDArray[]> =>
    evaluate(
      [x],
      ([leaf]) => {
        const input = leaf as SymbolicTensor
        const slopes = derivatives(f, input, 3)
        return [weighted(f(input)), ...slopes.map(weighted), ...slopes]
      },
      { allKnown: true },
    )
  const there = await run(new NDArray(Float32Array.from(START), [6]))
  const around = await Promise.all(inputs.map(run))
  for (let order = 1; order <= 3; order++) {
    const slope = there[3 + order] as NDArray
    // The error of a central difference is a sixth of the step squared times a derivative two orders
    // higher, for which these functions, smooth over lengths of a fifth, allow 360 times the size;
    // and the rounding of both ends over the step. A wrong derivative is off by its own size.
    const value = (at: number): number => around[at]![order - 1]!.data[0] as number
    for (let i = 0; i < 6; i++) {
      const difference = (value(2 * i + 1) - value(2 * i)) / (2 * STEP)
      const size = Math.max(
        ...around.map((result) => Math.abs(result[order - 1]!.data[0] as number)),
      )
      const curvature = Math.abs(difference) + size
      const allowed = 60 * STEP ** 2 * curvature + (16 * 2 ** -24 * size) / STEP
      expect(Math.abs((slope.data[i] as number) - difference)).toBeLessThanOrEqual(allowed)
    }
  }
})

test('the gradient of cumprod is exact where an element is 0', async () => {
  const x = NDArray.from([2, 0, 3, 4])
  const [slope] = await evaluate([x], ([leaf]) => ops.gradients(ops.cumprod(leaf!), [leaf!]), {
    allKnown: true,
  })
  // By x1: 2 (1 + 3 + 12); by the others nothing but x0 remains.
  expect([...slope!.data]).toEqual([1, 32, 0, 0])
})

describe('stopGradient', () => {
  const x = NDArray.from([1, 2, 3])
  const run = async (f: (x: SymbolicTensor) => SymbolicTensor[]): Promise<number[][]> => {
    const arrays = await evaluate([x], ([leaf]) => f(leaf!), { allKnown: true })
    return arrays.map(({ data }) => [...data])
  }

  test('the stopped factor is a constant', async () => {
    const slopes = await run((leaf) => ops.gradients(leaf.mul(ops.stopGradient(leaf)), [leaf]))
    expect(slopes).toEqual([[1, 2, 3]])
  })

  test('nothing flows where everything is stopped', async () => {
    const f = (leaf: SymbolicTensor): SymbolicTensor[] =>
      ops.gradients(ops.stopGradient(leaf.square()).exp(), [leaf])
    expect(await run(f)).toEqual([[0, 0, 0]])
  })

  test('in a gradient of a gradient', async () => {
    const f = (leaf: SymbolicTensor): SymbolicTensor[] => {
      const [slope] = ops.gradients(leaf.pow(3), [leaf]) as [SymbolicTensor]
      // d/dx of stop(3 x^2) * x, and of 3 x^2 * stop(x)
      return [
        ...ops.gradients(ops.stopGradient(slope).mul(leaf), [leaf]),
        ...ops.gradients(slope.mul(ops.stopGradient(leaf)), [leaf]),
      ]
    }
    expect(await run(f)).toEqual([
      [3, 12, 27],
      [6, 24, 54],
    ])
  })

  test('by the stopped value itself', async () => {
    const f = (leaf: SymbolicTensor): SymbolicTensor[] => {
      const stopped = ops.stopGradient(leaf)
      return ops.gradients(stopped.square(), [stopped, leaf])
    }
    expect(await run(f)).toEqual([
      [2, 4, 6],
      [0, 0, 0],
    ])
  })
})

// At a limit libtorch's own gradient is 1 or 0, as its version will have it.
test('at its limits clip passes gradients on, as in Keras', async () => {
  const x = NDArray.from([0, 0.25, 0.5, 0.75, 1])
  const results = await evaluate([x], ([leaf]) => {
    const slopesOf = (y: SymbolicTensor) => ops.gradients(y.sum(), [leaf as SymbolicTensor])
    const clipped = ops.clip(leaf as SymbolicTensor, 0.25, 0.75)
    return [...slopesOf(clipped), ...slopesOf(clipped.pow(2))]
  })
  expect(results.map(({ data }) => [...data])).toEqual([
    [0, 1, 1, 1, 0],
    [0, 0.5, 1, 1.5, 0],
  ])
})
