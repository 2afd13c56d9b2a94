/** Ops on few elements as one node: the numbers of the single ops, bit for bit. */
import { NDArray, ops, random, type SymbolicTensor } from '../../lib/index'
import { Weight } from '../../lib/graph/weight'
import { fill } from '../../lib/ops/create'
import { removeDeadCode } from '../../lib/plan/passes/dead_code'
import { joinElements } from '../../lib/plan/passes/elements'
import { writeGradients } from '../../lib/plan/passes/explicit_gradients'
import { assignment, type GraphUpdate } from '../../lib/plan/plan'
import { planOf, readWeights, writeWeights } from '../../lib/program'
import { evaluate, graphOf, type EvaluateOptions } from './evaluate'

const ON = [writeGradients, removeDeadCode, joinElements]
const OFF = [writeGradients, removeDeadCode]

type Describe = (...tensors: SymbolicTensor[]) => readonly SymbolicTensor[]

/** How many nodes there are with the pass. */
function nodesOf(data: readonly NDArray[], describe: Describe, options: EvaluateOptions): number {
  const graph = graphOf(data, (tensors) => describe(...tensors), options)
  const { phases } = planOf(graph.inputs, graph.phases, ON)
  return phases.flatMap(({ nodes }) => nodes).length
}

async function expectEqual(
  data: readonly NDArray[],
  describe: Describe,
  options: EvaluateOptions = {},
): Promise<NDArray[]> {
  const run = (optimisations: typeof ON): Promise<NDArray[]> =>
    evaluate(data, (tensors) => describe(...tensors), { ...options, optimisations })
  const [on, off] = [await run(ON), await run(OFF)]
  expect(on).not.toHaveLength(0)
  on.forEach(({ data: values, shape }, i) => {
    expect(shape).toEqual(off[i]?.shape)
    expect(values).toEqual(off[i]?.data)
  })
  return on
}

/** As Keras has it, with clipped probabilities. */
const crossentropy = (y: SymbolicTensor, p: SymbolicTensor): SymbolicTensor => {
  const clipped = ops.clip(p, 1e-7, 1 - 1e-7)
  const [one, other] = [ops.log(clipped), ops.log(ops.sub(1, clipped))]
  return ops.neg(ops.add(ops.mul(y, one), ops.mul(ops.sub(1, y), other)))
}

const gradientsOf = (of: (a: SymbolicTensor, b: SymbolicTensor) => SymbolicTensor): Describe => {
  return (a, b) => {
    const loss = ops.sum(of(a, b))
    return [loss, ...ops.gradients(loss, [a])]
  }
}

const accuracy: Describe = (a, b) => {
  const [x, y] = [a, b] as [SymbolicTensor, SymbolicTensor]
  const hits = ops.cast(ops.equal(ops.cast(ops.greater(x, 0.5), 'float32'), y), 'float32')
  const others = ops.cast(ops.less(x, y), 'float32')
  return [ops.sum(hits), ops.mean(ops.add(others, ops.cast(ops.greaterEqual(x, 1), 'float32')))]
}

const GRAPHS: Readonly<Record<string, Describe>> = {
  'sums and products': gradientsOf((a, b) => ops.mul(ops.sub(ops.add(a, b), 0.3), ops.mul(2, b))),
  quotients: (a, b) => [ops.div(ops.neg(a), ops.add(b, 1))],
  crossentropy: (a, b) => {
    const [x, y] = [a, b] as [SymbolicTensor, SymbolicTensor]
    const loss = ops.mean(crossentropy(y, ops.sigmoid(x)))
    return [loss, ...ops.gradients(loss, [x])]
  },
  accuracy,
  relu: gradientsOf((a, b) => ops.mul(ops.relu(ops.neg(a)), b)),
  leakyRelu: gradientsOf((a, b) => ops.mul(ops.leakyRelu(ops.neg(a), 0.2), b)),
  clip: gradientsOf((a, b) => ops.mul(ops.clip(ops.neg(a), -0.5, 0.7), b)),
  logarithm: gradientsOf((a, b) => ops.mul(ops.log(ops.neg(a)), b)),
  square: gradientsOf((a, b) => ops.neg(ops.square(ops.add(a, b)))),
}

/** One and several parts of vectors, both sides of 64, from where on sums are ATen's, and many. */
const ROWS = [1, 2, 7, 16, 31, 32, 33, 64, 65, 300, 5000]

const ODD = [NaN, Infinity, -Infinity, -0, 0, 1e-30, 0.5, 1]

function columns(rows: number): [NDArray, NDArray] {
  random.seed(7)
  return [random.normal(0, 2, [rows, 1]), random.normal(0, 2, [rows, 1])]
}

describe.each(Object.entries(GRAPHS))('%s', (_, describe) => {
  test.each(ROWS)('of %d rows', async (rows) => {
    await expectEqual(columns(rows), describe)
  })

  test('of odd numbers', async () => {
    const [x, y] = columns(ODD.length)
    x.data.set(ODD)
    y.data.set([...ODD].reverse())
    await expectEqual([x, y], describe)
  })

  test('of none', async () => {
    const none = new NDArray(new Float32Array(0), [0, 1])
    await expectEqual([none, none], describe)
  })

  test('has fewer nodes', () => {
    const data = columns(32)
    const one = nodesOf(data, describe, {})
    expect(one).toBe(1)
  })
})

test('numbers beside the elements, and elements in another order', async () => {
  random.seed(3)
  const x = random.normal(0, 1, [3, 5])
  const number = new NDArray(Float32Array.of(0.7), [])
  const describe: Describe = (a, b) => {
    const given = [a, b] as [SymbolicTensor, SymbolicTensor]
    const turned = ops.transpose(ops.neg(given[0]), [1, 0])
    const wide = ops.broadcastTo(ops.slice(turned, [0, 0], [1, 3]), [5, 3])
    return [ops.square(ops.mul(ops.sub(turned, given[1]), wide)), ops.neg(ops.div(given[1], wide))]
  }
  await expectEqual([x, number], describe, { allKnown: true })
})

test.each([1, 63, 256, 1000, 4096, 4097])('moving averages of %d numbers', async (size) => {
  random.seed(size)
  const [mean, start] = [random.normal(0, 1, [size]), random.normal(0, 1, [size])]
  /** The weight after two steps. */
  const averaged = async (optimisations: typeof ON): Promise<NDArray[]> => {
    const weight = new Weight({ name: 'w', shape: [size], initialize: () => fill([size], 0) })
    await writeWeights('test', [weight], [start])
    for (const momentum of [0.8, 0.99]) {
      const updates: GraphUpdate[] = []
      const describe = ([x]: SymbolicTensor[]): SymbolicTensor[] => {
        const moved = ops.mul(x as SymbolicTensor, 1 - momentum)
        updates.push(assignment(weight, ops.add(ops.mul(weight.tensor, momentum), moved)))
        return [ops.square(weight.tensor)]
      }
      await evaluate([mean], describe, { allKnown: true, optimisations, updates })
    }
    return readWeights([weight])
  }
  const [on, off] = [await averaged(ON), await averaged(OFF)]
  expect(on[0]?.data).toEqual(off[0]?.data)
  expect(on[0]?.data).not.toEqual(start.data)
})
