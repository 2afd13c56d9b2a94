/** Real picture files in a temporary folder, made with sharp, for the tests of lib/image. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'

export interface RawShape {
  width: number
  height: number
  channels: 1 | 2 | 3 | 4
}

/** Two colour pixels side by side. */
export const PAIR = { width: 2, height: 1, channels: 3 } as const

export async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'gantorch-pictures-'))
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}

export function raw(values: readonly number[] | Uint16Array, shape: RawShape): sharp.Sharp {
  const pixels = values instanceof Uint16Array ? values : Uint8Array.from(values)
  return sharp(pixels, { raw: shape })
}

export function plain(color: string, width = 4, height = 4): sharp.Sharp {
  return sharp({ create: { width, height, channels: 3, background: color } })
}

export async function put(
  folder: string,
  name: string,
  content: sharp.Sharp | Buffer | string,
): Promise<void> {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  const ready = typeof content === 'string' || Buffer.isBuffer(content)
  await writeFile(path, ready ? content : await content.toBuffer())
}
