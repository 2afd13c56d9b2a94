/** predict of the article's generator in gantorch. */
import { random } from 'gantorch'
import { packageName } from './gantorch_gan'
import { dcganGenerator, type DcganSpec } from './gantorch_networks'
import { readOptions, serve } from './serve'

const { spec, batchSize, warmup } = readOptions<DcganSpec>()
const generator = dcganGenerator(spec)
const noise = random.normal(0, 1, [batchSize, spec.latent])
const run = async (): Promise<number[]> => {
  const images = await generator.predict(noise, { batchSize })
  return [images.data[0] ?? NaN]
}
void serve(packageName(), { generator: generator.countParams() }, run, warmup)
