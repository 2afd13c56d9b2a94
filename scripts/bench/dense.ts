/**
 * Products of dense layers against ATen's (`matmul`), by rows and width: eight layers behind each
 * other, forward and with the gradients of input and kernel, in turn in one run.
 *
 *   npx tsx scripts/bench/dense.ts [--rounds 9] [--rows 1,8,32,128] [--widths 256,512,1024]
 */
import { parseArgs } from 'node:util'
import { ops, random, type NDArray, type SymbolicTensor } from '../../lib/index'
import { placeholder } from '../../lib/graph/tensor'
import { planOf, Program } from '../../lib/program'
import { timesOf } from './turns'

const LAYERS = 8

type Product = (x: SymbolicTensor, kernel: SymbolicTensor) => SymbolicTensor

const dense: Product = (x, kernel) => ops.dense(x, kernel)
const matmul: Product = (x, kernel) => ops.matmul(x, kernel)

/** Without passes both have their gradients from autograd. */
function programOf(data: readonly NDArray[], product: Product, layers: number, isTrained: boolean) {
  const [x, kernel] = data.map(({ shape }, i) =>
    placeholder(`x${i}`, { shape, dtype: 'float32' }),
  ) as [SymbolicTensor, SymbolicTensor]
  let y = x
  for (let i = 0; i < layers; i++) y = product(y, kernel)
  const loss = ops.sum(y)
  const gradients = isTrained ? ops.gradients(loss, [x, kernel]).map((each) => ops.sum(each)) : []
  const inputs = [x, kernel].map((tensor, i) => ({ tensor, name: `x${i}`, requireFinite: false }))
  const phase = { name: 'bench', outputs: [loss, ...gradients], updates: [] }
  return new Program('bench', planOf(inputs, [phase], false))
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '9' },
      rows: { type: 'string', default: '1,8,32,128' },
      widths: { type: 'string', default: '256,512,1024' },
    },
  })
  for (const rows of values.rows.split(',').map(Number)) {
    for (const width of values.widths.split(',').map(Number)) {
      // Results of each layer are as large as those before.
      const kernel = random.normal(0, width ** -0.5, [width, width])
      const data = [random.normal(0, 1, [rows, width]), kernel]
      for (const isTrained of [false, true]) {
        // One layer more, to be subtracted: what is around them.
        const programs = [dense, matmul].flatMap((product) =>
          [LAYERS + 1, 1].map((layers) => programOf(data, product, layers, isTrained)),
        )
        const times = await timesOf(programs, data, Number(values.rounds))
        const [own, ownAround, aten, atenAround] = times as [number, number, number, number]
        const [ours, theirs] = [own - ownAround, aten - atenAround].map(
          (each) => each / LAYERS,
        ) as [number, number]
        const rate = (2 * rows * width * width * (isTrained ? 3 : 1)) / ours / 1e6
        console.log(
          `${rows} rows, ${width} x ${width}, ${isTrained ? 'there and back' : 'forward'}: ` +
            `${(1000 * ours).toFixed(0)} us (${rate.toFixed(0)} GFLOP/s), ` +
            `ATen ${(1000 * theirs).toFixed(0)} us, ${(theirs / ours).toFixed(2)} times faster`,
        )
      }
    }
  }
}

void main()
