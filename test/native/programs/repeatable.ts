/** Five GAN steps with dropout from a seed, or without one; prints losses and weights as JSON. */
import { buildGan, bits, ganStep } from '../small_gan'
import { native } from '../../../lib/native'
import { random } from '../../../lib/index'
import { buildDiscriminator, compileDiscriminator, ones, pictures } from '../small_gan'

async function seeded(seed: number): Promise<unknown> {
  const gan = buildGan(seed)
  const losses: number[][] = []
  for (let i = 0; i < 5; i++) losses.push(await ganStep(gan, i))
  return [losses, await bits(gan.generator), await bits(gan.discriminator)]
}

async function unseeded(): Promise<unknown> {
  const model = compileDiscriminator(buildDiscriminator())
  return [random.next(), (await model.trainOnBatch(pictures(1), ones)).loss, await bits(model)]
}

async function main(): Promise<void> {
  const [seed, threads] = process.argv.slice(2).map(Number)
  if (threads) native().setThreads(threads)
  console.log(JSON.stringify(await (seed === undefined ? unseeded() : seeded(seed))))
}

void main()
