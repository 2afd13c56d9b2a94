/** Batches made by native code: pictures chosen, mirrored at random and scaled in one pass. */
import { boolean, knownOptions } from '../check'
import { type NDArray } from '../array'
import { StateError } from '../errors'
import { placeholder, type SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import { less } from '../ops/compare'
import { arange } from '../ops/create'
import { shape } from '../ops/shape'
import { imageBatch } from '../ops/image_batch'
import { randint, randomUniform } from '../ops/random'
import { planOf, Program, releaseWeight, weightHolding, writeHeld } from '../program'

/** Options of {@link ImageSet}.sample and {@link ImageStream}.sample. */
export interface SampleOptions {
  /** Turns each picture left to right with probability one half. Default false. */
  readonly flip?: boolean
}

/** `flip`, checked; the other options are the caller's. */
export function flipOption(where: string, options: SampleOptions): boolean {
  knownOptions(where, options, ['flip'])
  return boolean(where, 'flip', options.flip ?? false)
}

/** The pictures at `places`, in [-1, 1]; with `flip` half of them mirrored, others at each run. */
function batchOf(pictures: SymbolicTensor, places: SymbolicTensor, flip: boolean): SymbolicTensor {
  if (!flip) return imageBatch(pictures, places)
  return imageBatch(pictures, places, { mirror: less(randomUniform(shape(places)), 0.5) })
}

export interface FedBatch {
  /** The leaf that takes uint8 (batch, height, width, channels) at each run. */
  readonly bytes: SymbolicTensor
  /** The same pictures in [-1, 1], float32. */
  readonly images: SymbolicTensor
}

/** A batch whose bytes are fed. */
export function fedBatch(shape: readonly number[], flip: boolean): FedBatch {
  const bytes = placeholder('pictures', { shape, dtype: 'uint8' })
  return { bytes, images: batchOf(bytes, arange(shape[0] as number), flip) }
}

/** Pictures in native memory, and the programs that make batches of them. */
export class Sampler {
  private weight: Weight | undefined
  private isClosed = false
  private readonly programs = new Map<string, Program>()

  constructor(
    private readonly where: string,
    private readonly images: NDArray<Uint8Array>,
  ) {}

  /** `batchSize` pictures drawn anew at each run, each as likely as any other, inside a graph. */
  sampled(batchSize: number, flip: boolean): SymbolicTensor {
    const count = this.images.shape[0] as number
    return batchOf(this.pictures(), randint([batchSize], 0, count), flip)
  }

  /** The pictures at `places` inside a graph; legal ones are up to the caller. */
  batchAt(places: SymbolicTensor, flip: boolean): SymbolicTensor {
    return batchOf(this.pictures(), places, flip)
  }

  async sample(batchSize: number, flip: boolean): Promise<NDArray<Float32Array>> {
    const program = this.program(`${batchSize} ${flip}`, () => {
      return planOf([], [{ name: 'sample', outputs: [this.sampled(batchSize, flip)], updates: [] }])
    })
    return onlyOutput(await program.run([]))
  }

  /** The pictures at `places`, legal ones, of int32 (k,). */
  async gather(places: NDArray, flip: boolean): Promise<NDArray<Float32Array>> {
    const program = this.program(`gather ${flip}`, () => {
      const tensor = placeholder('places', { shape: [null], dtype: 'int32' })
      const outputs = [this.batchAt(tensor, flip)]
      const inputs = [{ tensor, name: 'places', requireFinite: false }]
      return planOf(inputs, [{ name: 'gather', outputs, updates: [] }])
    })
    return onlyOutput(await program.run([places]))
  }

  close(): void {
    this.isClosed = true
    this.programs.clear()
    if (this.weight) releaseWeight(this.weight)
    this.weight = undefined
  }

  private pictures(): SymbolicTensor {
    if (this.isClosed) throw new StateError(this.where, 'the pictures were closed')
    this.weight ??= weightHolding(this.where, 'pictures', this.images)
    return this.weight.leaf
  }

  private program(key: string, plan: () => ReturnType<typeof planOf>): Program {
    if (this.isClosed) throw new StateError(this.where, 'the pictures were closed')
    const made = this.programs.get(key) ?? new Program(this.where, plan())
    this.programs.set(key, made)
    if (this.weight) writeHeld([this.weight])
    return made
  }
}

/** Also for programs that take bytes instead of holding them. */
export function onlyOutput([batch]: readonly NDArray[]): NDArray<Float32Array> {
  return batch as NDArray<Float32Array>
}
