/** One trainOnBatch of a two-layer model in tfjs: what a call costs. */
import { readOptions, serve } from './serve.ts'
import { nameOf, tensorflow } from './tfjs_backend.mjs'

const { spec, batchSize, warmup, form } = readOptions()
const tf = await tensorflow(form)
const model = tf.sequential()
model.add(tf.layers.dense({ units: spec.hidden, activation: 'relu', inputShape: [spec.inputs] }))
model.add(tf.layers.dense({ units: 1, activation: 'sigmoid' }))
model.compile({ loss: 'binaryCrossentropy', optimizer: tf.train.adam(spec.learningRate) })
const data = Float32Array.from({ length: batchSize * spec.inputs }, () => 2 * Math.random() - 1)

/** The array becomes a tensor in every call, as it does in the others. */
async function run() {
  const x = tf.tensor2d(data, [batchSize, spec.inputs])
  const y = tf.ones([batchSize, 1])
  const loss = await model.trainOnBatch(x, y)
  tf.dispose([x, y])
  return [loss]
}

await serve(nameOf(tf), { model: model.countParams() }, run, warmup)
