/** RandomFlip and RandomTranslation while training: each image by itself one of Keras's results. */
import { Input, NDArray, RandomFlip, RandomTranslation, setRandomSeed } from '../../lib/index'
import { Rescaling } from '../../lib/index'
import { runLayer } from './evaluate'

const SHAPE = [64, 2, 3, 1]
const picture = [0, 1, 2, 3, 4, 5]
const images = new NDArray(
  Float32Array.from({ length: 64 * 6 }, (_, i) => picture[i % 6] as number),
  SHAPE,
)

/** How often each result came out of 64. */
async function counts(layer: RandomFlip | RandomTranslation): Promise<Map<string, number>> {
  layer(Input({ shape: SHAPE.slice(1) }))
  setRandomSeed(11)
  const { y, dx } = await runLayer(layer, images, images, true)
  const found = new Map<string, number>()
  for (let i = 0; i < 64; i++) {
    const key = y.data.slice(i * 6, i * 6 + 6).join(' ')
    found.set(key, (found.get(key) ?? 0) + 1)
    // Of r = picture: the gradient moves back what was moved there.
    if (layer instanceof RandomFlip) {
      expect(dx[0]?.data.slice(i * 6, i * 6 + 6)).toEqual(y.data.slice(i * 6, i * 6 + 6))
    }
  }
  return found
}

test.each([
  ['horizontal', '2 1 0 5 4 3'],
  ['vertical', '3 4 5 0 1 2'],
  ['horizontal_and_vertical', '5 4 3 2 1 0'],
] as const)('RandomFlip %s turns about half of the images', async (mode, flipped) => {
  const found = await counts(RandomFlip({ mode }))
  expect([...found.keys()].sort()).toEqual(['0 1 2 3 4 5', flipped])
  // 6 deviations of 64 fair draws are 24.
  expect(Math.abs((found.get(flipped) ?? 0) - 32)).toBeLessThanOrEqual(24)
})

test('RandomTranslation draws for each image', async () => {
  const options = { fillMode: 'constant', interpolation: 'nearest' } as const
  const found = await counts(RandomTranslation(0, 1 / 3, options))
  expect([...found.keys()].sort()).toEqual(['0 0 1 0 3 4', '0 1 2 3 4 5', '1 2 0 4 5 0'])
})

test('what they refuse', () => {
  const name = 'l'
  expect(() => RandomFlip({ name, mode: 'both' as never })).toThrow(
    "[RandomFlip \"l\"] mode must be one of 'horizontal_and_vertical', 'horizontal', 'vertical', received \"both\"",
  )
  expect(() => RandomTranslation(2, 0, { name })).toThrow(
    '[RandomTranslation "l"] heightFactor must be a number from -1 to 1 or a pair of them, received 2',
  )
  expect(() => RandomFlip({ name })(Input({ shape: [3] }))).toThrow(
    '[RandomFlip "l"] expects images of a known size, such as (batch, height, width, channels), received (None, 3)',
  )
  expect(() => Rescaling(NaN, { name })).toThrow(
    '[Rescaling "l"] scale must be a finite number or a list of them, received NaN',
  )
})
