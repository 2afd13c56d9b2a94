/** Streams of pictures: order, what is kept, broken files, ends. Batches of float32 are in test/native. */
import { readdir, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { setRandomSeed } from '../../lib/seed'
import { imageDataset, type ImageDatasetOptions } from '../../lib/image/dataset'
import { DecodedFile } from '../../lib/image/decoded_file'
import { folderReading } from '../../lib/image/folder_options'
import { ImageSet } from '../../lib/image/image_set'
import { ImageStream } from '../../lib/image/image_stream'
import { PictureReader } from '../../lib/image/picture_reader'
import { ReadAhead } from '../../lib/image/read_ahead'
import { plain, put, removeFolder, temporaryFolder } from './picture_files'

const COUNT = 12
const SIZE: ImageDatasetOptions = { height: 1, width: 1 }

let folder: string
let warning: jest.SpyInstance
const streams: ImageStream[] = []

beforeEach(async () => {
  setRandomSeed(4)
  folder = await temporaryFolder()
  for (let i = 0; i < COUNT; i++) {
    // Some take longer to decode.
    const size = i % 3 === 0 ? 900 : 2
    await put(folder, `${String(i).padStart(2, '0')}.png`, plain(`rgb(${i} 0 0)`, size, size).png())
  }
  warning = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
})
afterEach(async () => {
  for (const opened of streams.splice(0)) opened.close()
  warning.mockRestore()
  await removeFolder(folder)
})

async function stream(options: Partial<ImageDatasetOptions> = {}): Promise<ImageStream> {
  const dataset = await imageDataset(folder, { ...SIZE, memory: 0, ...options })
  if (dataset instanceof ImageStream) {
    streams.push(dataset)
    return dataset
  }
  throw new Error('it was read into memory')
}

/** Numbers of the pictures in the next batch. */
async function next(pictures: ImageStream, count: number): Promise<number[]> {
  const batch = await pictures.nextBatch(count)
  expect([batch.dtype, batch.shape]).toEqual(['uint8', [count, 1, 1, 3]])
  return Array.from({ length: count }, (_, i) => batch.at(i, 0, 0, 0))
}

test('a folder is streamed when its pictures need more than memory', async () => {
  const bytes = COUNT * 3
  expect(await imageDataset(folder, { ...SIZE, memory: bytes })).toBeInstanceOf(ImageSet)
  expect(await imageDataset(folder, SIZE)).toBeInstanceOf(ImageSet)
  const streamed = await imageDataset(folder, { ...SIZE, memory: bytes - 1 })
  expect(streamed).toBeInstanceOf(ImageStream)
  expect([streamed.length, streamed.imageShape, streamed.colorOrder]).toEqual([
    COUNT,
    [1, 1, 3],
    'rgb',
  ])
})

describe('order', () => {
  const draw = async (pictures: ImageStream): Promise<number[]> => [
    ...(await next(pictures, 7)),
    ...(await next(pictures, 30)),
    ...(await next(pictures, 3)),
  ]

  test('the same seed gives the same pictures, however many are kept', async () => {
    const first = await draw(await stream())
    setRandomSeed(4)
    expect(await draw(await stream({ memory: 15 }))).toEqual(first)
    expect(await draw(await stream())).not.toEqual(first)
    expect(new Set(first).size).toBeGreaterThan(COUNT / 2)
  })

  test('calls that overlap give what calls in turn give', async () => {
    const first = await draw(await stream())
    setRandomSeed(4)
    const pictures = await stream()
    const parts = await Promise.all([next(pictures, 7), next(pictures, 30), next(pictures, 3)])
    expect(parts.flat()).toEqual(first)
  })

  test('numbers drawn by the program do not change it', async () => {
    const pictures = await stream()
    const first = await draw(pictures)
    setRandomSeed(4)
    const again = await stream()
    const begin = await next(again, 7)
    setRandomSeed(99)
    expect([...begin, ...(await next(again, 30)), ...(await next(again, 3))]).toEqual(first)
  })
})

test('what fits into memory is decoded once, the rest anew', async () => {
  const reading = await folderReading('test', { ...SIZE, onError: 'skip' })
  const names = ['01.png', '02.png', '04.png']
  const reader = new PictureReader('test', folder, names, reading, 6)
  const read = async (): Promise<(number | undefined)[]> => {
    const pictures = await Promise.all([0, 1, 2].map((i) => reader.read(i)))
    return pictures.map((picture) => picture?.[0])
  }
  for (const index of [0, 1, 2]) await reader.read(index)
  expect(await read()).toEqual([1, 2, 4])
  for (const name of names) await rm(join(folder, name))
  expect(await read()).toEqual([1, 2, undefined])
  expect(reader.skipped.map(({ file }) => file)).toEqual(['04.png'])
  reader.close()
  expect(await read()).toEqual([undefined, undefined, undefined])
})

describe('cacheFolder', () => {
  test("what memory can't hold is read back; the file has no name", async () => {
    const cacheFolder = await temporaryFolder()
    const first = await next(await stream({ memory: 9 }), 100)
    setRandomSeed(4)
    const pictures = await stream({ memory: 9, cacheFolder })
    expect(await readdir(cacheFolder)).toEqual([])
    expect(await next(pictures, 100)).toEqual(first)
    for (const name of pictures.files) await rm(join(folder, name))
    expect(new Set(await next(pictures, 100)).size).toBe(COUNT)
    expect(pictures.skipped).toEqual([])
    pictures.close()
    await removeFolder(cacheFolder)
  })

  test('a full disk: one warning, and pictures are decoded anew', async () => {
    const file = await DecodedFile.open('test', folder, 3)
    // What the system says of a disk without room.
    const write = jest.spyOn(Object.getPrototypeOf(file['file']) as FileHandle, 'write')
    write.mockRejectedValue(new Error('ENOSPC: no space left on device, write'))
    await file.keep(0, Uint8Array.of(1, 2, 3))
    await file.keep(1, Uint8Array.of(1, 2, 3))
    write.mockRestore()
    expect(await file.read(0)).toBeUndefined()
    expect(warning).toHaveBeenCalledTimes(1)
  })

  test('a folder that is none', async () => {
    await expect(stream({ cacheFolder: join(folder, 'none') })).rejects.toThrow(
      `[imageDataset] can't make a file in cacheFolder ${join(folder, 'none')}: ENOENT`,
    )
  })
})

describe('reading ahead', () => {
  const bytes = (index: number): Uint8Array => Uint8Array.of(index)
  const turns = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
  }

  test('two batches more than are taken, a few at once', async () => {
    let [running, most, begun] = [0, 0, 0]
    const read = async (index: number): Promise<Uint8Array> => {
      begun++
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      return bytes(index)
    }
    const ahead = new ReadAhead(read, Array.from({ length: 1000 }, (_, i) => i).values())
    await turns()
    expect(begun).toBe(0)
    expect(await ahead.take(4)).toEqual([0, 1, 2, 3].map(bytes))
    await turns()
    await turns()
    expect(begun).toBe(12)
    expect(most).toBeLessThanOrEqual(5)
    expect(most).toBeGreaterThan(1)
    ahead.close()
    expect(await ahead.take(4)).toEqual([])
    expect(begun).toBe(12)
  })

  test('the end of the order, and pictures left out', async () => {
    const read = async (index: number): Promise<Uint8Array | undefined> =>
      index % 2 ? undefined : bytes(index)
    const ahead = new ReadAhead(read, [0, 1, 2, 3, 4, 5, 6].values())
    expect(await ahead.take(3)).toEqual([0, 2, 4].map(bytes))
    expect(await ahead.take(3)).toEqual([bytes(6)])
    expect(await ahead.take(3)).toEqual([])
  })
})

