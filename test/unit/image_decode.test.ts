/** How picture files become pixels: formats, depth, alpha, orientation, sizes, colour order. */
import { join } from 'node:path'
import { imageFolder } from '../../lib/image/folder'
import type { ImageFolderOptions } from '../../lib/image/folder_options'
import { readImage } from '../../lib/image/single'
import sharp from 'sharp'
import { PAIR, plain, put, raw, removeFolder, temporaryFolder } from './picture_files'

let folder: string

beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(() => removeFolder(folder))

/** The size of PAIR: no resizing, so values are exact. */
const SIZE: ImageFolderOptions = { height: 1, width: 2 }

async function bytesOf(options: ImageFolderOptions = SIZE): Promise<number[]> {
  return [...(await imageFolder(folder, options)).images.data]
}

describe('pixels', () => {
  test('png keeps exact values, in RGB by default and in BGR on demand', async () => {
    await put(folder, 'a.png', raw([1, 2, 3, 250, 128, 7], PAIR).png())
    expect(await bytesOf()).toEqual([1, 2, 3, 250, 128, 7])
    expect(await bytesOf({ ...SIZE, colorOrder: 'bgr' })).toEqual([3, 2, 1, 7, 128, 250])
    expect((await imageFolder(folder, { ...SIZE, colorOrder: 'bgr' })).colorOrder).toBe('bgr')
  })

  test('grey pictures become three equal channels, or stay one', async () => {
    await put(
      folder,
      'a.png',
      raw([10, 200], { ...PAIR, channels: 1 })
        .toColourspace('b-w')
        .png(),
    )
    expect(await bytesOf()).toEqual([10, 10, 10, 200, 200, 200])
    const grey = await imageFolder(folder, { ...SIZE, channels: 1 })
    expect(grey.images.shape).toEqual([1, 1, 2, 1])
    expect([...grey.images.data]).toEqual([10, 200])
  })

  test('colour becomes luminance with one channel: green brighter than red, red than blue', async () => {
    await put(folder, 'a.png', raw([255, 0, 0, 0, 255, 0, 0, 0, 255], { ...PAIR, width: 3 }).png())
    const [red = 0, green = 0, blue = 0] = await bytesOf({ height: 1, width: 3, channels: 1 })
    expect(green).toBeGreaterThan(red + 40)
    expect(red).toBeGreaterThan(blue + 20)
  })

  test('alpha is composed over white, or over the given background', async () => {
    const pixels = [9, 20, 30, 0, 100, 110, 120, 255]
    await put(folder, 'a.png', raw(pixels, { ...PAIR, channels: 4 }).png())
    expect(await bytesOf()).toEqual([255, 255, 255, 100, 110, 120])
    expect(await bytesOf({ ...SIZE, background: [1, 2, 3] })).toEqual([1, 2, 3, 100, 110, 120])
    const blue = { ...SIZE, background: '#0000ff', colorOrder: 'bgr' } as const
    expect((await bytesOf(blue)).slice(0, 3)).toEqual([255, 0, 0])
  })

  test('half-transparent black over white is middle grey', async () => {
    await put(folder, 'a.png', raw([0, 0, 0, 128, 0, 0, 0, 255], { ...PAIR, channels: 4 }).png())
    const [value = 0] = await bytesOf()
    expect(Math.abs(value - 127)).toBeLessThanOrEqual(1)
  })

  test('16 bits become 8, in colour and in grey', async () => {
    const wide = Uint16Array.from([0, 32768, 65535, 2570, 25700, 51400])
    await put(folder, 'a.png', raw(wide, PAIR).toColourspace('rgb16').png())
    const grey = Uint16Array.from([2570, 51400])
    await put(
      folder,
      'b.png',
      raw(grey, { ...PAIR, channels: 1 })
        .toColourspace('grey16')
        .png(),
    )
    expect((await sharp(join(folder, 'a.png')).metadata()).depth).toBe('ushort')
    expect(await bytesOf()).toEqual([0, 128, 255, 10, 100, 200, 10, 10, 10, 200, 200, 200])
  })

  test('EXIF orientation is applied', async () => {
    // Orientation 3 turns by 180 degrees, 6 by 90 degrees clockwise.
    await put(
      folder,
      'a.png',
      raw([1, 2, 3, 250, 128, 7], PAIR).withMetadata({ orientation: 3 }).png(),
    )
    expect(await bytesOf()).toEqual([250, 128, 7, 1, 2, 3])
    await put(
      folder,
      'a.png',
      raw([1, 2, 3, 250, 128, 7], PAIR).withMetadata({ orientation: 6 }).png(),
    )
    const turned = await readImage(join(folder, 'a.png'))
    expect(turned.shape).toEqual([2, 1, 3])
    expect([...turned.data]).toEqual([1, 2, 3, 250, 128, 7])
  })

  test.each(['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const)(
    '%s is read',
    async (format) => {
      await put(folder, `a.${format}`, plain('#c02040', 16, 16).toFormat(format))
      const bytes = await bytesOf({ height: 8, width: 8 })
      expect(bytes).toHaveLength(192)
      bytes.forEach((value, i) => {
        expect(Math.abs(value - ([0xc0, 0x20, 0x40][i % 3] as number))).toBeLessThanOrEqual(6)
      })
    },
  )

  test('svg is drawn sharply at the wanted size', async () => {
    const half = '<rect width="1" height="2" fill="black"/>'
    await put(
      folder,
      'a.svg',
      `<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2">${half}</svg>`,
    )
    const bytes = await bytesOf({ height: 20, width: 20 })
    // A picture enlarged from 2 x 2 pixels would have a ramp here.
    expect([bytes[6 * 3], bytes[13 * 3]]).toEqual([0, 255])
  })

  test('the content counts, not the extension', async () => {
    await put(folder, 'really_png.jpg', raw([1, 2, 3, 4, 5, 6], PAIR).png())
    await put(folder, 'UPPER.PNG', raw([7, 8, 9, 10, 11, 12], PAIR).png())
    expect(await bytesOf()).toEqual([7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6])
  })
})

describe('sizes', () => {
  const left = { height: 4, width: 4 }
  beforeEach(async () => {
    // 8 x 4: left half red, right half blue.
    const red = await plain('#ff0000', 4, 4).png().toBuffer()
    await put(
      folder,
      'a.png',
      plain('#0000ff', 8, 4)
        .composite([{ input: red, left: 0, top: 0 }])
        .png(),
    )
  })
  const corner = (bytes: number[], row: number, column: number): number[] =>
    bytes.slice((row * 4 + column) * 3, (row * 4 + column) * 3 + 3)

  test('cover crops around the centre', async () => {
    const bytes = await bytesOf(left)
    expect(corner(bytes, 0, 1)).toEqual([255, 0, 0])
    expect(corner(bytes, 3, 2)).toEqual([0, 0, 255])
  })

  test('contain shows all, with the background above and below', async () => {
    const bytes = await bytesOf({ ...left, fit: 'contain', background: '#00ff00' })
    expect(corner(bytes, 0, 0)).toEqual([0, 255, 0])
    expect(corner(bytes, 3, 3)).toEqual([0, 255, 0])
    expect(corner(bytes, 1, 0)[0]).toBeGreaterThan(200)
    expect(corner(bytes, 2, 3)[2]).toBeGreaterThan(200)
  })

  test('fill stretches', async () => {
    const bytes = await bytesOf({ ...left, fit: 'fill' })
    expect(corner(bytes, 0, 0)[0]).toBeGreaterThan(200)
    expect(corner(bytes, 3, 3)[2]).toBeGreaterThan(200)
  })

  test('one pixel and thousands become the same size', async () => {
    await put(folder, 'tiny.png', plain('#102030', 1, 1).png())
    await put(folder, 'wide.jpg', plain('#102030', 5000, 3000).jpeg())
    const set = await imageFolder(folder, { height: 8, width: 6 })
    expect(set.images.shape).toEqual([3, 8, 6, 3])
    expect([...set.images.data.subarray(144, 147)]).toEqual([16, 32, 48])
  })
})

describe('readImage', () => {
  test('own size by default, another on demand', async () => {
    await put(folder, 'a.png', raw([1, 2, 3, 250, 128, 7], PAIR).png())
    const path = join(folder, 'a.png')
    expect((await readImage(path)).shape).toEqual([1, 2, 3])
    expect((await readImage(path, { height: 5, width: 6, channels: 1 })).shape).toEqual([5, 6, 1])
    expect([...(await readImage(path, { colorOrder: 'bgr' })).data]).toEqual([3, 2, 1, 7, 128, 250])
  })

  test('errors', async () => {
    await expect(readImage(join(folder, 'no.png'))).rejects.toMatchObject({ name: 'FileError' })
    await expect(readImage('a.png', { height: 3 })).rejects.toThrow(
      '[readImage] height and width must be given together',
    )
  })
})
