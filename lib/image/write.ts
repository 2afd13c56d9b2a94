/** Pixels -> one picture file that appears complete or not at all. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import type { Sharp } from 'sharp'
import { ArgumentError, FileError } from '../errors'
import { fail } from '../check'
import { loadSharp, reasonOf } from './sharp'

/** Row-major [height, width, 3], red first. */
export interface Canvas {
  readonly data: Uint8Array
  readonly height: number
  readonly width: number
}

let temporaryFiles = 0

/** Checks that a picture can be written under this name; call it before any work is done. */
export function pictureFormat(where: string, path: unknown): (picture: Sharp) => Sharp {
  if (typeof path !== 'string' || path === '') return fail(where, 'path', 'a path', path)
  switch (extname(path).toLowerCase()) {
    case '.png':
      return (picture) => picture.png()
    case '.jpg':
    case '.jpeg':
      return (picture) => picture.jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    case '.webp':
      return (picture) => picture.webp({ lossless: true })
    default:
      throw new ArgumentError(
        where,
        `path must end in .png, .jpg, .jpeg or .webp, received ${JSON.stringify(path)}`,
      )
  }
}

/**
 * Encodes by the path's extension and makes missing folders. The bytes go to a hidden
 * `.<name>.<process>.<number>.partial` beside the target, which is then renamed: whatever stops the
 * process, the target holds its old content or the new picture.
 */
export async function writePicture(where: string, path: string, canvas: Canvas): Promise<void> {
  const format = pictureFormat(where, path)
  const sharp = await loadSharp(where)
  const { data, height, width } = canvas
  const folder = dirname(path)
  const unique = `${process.pid}.${temporaryFiles++}`
  const temporary = join(folder, `.${basename(path)}.${unique}.partial`)
  try {
    const bytes = await format(sharp(data, { raw: { width, height, channels: 3 } })).toBuffer()
    await mkdir(folder, { recursive: true })
    await writeFile(temporary, bytes)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw new FileError(where, `can't write ${path}: ${reasonOf(error)}`, { cause: error })
  }
}
