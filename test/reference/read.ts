/** Reads what scripts/reference recorded from Keras; README.md here describes the format. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { NDArray, type DType, type TypedArray } from '../../lib/array'

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

interface StoredArray {
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly data: string
}

interface StoredCase {
  readonly name: string
  readonly config: Readonly<Record<string, Json>>
  readonly numbers: Readonly<Record<string, Json>>
  readonly arrays: Readonly<Record<string, StoredArray>>
}

interface StoredFile {
  readonly made_by: string
  readonly versions: Readonly<Record<string, string>>
  readonly note: string
  readonly cases: readonly StoredCase[]
}

/** One recorded computation. Arrays are decoded afresh at each call, so a test may change them. */
export class ReferenceCase {
  readonly name: string
  /** What was computed: which layer with which options, in gantorch's camelCase. */
  readonly config: Readonly<Record<string, Json>>
  /** Scalars and short lists, in float64. */
  readonly numbers: Readonly<Record<string, Json>>
  readonly #arrays: Readonly<Record<string, StoredArray>>

  constructor(stored: StoredCase) {
    this.name = stored.name
    this.config = stored.config
    this.numbers = stored.numbers
    this.#arrays = stored.arrays
  }

  /** Names of all arrays. */
  get arrayNames(): readonly string[] {
    return Object.keys(this.#arrays)
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#arrays, name)
  }

  array(name: string): NDArray {
    const stored = this.has(name) ? this.#arrays[name] : undefined
    if (stored === undefined) {
      throw new Error(`"${this.name}" has no array ${name}, only ${this.arrayNames.join(', ')}`)
    }
    return decode(stored)
  }

  /** The arrays `prefix.0`, `prefix.1`, ... in order; empty if there are none. */
  list(prefix: string): NDArray[] {
    const found: NDArray[] = []
    while (this.has(`${prefix}.${found.length}`)) {
      found.push(this.array(`${prefix}.${found.length}`))
    }
    return found
  }

  /** The number at a path, such as `number('drift', 'y')`. */
  number(...path: readonly (string | number)[]): number {
    const value = this.lookUp(path)
    if (typeof value !== 'number') {
      throw new Error(`"${this.name}" has no number at ${path.join('.')}`)
    }
    return value
  }

  /** The list of numbers at a path. */
  numberList(...path: readonly (string | number)[]): number[] {
    const value = this.lookUp(path)
    if (!Array.isArray(value)) throw new Error(`"${this.name}" has no list at ${path.join('.')}`)
    return value.map((_, index) => this.number(...path, index))
  }

  private lookUp(path: readonly (string | number)[]): Json | undefined {
    return path.reduce<Json | undefined>((value, key) => {
      if (typeof value !== 'object' || value === null) return undefined
      return (value as Readonly<Record<string, Json>>)[key]
    }, this.numbers)
  }
}

export interface Reference {
  readonly madeBy: string
  readonly versions: Readonly<Record<string, string>>
  readonly note: string
  readonly cases: readonly ReferenceCase[]
  /** The case of that name; throws if there is none. */
  find(name: string): ReferenceCase
}

/** The text of test/reference/<topic>.json, or of <topic>.json.gz. */
function textOf(topic: string): string {
  const path = join(__dirname, `${topic}.json`)
  return existsSync(path)
    ? readFileSync(path, 'utf8')
    : gunzipSync(readFileSync(`${path}.gz`)).toString('utf8')
}

/** Reads what was recorded under this topic. */
export function readReference(topic: string): Reference {
  const file = JSON.parse(textOf(topic)) as StoredFile
  const cases = file.cases.map((stored) => new ReferenceCase(stored))
  return {
    madeBy: file.made_by,
    versions: file.versions,
    note: file.note,
    cases,
    find(name) {
      const found = cases.find((candidate) => candidate.name === name)
      if (found === undefined) throw new Error(`${topic}.json has no case "${name}"`)
      return found
    },
  }
}

function decode(stored: StoredArray): NDArray {
  // Buffer.from may give a view at an odd offset into a pool; the copy is aligned.
  const bytes = new Uint8Array(Buffer.from(stored.data, 'base64'))
  return new NDArray(view(bytes.buffer, stored.dtype), stored.shape, stored.dtype)
}

function view(buffer: ArrayBuffer, dtype: DType): TypedArray {
  if (dtype === 'float32') return new Float32Array(buffer)
  return dtype === 'int32' ? new Int32Array(buffer) : new Uint8Array(buffer)
}