describe('broken pictures', () => {
  test('left out, named once, never drawn', async () => {
    await put(folder, '05.png', 'not a picture')
    const pictures = await stream()
    expect(pictures.skipped).toEqual([])
    expect(await next(pictures, 200)).not.toContain(5)
    expect(pictures.skipped).toEqual([{ file: '05.png', reason: expect.any(String) as string }])
    expect(warning).toHaveBeenCalledTimes(1)
    expect(warning).toHaveBeenCalledWith(
      expect.stringMatching(/^\[ImageStream\] skipped 05\.png in /),
      expect.anything(),
    )
  })

  test("onError 'throw' names the file; the next call goes on", async () => {
    await put(folder, '05.png', 'not a picture')
    const pictures = await stream({ onError: 'throw' })
    const read = async (): Promise<string | undefined> =>
      next(pictures, 20).then(
        () => undefined,
        (error: unknown) => String(error),
      )
    const results = []
    for (let i = 0; i < 10; i++) results.push(await read())
    const failures = results.filter((result) => result !== undefined)
    expect(failures.length).toBeGreaterThan(0)
    expect(failures.length).toBeLessThan(10)
    const name = join(folder, '05.png')
    for (const failure of failures)
      expect(failure).toContain(`FileError: [ImageStream] can't read ${name}: `)
  })

  test('none readable', async () => {
    for (let i = 0; i < COUNT; i++) {
      await put(folder, `${String(i).padStart(2, '0')}.png`, 'not a picture')
    }
    await expect((await stream()).nextBatch(2)).rejects.toThrow(
      `[ImageStream] no readable picture in ${folder}`,
    )
  })
})

describe('ends', () => {
  test('close: a batch that waits and later ones are refused', async () => {
    const pictures = await stream({ memory: 30 })
    await next(pictures, 4)
    const waiting = pictures.nextBatch(50)
    pictures.close()
    await expect(waiting).rejects.toThrow('[ImageStream] the stream was closed')
    await expect(pictures.nextBatch(1)).rejects.toThrow('the stream was closed')
    const epoch = pictures.batches(4)[Symbol.asyncIterator]()
    await expect(epoch.next()).rejects.toThrow('the stream was closed')
  })

  test('a signal: its reason', async () => {
    const controller = new AbortController()
    const pictures = await stream({ signal: controller.signal })
    const waiting = pictures.nextBatch(50)
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(pictures.nextBatch(1)).rejects.toThrow('enough')
  })
})

test.each<[string, Partial<ImageDatasetOptions>]>([
  ['memory must be a non-negative number, received -1', { memory: -1 }],
  ['height must be a positive integer, received 0', { height: 0 }],
  ["unknown option 'batchSize'", { batchSize: 3 } as object],
])('[imageDataset] %s', async (message, options) => {
  await expect(imageDataset(folder, { ...SIZE, ...options })).rejects.toThrow(message)
})

test('bad batch sizes', async () => {
  const pictures = await stream()
  await expect(pictures.nextBatch(0)).rejects.toThrow(
    '[ImageStream.nextBatch] batchSize must be a positive integer, received 0',
  )
  expect(() => pictures.batches(-1)).toThrow('[ImageStream.batches] batchSize must be')
})
