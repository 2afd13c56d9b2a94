/** saveGrid, saveRealFake, saveImage: positions, values, colour order, errors, whole files only. */
import promises, { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { NDArray } from '../../lib/array'
import { saveGrid, saveRealFake, type SaveGridOptions } from '../../lib/image/grid'
import { ImageSet } from '../../lib/image/image_set'
import { readImage, saveImage } from '../../lib/image/single'
import { isPictureName } from '../../lib/image/decode'
import { writePicture } from '../../lib/image/write'
import { removeFolder, temporaryFolder } from './picture_files'

let folder: string

beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(() => removeFolder(folder))

const at = (name: string): string => join(folder, name)

/** n pictures of 1 x 1 pixel: [i, 100 + i, 200 + i]. */
function numbered(count: number): NDArray<Uint8Array> {
  const data = Uint8Array.from({ length: count * 3 }, (_, i) => (i % 3) * 100 + Math.floor(i / 3))
  return new NDArray(data, [count, 1, 1, 3])
}

/** Rows of the red channel of a written picture. */
async function redRows(name: string): Promise<number[][]> {
  const { data, shape } = await readImage(at(name))
  const [height = 0, width = 0] = shape
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => data[(y * width + x) * 3] as number),
  )
}

describe('positions', () => {
  test('row by row, padding between and around, empty places at the end', async () => {
    await saveGrid(numbered(5), 2, 3, at('a.png'), { padding: 1, background: [255, 0, 0] })
    const w = 255
    expect(await redRows('a.png')).toEqual([
      [w, w, w, w, w, w, w],
      [w, 0, w, 1, w, 2, w],
      [w, w, w, w, w, w, w],
      [w, 3, w, 4, w, w, w],
      [w, w, w, w, w, w, w],
    ])
  })

  test('pictures keep their rows and columns; scale makes squares, padding stays', async () => {
    const picture = new NDArray(Uint8Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3, 1])
    await saveGrid(picture, 1, 1, at('a.png'), { padding: 1, scale: 2, background: 'black' })
    expect(await redRows('a.png')).toEqual([
      [0, 0, 0, 0, 0, 0, 0, 0],
      [0, 1, 1, 2, 2, 3, 3, 0],
      [0, 1, 1, 2, 2, 3, 3, 0],
      [0, 4, 4, 5, 5, 6, 6, 0],
      [0, 4, 4, 5, 5, 6, 6, 0],
      [0, 0, 0, 0, 0, 0, 0, 0],
    ])
  })

  test('by default two white pixels', async () => {
    await saveGrid(numbered(1), 1, 1, at('a.png'))
    const { data, shape } = await readImage(at('a.png'))
    expect(shape).toEqual([5, 5, 3])
    expect([...data.subarray(0, 3)]).toEqual([255, 255, 255])
    expect([...data.subarray((2 * 5 + 2) * 3, (2 * 5 + 2) * 3 + 3)]).toEqual([0, 100, 200])
  })

  test('real on the left, generated on the right, a gap between', async () => {
    const fake = new NDArray(Uint8Array.of(50, 0, 0, 60, 0, 0), [2, 1, 1, 3])
    const options = { rows: 2, columns: 2, padding: 0, gap: 3 }
    await saveRealFake(numbered(4), fake, at('a.png'), options)
    expect(await redRows('a.png')).toEqual([
      [0, 1, 255, 255, 255, 50, 60],
      [2, 3, 255, 255, 255, 255, 255],
    ])
  })

  test('five rows and columns a side by default, a third of a picture between', async () => {
    const images = new NDArray(new Uint8Array(25 * 6 * 9 * 3), [25, 6, 9, 3])
    await saveRealFake(images, images, at('a.png'))
    expect((await readImage(at('a.png'))).shape).toEqual([5 * 6 + 12, 2 * (5 * 9 + 12) + 3, 3])
  })

  test('of a larger ImageSet pictures spread over it are drawn', async () => {
    const set = ImageSet.fromArray(numbered(100), { colorOrder: 'rgb' })
    await saveGrid(set, 1, 4, at('a.png'), { padding: 0 })
    expect(await redRows('a.png')).toEqual([[0, 25, 50, 75]])
  })
})

