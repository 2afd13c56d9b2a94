/** imageFolder: which files are read, what happens to broken ones, errors, progress, aborting. */
import { symlink, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { imageFolder } from '../../lib/image/folder'
import type { ImageFolderOptions } from '../../lib/image/folder_options'
import { PAIR, plain, put, raw, removeFolder, temporaryFolder } from './picture_files'

let folder: string
let warning: jest.SpyInstance

beforeEach(async () => {
  folder = await temporaryFolder()
  warning = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
})
afterEach(async () => {
  warning.mockRestore()
  await removeFolder(folder)
})

const SIZE: ImageFolderOptions = { height: 1, width: 2 }

describe('files', () => {
  test('subfolders in sorted order; hidden and other files passed over', async () => {
    for (const name of ['b/z.png', 'b/a/q.png', 'a.png', 'c.png', '.hidden.png', '.dot/x.png']) {
      await put(folder, name, plain('black').png())
    }
    await put(folder, 'labels.csv', 'a,b')
    await symlink(folder, join(folder, 'b', 'loop'))
    const set = await imageFolder(folder, SIZE)
    expect(set.files).toEqual(['a.png', 'b/a/q.png', 'b/z.png', 'c.png'])
    expect(set.length).toBe(4)
    expect(set.imageShape).toEqual([1, 2, 3])
    expect((await imageFolder(folder, { ...SIZE, limit: 2 })).files).toEqual(['a.png', 'b/a/q.png'])
    expect(warning).not.toHaveBeenCalled()
  })

  test('each picture lies at the place of its name, whatever finishes first', async () => {
    for (let i = 0; i < 40; i++) {
      const size = i % 3 === 0 ? 900 : 2
      await put(
        folder,
        `${String(i).padStart(2, '0')}.png`,
        plain(`rgb(${i} 0 0)`, size, size).png(),
      )
    }
    const set = await imageFolder(folder, { height: 1, width: 1 })
    expect(Array.from({ length: 40 }, (_, i) => set.images.at(i, 0, 0, 0))).toEqual(
      Array.from({ length: 40 }, (_, i) => i),
    )
  })

  test('broken files are named once, left out, and leave no gap', async () => {
    await put(folder, 'a.png', plain('rgb(1 1 1)').png())
    await put(folder, 'b_text.png', 'not a picture')
    await put(folder, 'c_empty.jpg', Buffer.alloc(0))
    const noise = await sharp({
      create: {
        width: 64,
        height: 64,
        channels: 3,
        background: 'red',
        noise: { type: 'gaussian', mean: 128, sigma: 30 },
      },
    })
      .jpeg()
      .toBuffer()
    await put(folder, 'd_cut.jpg', noise.subarray(0, noise.length / 2))
    await put(folder, 'e.png', plain('rgb(5 5 5)').png())
    await put(folder, 'f_cut.png', await sharp(noise).png().toBuffer())
    await truncate(join(folder, 'f_cut.png'), 5000)
    await symlink(join(folder, 'nowhere'), join(folder, 'g_link.png'))
    const set = await imageFolder(folder, { height: 1, width: 1 })
    expect(set.files).toEqual(['a.png', 'e.png'])
    expect([...set.images.data]).toEqual([1, 1, 1, 5, 5, 5])
    expect(set.skipped.map(({ file }) => file)).toEqual([
      'b_text.png',
      'c_empty.jpg',
      'd_cut.jpg',
      'f_cut.png',
      'g_link.png',
    ])
    expect(set.skipped[1]?.reason).toBe('the file is empty')
    expect(warning).toHaveBeenCalledTimes(1)
    expect(warning.mock.calls[0]).toEqual([
      expect.stringMatching(/^\[imageFolder\] skipped 5 of 7 pictures in .*b_text\.png \(/),
      { type: 'GantorchWarning', code: 'GANTORCH_SKIPPED_PICTURES' },
    ])
  })

  test("a broken file is fatal with onError 'throw', and named", async () => {
    await put(folder, 'a.png', plain('black').png())
    await put(folder, 'bad.png', 'x')
    await expect(imageFolder(folder, { ...SIZE, onError: 'throw' })).rejects.toMatchObject({
      name: 'FileError',
      code: 'GANTORCH_FILE',
      message: expect.stringContaining(`can't read ${join(folder, 'bad.png')}: `),
    })
  })

  test('a picture changed on disk is read anew', async () => {
    await put(folder, 'a.png', raw([1, 1, 1, 1, 1, 1], PAIR).png())
    await imageFolder(folder, SIZE)
    await put(folder, 'a.png', raw([2, 2, 2, 2, 2, 2], PAIR).png())
    expect([...(await imageFolder(folder, SIZE)).images.data]).toEqual([2, 2, 2, 2, 2, 2])
  })
})

describe('errors', () => {
  const message = async (options: unknown, path = folder): Promise<string> =>
    imageFolder(path, options as ImageFolderOptions).then(
      () => 'no error',
      (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : 'no Error'),
    )

  test('folders', async () => {
    const none = join(folder, 'none')
    expect(await message(SIZE, none)).toBe(`FileError: [imageFolder] no such folder: ${none}`)
    await put(folder, 'file.txt', 'x')
    const file = join(folder, 'file.txt')
    expect(await message(SIZE, file)).toBe(`FileError: [imageFolder] not a folder: ${file}`)
    expect(await message(SIZE)).toMatch(
      /^FileError: \[imageFolder\] no pictures in .* 1 other file\(s\) passed over\. Looked for \.png/,
    )
    await put(folder, 'bad.png', 'x')
    expect(await message(SIZE)).toMatch(/^FileError: .* no readable picture in .*: bad\.png \(/)
  })

  test.each([
    [{ height: 0, width: 2 }, 'height must be a positive integer, received 0'],
    [{ height: 2 }, 'width must be a positive integer, received undefined'],
    [{ ...SIZE, channels: 4 }, 'channels must be 1 or 3, received 4'],
    [{ ...SIZE, colorOrder: 'RGB' }, `colorOrder must be one of 'rgb', 'bgr', received "RGB"`],
    [{ ...SIZE, fit: 'crop' }, `fit must be one of 'cover', 'contain', 'fill', received "crop"`],
    [{ ...SIZE, onError: 1 }, `onError must be one of 'skip', 'throw', received 1`],
    [{ ...SIZE, limit: 1.5 }, 'limit must be a positive integer, received 1.5'],
    [{ ...SIZE, background: 'nocolor' }, 'background must be a CSS colour'],
    [{ ...SIZE, background: [0, 0, 256] }, 'background must be a CSS colour'],
    [{ ...SIZE, onProgress: 3 }, 'onProgress must be a function, received 3'],
    [{ ...SIZE, signal: {} }, 'signal must be an AbortSignal, received an object'],
    [{ ...SIZE, colourOrder: 'bgr' }, "unknown option 'colourOrder'"],
    [undefined, 'options must be an object, received undefined'],
  ])('%j', async (options, text) => {
    expect(await message(options)).toContain(`ArgumentError: [imageFolder] ${text}`)
  })

  test('a set too large for memory says what it would need', async () => {
    await put(folder, 'a.png', plain('black').png())
    expect(await message({ height: 2 ** 20, width: 2 ** 20 })).toMatch(
      /^OutOfMemoryError: \[imageFolder\] 1 pictures of this size need 3298\.5 GB/,
    )
  })

  test('an aborted call rejects with the reason and stops reading', async () => {
    for (let i = 0; i < 30; i++) await put(folder, `${i}.png`, plain('black', 50, 50).png())
    const stop = new AbortController()
    let calls = 0
    const onProgress = (): void => {
      if (++calls === 3) stop.abort()
    }
    const reading = imageFolder(folder, { ...SIZE, signal: stop.signal, onProgress })
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
    expect(calls).toBe(3)
    await expect(imageFolder(folder, { ...SIZE, signal: stop.signal })).rejects.toMatchObject({
      name: 'AbortError',
    })
  })
})

test('progress counts every picture, broken ones too', async () => {
  await put(folder, 'a.png', plain('black').png())
  await put(folder, 'b.png', 'x')
  const seen: string[] = []
  await imageFolder(folder, {
    ...SIZE,
    onProgress: ({ done, total, file }) => seen.push(`${done}/${total} ${file}`),
  })
  expect(seen.map((line) => line.slice(0, 3))).toEqual(['1/2', '2/2'])
  expect(seen.map((line) => line.slice(4)).sort()).toEqual(['a.png', 'b.png'])
})
