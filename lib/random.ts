/**
 * Seeded random numbers on the host: Philox4x32-10, counter based.
 * Source: Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3 (2011).
 */
import { randomBytes } from 'node:crypto'
import { allocate, checkShape, NDArray, sizeOf } from './array'
import {
  boolean,
  describe,
  fail,
  finiteNumber,
  knownOptions,
  nonNegativeInteger,
  nonNegativeNumber,
} from './check'
import { ArgumentError } from './errors'
import type { RandomKey } from './ops/random'

/** Last counter word of host streams; native streams use another, so they never overlap. */
const HOST_STREAM = 0x686f7374

/** An array to fill; a number as shape stands for one axis, as numpy's `size`. */
function empty(where: string, shape: unknown, dtype: 'float32' | 'int32'): NDArray {
  const lengths = checkShape(where, typeof shape === 'number' ? [shape] : shape)
  return new NDArray(allocate(dtype, sizeOf(lengths), where), lengths)
}

function multiplyHigh(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16]
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  return (aHigh * bHigh + Math.floor((middle + aLow * bHigh) / 0x10000)) >>> 0
}

/** Four random words for a counter and a key, as in Random123's known-answer tests. */
export function philox(
  counter: readonly [number, number, number, number],
  key: RandomKey,
): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter
  let [k0, k1] = key
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0)
    const high1 = multiplyHigh(0xcd9e8d57, c2)
    const low0 = Math.imul(0xd2511f53, c0) >>> 0
    const low1 = Math.imul(0xcd9e8d57, c2) >>> 0
    ;[c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0]
    k0 = (k0 + 0x9e3779b9) >>> 0
    k1 = (k1 + 0xbb67ae85) >>> 0
  }
  return [c0, c1, c2, c3]
}

/** A seed as the two words of a key. */
export function keyOf(seed: number): RandomKey {
  nonNegativeInteger('random', 'seed', seed)
  return [seed >>> 0, Math.floor(seed / 2 ** 32)]
}

/**
 * A stream of random numbers that depends on its seed alone.
 *
 * @example
 * const generator = new Generator(7)
 * const noise = generator.normal(0, 1, [32, 100])   // NDArray (32, 100)
 */
export class Generator {
  private key: RandomKey
  private block = 0
  private words: number[] = []

  /** @param seed an integer from 0 up to 2^53 - 1 */
  constructor(seed: number) {
    this.key = keyOf(seed)
  }

  /** Restarts the stream. */
  seed(seed: number): void {
    this.key = keyOf(seed)
    this.block = 0
    this.words = []
  }

  /** The next random 32-bit word. */
  next(): number {
    if (this.words.length === 0) {
      const [low, high] = [this.block >>> 0, Math.floor(this.block / 2 ** 32)]
      this.words = philox([low, high, 0, HOST_STREAM], this.key).reverse()
      this.block++
    }
    return this.words.pop() as number
  }

  /**
   * Leaves out the next `words`, for whom it gives where they begin: the key and the number of words
   * before them, low halves first, as int32 (4,).
   */
  reserve(words: number): NDArray<Int32Array> {
    const position = this.block * 4 - this.words.length
    const halves = [position >>> 0, Math.floor(position / 2 ** 32)]
    this.block = Math.floor((position + words) / 4)
    this.words = []
    for (let i = 0; i < (position + words) % 4; i++) this.next()
    return new NDArray(
      Int32Array.from([...this.key, ...halves], (word) => word | 0),
      [4],
    )
  }

  /** A key for a random tensor of its own, such as a weight's first values. */
  nextKey(): RandomKey {
    return [this.next(), this.next()]
  }

  /** A number from 0 up to, not including, 1, with 53 random bits. */
  random(): number {
    return ((this.next() >>> 5) * 2 ** 26 + (this.next() >>> 6)) / 2 ** 53
  }

  /** Normal numbers (Box-Muller), float32. */
  normal(mean = 0, stddev = 1, shape: number | readonly number[] = []): NDArray<Float32Array> {
    finiteNumber('random.normal', 'mean', mean)
    nonNegativeNumber('random.normal', 'stddev', stddev)
    const array = empty('random.normal', shape, 'float32') as NDArray<Float32Array>
    const { data } = array
    for (let i = 0; i < data.length; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - this.random())) * stddev
      const angle = 2 * Math.PI * this.random()
      data[i] = mean + radius * Math.cos(angle)
      if (i + 1 < data.length) data[i + 1] = mean + radius * Math.sin(angle)
    }
    return array
  }

  /** Uniform numbers low <= x < high, float32. */
  uniform(low = 0, high = 1, shape: number | readonly number[] = []): NDArray<Float32Array> {
    finiteNumber('random.uniform', 'low', low)
    finiteNumber('random.uniform', 'high', high)
    const array = empty('random.uniform', shape, 'float32') as NDArray<Float32Array>
    const { data } = array
    for (let i = 0; i < data.length; i++) data[i] = low + (high - low) * this.random()
    return array
  }

  /** Integers low <= x < high, as numpy's randint. */
  randint(low: number, high: number, shape: number | readonly number[] = []): NDArray<Int32Array> {
    if (!Number.isInteger(low) || !Number.isInteger(high) || low >= high) {
      throw new ArgumentError(
        'random.randint',
        `low and high must be integers with low < high, received ${describe(low)} and ${describe(high)}`,
      )
    }
    if (low < -(2 ** 31)) fail('random.randint', 'low', 'at least -2^31 (int32)', low)
    if (high > 2 ** 31) fail('random.randint', 'high', 'at most 2^31 (int32)', high)
    const array = empty('random.randint', shape, 'int32') as NDArray<Int32Array>
    const { data } = array
    for (let i = 0; i < data.length; i++) data[i] = low + Math.floor(this.random() * (high - low))
    return array
  }

  /** The numbers 0 to n - 1 in random order (Fisher-Yates). */
  permutation(n: number): NDArray<Int32Array> {
    nonNegativeInteger('random.permutation', 'n', n)
    const array = empty('random.permutation', n, 'int32') as NDArray<Int32Array>
    const { data } = array
    for (let i = 0; i < n; i++) data[i] = i
    for (let i = n - 1; i > 0; i--) {
      const j = Math.floor(this.random() * (i + 1))
      ;[data[i], data[j]] = [data[j] as number, data[i] as number]
    }
    return array
  }

  /** `size` of the numbers 0 to n - 1; without replacement each at most once. */
  choice(n: number, size: number, options: { replace?: boolean } = {}): NDArray<Int32Array> {
    const where = 'random.choice'
    knownOptions(where, options, ['replace'])
    nonNegativeInteger(where, 'n', n)
    nonNegativeInteger(where, 'size', size)
    if (boolean(where, 'replace', options.replace ?? true)) {
      return size === 0 ? this.permutation(0) : this.randint(0, n, size)
    }
    if (size > n) fail(where, 'size', `at most ${n} without replacement`, size)
    return this.permutation(n).slice(0, size)
  }
}

/** The generator behind initial weights and everything that names no other. */
export const random = new Generator(randomBytes(6).readUIntBE(0, 6))
