/** Decoded pictures on disk: reading them back takes a fraction of decoding. */
import { open, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { FileError } from '../errors'
import { reasonOf } from './sharp'

let opened = 0

/** A file of pictures of one size that has lost its name, so that it goes with the process. */
export class DecodedFile {
  private readonly slots = new Map<number, number>()
  private readonly begun = new Set<number>()
  private isClosed = false

  private constructor(
    private readonly where: string,
    private readonly file: FileHandle,
    private readonly item: number,
  ) {}

  /** @param item bytes of one picture */
  static async open(where: string, folder: string, item: number): Promise<DecodedFile> {
    const path = join(folder, `.gantorch.${process.pid}.${opened++}.decoded`)
    try {
      const file = await open(path, 'wx+')
      await rm(path)
      return new DecodedFile(where, file, item)
    } catch (error) {
      const text = `can't make a file in cacheFolder ${folder}: ${reasonOf(error)}`
      throw new FileError(where, text, { cause: error })
    }
  }

  /** The bytes of a picture that has been kept. */
  async read(index: number): Promise<Uint8Array | undefined> {
    const slot = this.slots.get(index)
    if (slot === undefined || this.isClosed) return undefined
    const pixels = new Uint8Array(this.item)
    const { bytesRead } = await this.file.read(pixels, 0, this.item, slot * this.item)
    return bytesRead === this.item ? pixels : undefined
  }

  /** Keeps a picture. A full disk is told once; from then on nothing more is kept. */
  async keep(index: number, pixels: Uint8Array): Promise<void> {
    if (this.isClosed || this.begun.has(index)) return
    const slot = this.begun.size
    this.begun.add(index)
    try {
      await this.file.write(pixels, 0, this.item, slot * this.item)
      this.slots.set(index, slot)
    } catch (error) {
      if (this.isClosed) return
      this.isClosed = true
      await this.file.close()
      process.emitWarning(
        `[${this.where}] decoded pictures are not kept in cacheFolder: ${reasonOf(error)}`,
        'GantorchWarning',
      )
    }
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    // It waits for reading and writing under way.
    this.file.close().catch(() => undefined)
  }
}
