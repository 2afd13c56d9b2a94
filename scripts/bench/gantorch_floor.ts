/** One large convolution: the rate that a profile is compared with. */
import { Conv2D, GlobalAveragePooling2D, NDArray, Sequential, setDTypePolicy } from 'gantorch'
import { packageName } from './gantorch_gan'
import { readOptions, serve } from './serve'

interface FloorSpec {
  readonly height: number
  readonly width: number
  readonly channels: number
}

const { spec, batchSize, warmup, policy } = readOptions<FloorSpec>()
setDTypePolicy(policy)
const shape = [spec.height, spec.width, spec.channels]
const model = new Sequential()
model.add(Conv2D(spec.channels, { kernelSize: 3, padding: 'same', inputShape: shape }))
// A result of few numbers costs nothing to hand over.
model.add(GlobalAveragePooling2D())
const x = NDArray.ones([batchSize, ...shape])
const run = async (): Promise<number[]> => {
  const y = await model.predict(x, { batchSize })
  return [y.data[0] ?? NaN]
}
void serve(packageName(), { model: model.countParams() }, run, warmup)
