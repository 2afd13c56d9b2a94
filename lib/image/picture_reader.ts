/** Pictures of a folder one by one; as many as fit into the memory given are decoded only once. */
import { join } from 'node:path'
import type { DecodedFile } from './decoded_file'
import { FileError, OutOfMemoryError } from '../errors'
import type { FolderReading } from './folder_options'
import type { SkippedPicture } from './image_set'
import { readPicture } from './read_picture'
import { loadSharp } from './sharp'

export class PictureReader {
  /** Files that could not be read, in the order in which that was found. */
  readonly skipped: SkippedPicture[] = []
  private readonly reasons = new Map<number, string>()
  /** Where each picture lies in `room`; -1 for those that are not kept. */
  private readonly slots: Int32Array
  private readonly capacity: number
  private room: Uint8Array | undefined
  private used = 0
  private isClosed = false

  /**
   * @param memory bytes for decoded pictures
   * @param file where those are kept that memory has no room for
   */
  constructor(
    private readonly where: string,
    private readonly folder: string,
    private readonly files: readonly string[],
    private readonly reading: FolderReading,
    memory: number,
    private readonly file?: DecodedFile,
  ) {
    this.slots = new Int32Array(files.length).fill(-1)
    this.capacity = Math.min(Math.floor(memory / this.item), files.length)
  }

  /** Bytes of one picture. */
  get item(): number {
    const { size, channels } = this.reading.decode
    return size.height * size.width * channels
  }

  /** The bytes of a picture; undefined for one that is left out. */
  async read(index: number): Promise<Uint8Array | undefined> {
    const slot = this.slots[index] as number
    if (slot >= 0 && this.room) {
      return this.room.subarray(slot * this.item, (slot + 1) * this.item)
    }
    if (this.reasons.has(index)) return undefined
    return (await this.file?.read(index)) ?? this.decode(index)
  }

  /** Forgets all pictures. */
  close(): void {
    this.isClosed = true
    this.room = undefined
    this.slots.fill(-1)
    this.file?.close()
  }

  private async decode(index: number): Promise<Uint8Array | undefined> {
    const sharp = await loadSharp(this.where)
    const path = join(this.folder, this.files[index] as string)
    const pixels = await readPicture(this.where, sharp, path, this.reading)
    if (typeof pixels === 'string') {
      this.leaveOut(index, pixels)
      return undefined
    }
    if (!this.keep(index, pixels)) await this.file?.keep(index, pixels)
    return pixels
  }

  /** Kept are the first that fit: drawn at random, none is needed sooner than another. */
  private keep(index: number, pixels: Uint8Array): boolean {
    if (this.isClosed || this.slots[index] !== -1) return true
    if (this.used === this.capacity) return false
    this.room ??= this.makeRoom()
    this.room.set(pixels, this.used * this.item)
    this.slots[index] = this.used++
    return true
  }

  private makeRoom(): Uint8Array {
    try {
      return new Uint8Array(this.capacity * this.item)
    } catch (error) {
      const gigabytes = ((this.capacity * this.item) / 1e9).toFixed(1)
      const text = `${gigabytes} GB for decoded pictures can't be had; lower memory`
      throw new OutOfMemoryError(this.where, text, { cause: error })
    }
  }

  private leaveOut(index: number, reason: string): void {
    if (this.isClosed || this.reasons.has(index)) return
    const file = this.files[index] as string
    this.reasons.set(index, reason)
    this.skipped.push({ file, reason })
    if (this.skipped.length === 1) {
      process.emitWarning(
        `[${this.where}] skipped ${file} in ${this.folder} (${reason}); the stream's skipped lists all such pictures`,
        { type: 'GantorchWarning', code: 'GANTORCH_SKIPPED_PICTURES' },
      )
    }
    if (this.skipped.length < this.files.length) return
    throw new FileError(
      this.where,
      `no readable picture in ${this.folder}: ${file} (${reason}), and so for all ${this.files.length}`,
    )
  }
}