describe('values', () => {
  async function written(values: number[], options?: SaveGridOptions): Promise<number[]> {
    const images = new NDArray(Float32Array.from(values), [1, 1, values.length, 1])
    await saveGrid(images, 1, 1, at('v.png'), { ...options, padding: 0 })
    return ((await redRows('v.png'))[0] as number[]).slice()
  }

  test('-1, 0, 1 become 0, 128, 255; beyond is clipped', async () => {
    expect(await written([-1, 0, 1, -7, 7])).toEqual([0, 128, 255, 0, 255])
    expect(await written([0, 0.5, 1, -7, 7], { range: '[0,1]' })).toEqual([0, 128, 255, 0, 255])
  })

  test('all 256 bytes survive batch, saveGrid and readImage', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
    const batch = ImageSet.fromArray(new NDArray(bytes, [1, 16, 16, 1])).batch([0])
    for (const name of ['a.png', 'a.webp']) {
      await saveGrid(batch, 1, 1, at(name), { padding: 0 })
      expect([...(await readImage(at(name), { channels: 1 })).data]).toEqual([...bytes])
    }
  })

  test('jpeg is close, and a jpeg', async () => {
    await saveGrid(NDArray.full([1, 16, 16, 3], 0.5), 1, 1, at('a.JPG'), { padding: 0 })
    expect((await sharp(await readFile(at('a.JPG'))).metadata()).format).toBe('jpeg')
    for (const value of (await readImage(at('a.JPG'))).data)
      expect(Math.abs(value - 191)).toBeLessThan(3)
  })

  test.each([NaN, Infinity, -Infinity])('%p is named and nothing is written', async (bad) => {
    const images = NDArray.zeros([3, 4, 5, 3])
    images.data[2 * 60 + 1 * 15 + 3 * 3 + 2] = bad
    await expect(saveGrid(images, 2, 2, at('a.png'))).rejects.toMatchObject({
      name: 'NotFiniteError',
      message: `[saveGrid] images[2] holds ${bad} at row 1, column 3, channel 2; training has probably diverged. Nothing was written`,
    })
    expect(await readdir(folder)).toEqual([])
  })
})

describe('colour order', () => {
  const pixel = new NDArray(Uint8Array.of(1, 2, 3), [1, 1, 1, 3])
  const read = async (): Promise<number[]> => [...(await readImage(at('a.png'))).data]

  test('of an array: the option, by default rgb', async () => {
    await saveGrid(pixel, 1, 1, at('a.png'), { padding: 0 })
    expect(await read()).toEqual([1, 2, 3])
    await saveGrid(pixel, 1, 1, at('a.png'), { padding: 0, colorOrder: 'bgr' })
    expect(await read()).toEqual([3, 2, 1])
  })

  test('of an ImageSet: its own; an option against it is an error', async () => {
    const set = ImageSet.fromArray(pixel, { colorOrder: 'bgr' })
    await saveGrid(set, 1, 1, at('a.png'), { padding: 0 })
    expect(await read()).toEqual([3, 2, 1])
    await expect(saveGrid(set, 1, 1, at('a.png'), { colorOrder: 'rgb' })).rejects.toThrow(
      "[saveGrid] colorOrder 'rgb' contradicts the image set's own 'bgr'; leave the option out",
    )
  })

  test('generated pictures follow the ImageSet beside them', async () => {
    const set = ImageSet.fromArray(pixel, { colorOrder: 'bgr' })
    await saveRealFake(set, pixel, at('a.png'), { rows: 1, columns: 1, padding: 0, gap: 0 })
    expect(await read()).toEqual([3, 2, 1, 3, 2, 1])
  })

  test('saveImage and readImage are inverse in both orders', async () => {
    for (const colorOrder of ['rgb', 'bgr'] as const) {
      await saveImage(pixel.reshape([1, 1, 3]), at('a.png'), { colorOrder })
      expect([...(await readImage(at('a.png'), { colorOrder })).data]).toEqual([1, 2, 3])
    }
  })
})

