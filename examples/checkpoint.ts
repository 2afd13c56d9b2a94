/** Arrays in one file, so that a run can go on later. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { NDArray } from 'gantorch'

/** One line of JSON that names the shapes, then all elements as little-endian float32. */
export async function saveArrays(path: string, lists: Record<string, NDArray[]>): Promise<void> {
  const shapes = Object.entries(lists).map(([name, arrays]) => [name, arrays.map((a) => a.shape)])
  const header = Buffer.from(`${JSON.stringify(Object.fromEntries(shapes))}\n`)
  const bodies = Object.values(lists).flatMap((arrays) =>
    arrays.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
  )
  await mkdir(dirname(path), { recursive: true })
  const partial = `${path}.${process.pid}.partial`
  await writeFile(partial, Buffer.concat([header, ...bodies]))
  await rename(partial, path)
}

const count = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1)

function readShapes(line: string): Record<string, number[][]> {
  try {
    return JSON.parse(line) as Record<string, number[][]>
  } catch (error) {
    throw new Error('it is not a file of weights', { cause: error })
  }
}

/** Arrays that `saveArrays` wrote; a file that is damaged or cut off is an error. */
export async function loadArrays(path: string): Promise<Record<string, NDArray[]>> {
  const bytes = await readFile(path)
  const end = bytes.indexOf('\n')
  const shapes = readShapes(bytes.toString('utf8', 0, Math.max(0, end)))
  let offset = end + 1
  const lengths = Object.values(shapes).flatMap((list) => list.map(count))
  const expected = offset + 4 * lengths.reduce((sum, n) => sum + n, 0)
  if (bytes.length !== expected) {
    throw new Error(`it has ${bytes.length} bytes, its first line promises ${expected}`)
  }
  const next = (shape: number[]): NDArray => {
    const data = new Float32Array(count(shape))
    bytes.copy(Buffer.from(data.buffer), 0, offset, offset + data.byteLength)
    offset += data.byteLength
    return new NDArray(data, shape)
  }
  return Object.fromEntries(
    Object.entries(shapes).map(([name, list]) => [name, list.map((shape) => next(shape))]),
  )
}
