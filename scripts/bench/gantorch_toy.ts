/** One trainOnBatch of a two-layer model in gantorch: what a call costs. */
import { Adam, Dense, NDArray, random, Sequential } from 'gantorch'
import { packageName } from './gantorch_gan'
import { readOptions, serve } from './serve'

interface ToySpec {
  readonly inputs: number
  readonly hidden: number
  readonly learningRate: number
}

const { spec, batchSize, warmup } = readOptions<ToySpec>()
const model = new Sequential([
  Dense(spec.hidden, { activation: 'relu', inputDim: spec.inputs }),
  Dense(1, { activation: 'sigmoid' }),
])
model.compile({ loss: 'binary_crossentropy', optimizer: new Adam(spec.learningRate) })
const x = random.normal(0, 1, [batchSize, spec.inputs])
const y = NDArray.ones([batchSize, 1])
const run = async (): Promise<number[]> => [(await model.trainOnBatch(x, y)).loss]
void serve(packageName(), { model: model.countParams() }, run, warmup)