describe('files', () => {
  test('missing folders are made and nothing else is left', async () => {
    await saveGrid(numbered(1), 1, 1, at('x/y/a.png'))
    expect(await readdir(at('x/y'))).toEqual(['a.png'])
  })

  test('two writers of one file end with one whole picture', async () => {
    const names = Array.from({ length: 8 }, () => saveGrid(numbered(4), 2, 2, at('a.png')))
    await Promise.all(names)
    expect(await readdir(folder)).toEqual(['a.png'])
    expect((await readImage(at('a.png'))).shape).toEqual([8, 8, 3])
  })

  test('a failed write leaves the old file and no other', async () => {
    await writeFile(at('a.png'), 'old')
    const impossible = { data: new Uint8Array(3), height: 9, width: 9 }
    await expect(writePicture('test', at('a.png'), impossible)).rejects.toMatchObject({
      name: 'FileError',
    })
    expect(await readFile(at('a.png'), 'utf8')).toBe('old')
    await mkdir(at('folder.png'))
    await expect(saveGrid(numbered(1), 1, 1, at('folder.png'))).rejects.toMatchObject({
      name: 'FileError',
      message: expect.stringContaining(`[saveGrid] can't write ${at('folder.png')}: `),
    })
    expect((await readdir(folder)).sort()).toEqual(['a.png', 'folder.png'])
  })

  test('until the whole picture is on disk there is only a hidden file, no picture by its name', async () => {
    const rename = jest.spyOn(promises, 'rename').mockImplementation(async (from, to) => {
      const names = await readdir(folder)
      expect(names).toHaveLength(1)
      expect(names[0]).toMatch(/^\./)
      expect(isPictureName(String(from))).toBe(false)
      expect(
        (
          await sharp(await readFile(from))
            .raw()
            .toBuffer()
        ).length,
      ).toBe(8 * 8 * 3)
      expect(to).toBe(at('a.png'))
      throw new Error('interrupted')
    })
    try {
      const saving = saveGrid(numbered(4), 2, 2, at('a.png'))
      await expect(saving).rejects.toThrow(/can't write .*: interrupted$/)
    } finally {
      rename.mockRestore()
    }
    expect(await readdir(folder)).toEqual([])
  })

  test("a parent that is a file can't be written to", async () => {
    await writeFile(at('file'), '')
    await expect(saveGrid(numbered(1), 1, 1, at('file/a.png'))).rejects.toMatchObject({
      name: 'FileError',
    })
  })
})

describe('errors', () => {
  const grid = (images: unknown, rows: number, columns: number, name = 'a.png', options = {}) =>
    saveGrid(images as NDArray, rows, columns, at(name), options)

  test.each<[string, () => Promise<void>]>([
    ['images holds 5 pictures and there are 4 places', () => grid(numbered(5), 2, 2)],
    ['rows must be a positive integer, received 0', () => grid(numbered(1), 0, 2)],
    ['columns must be a positive integer, received 1.5', () => grid(numbered(1), 1, 1.5)],
    ['path must end in .png, .jpg, .jpeg or .webp', () => grid(numbered(1), 1, 1, 'a.bmp')],
    ['padding must be a non-negative', () => grid(numbered(1), 1, 1, 'a.png', { padding: -1 })],
    ['scale must be a positive integer', () => grid(numbered(1), 1, 1, 'a.png', { scale: 0.5 })],
    ['range must be one of', () => grid(numbered(1), 1, 1, 'a.png', { range: '0..1' })],
    ["unknown option 'gap'", () => grid(numbered(1), 1, 1, 'a.png', { gap: 1 })],
    ['images must be an NDArray or an ImageSet, received [[...', () => grid([[1]], 1, 1)],
    ['received (2, 3, 8, 8)', () => grid(NDArray.zeros([2, 3, 8, 8]), 2, 2)],
    ['received (0, 8, 8, 3)', () => grid(NDArray.zeros([0, 8, 8, 3]), 2, 2)],
    [
      'images must be float32 or uint8, received int32',
      () => grid(new NDArray(new Int32Array(3), [1, 1, 1, 3]), 1, 1),
    ],
  ])('%s', async (text, call) => {
    await expect(call()).rejects.toThrow(text.replace('[[...', '[[1]]'))
    expect(await readdir(folder)).toEqual([])
  })

  test('sides of different shape', async () => {
    const call = saveRealFake(numbered(1), NDArray.zeros([1, 2, 2, 3]), at('a.png'))
    await expect(call).rejects.toThrow(
      '[saveRealFake] real and fake must have one picture shape, received (1, 1, 3) and (2, 2, 3)',
    )
  })

  test('saveImage names itself', async () => {
    const nan = NDArray.full([1, 1, 3], NaN)
    await expect(saveImage(nan, at('a.png'))).rejects.toThrow('[saveImage] images[0] holds NaN')
    await expect(saveImage(numbered(1), at('a.png'))).rejects.toThrow(
      '[saveImage] image.shape must be',
    )
  })
})
