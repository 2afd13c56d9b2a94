/** Seeded random numbers on the host. */
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
import { generate, MOST_WORDS, words } from './philox'

/** Last counter word of host streams; native streams use another, so they never overlap. */
const HOST_STREAM = 0x686f7374

/** An array to fill; a number as shape stands for one axis, as numpy's `size`. */
function empty(where: string, shape: unknown, dtype: 'float32' | 'int32'): NDArray {
  const lengths = checkShape(where, typeof shape === 'number' ? [shape] : shape)
  return new NDArray(allocate(dtype, sizeOf(lengths), where), lengths)
}

/** A seed as the two words of a key. */
export function keyOf(seed: number): RandomKey {
  nonNegativeInteger('random', 'seed', seed)
  return [seed >>> 0, Math.floor(seed / 2 ** 32)]
}

/** The largest float32 number below a number. */
function floatBelow(number: number): number {
  const float = Float32Array.of(number)
  if ((float[0] as number) < number) return float[0] as number
  const bits = new Int32Array(float.buffer)
  // Next to 0 lies the smallest negative number; otherwise the bits count away from 0.
  if (number === 0) bits[0] = -0x7fffffff
  else bits[0] = (bits[0] as number) + (number > 0 ? -1 : 1)
  return float[0] as number
}

/** A number from 0 up to, not including, 1, of two words. */
function unitAt(at: number): number {
  return (((words[at] as number) >>> 5) * 2 ** 26 + ((words[at + 1] as number) >>> 6)) / 2 ** 53
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
  /** Words taken so far. */
  private position = 0

  /** @param seed an integer from 0 up to 2^53 - 1 */
  constructor(seed: number) {
    this.key = keyOf(seed)
  }

  /** Restarts the stream. */
  seed(seed: number): void {
    this.key = keyOf(seed)
    this.position = 0
  }

  /** The next random 32-bit word. */
  next(): number {
    return words[this.take(1)] as number
  }

  /** Takes the next words; the result says where in `words` they begin. */
  private take(count: number): number {
    const from = this.position
    this.position += count
    return generate(from, count, HOST_STREAM, this.key)
  }

  /**
   * Leaves out the next `count` words, for whom it gives where they begin: the key and the number of
   * words before them, low halves first, as int32 (4,).
   */
  reserve(count: number): NDArray<Int32Array> {
    const halves = [this.position, Math.floor(this.position / 2 ** 32)]
    this.position += count
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
    return unitAt(this.take(2))
  }

  /** The next `count` numbers as `random` gives them, in parts that are good until the next one. */
  private *units(count: number): Iterable<Float64Array> {
    const part = new Float64Array(Math.min(count, MOST_WORDS / 2))
    for (let done = 0; done < count; done += part.length) {
      const length = Math.min(part.length, count - done)
      const at = this.take(2 * length)
      for (let i = 0; i < length; i++) part[i] = unitAt(at + 2 * i)
      yield part.subarray(0, length)
    }
  }

  /** Normal numbers (Box-Muller), float32. */
  normal(mean = 0, stddev = 1, shape: number | readonly number[] = []): NDArray<Float32Array> {
    finiteNumber('random.normal', 'mean', mean)
    nonNegativeNumber('random.normal', 'stddev', stddev)
    const array = empty('random.normal', shape, 'float32') as NDArray<Float32Array>
    const { data } = array
    let i = 0
    for (const units of this.units(2 * Math.ceil(data.length / 2))) {
      for (let j = 0; j < units.length; j += 2) {
        const radius = Math.sqrt(-2 * Math.log(1 - (units[j] as number))) * stddev
        const angle = 2 * Math.PI * (units[j + 1] as number)
        data[i++] = mean + radius * Math.cos(angle)
        if (i < data.length) data[i++] = mean + radius * Math.sin(angle)
      }
    }
    return array
  }

  /** Uniform numbers low <= x < high, float32. */
  uniform(low = 0, high = 1, shape: number | readonly number[] = []): NDArray<Float32Array> {
    finiteNumber('random.uniform', 'low', low)
    finiteNumber('random.uniform', 'high', high)
    const array = empty('random.uniform', shape, 'float32') as NDArray<Float32Array>
    const { data } = array
    const most = Math.max(floatBelow(high), Math.fround(low))
    let i = 0
    for (const units of this.units(data.length)) {
      for (let j = 0; j < units.length; j++) {
        // Rounding must not make it `high`.
        data[i++] = Math.min(Math.fround(low + (high - low) * (units[j] as number)), most)
      }
    }
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
    let i = 0
    for (const units of this.units(data.length)) {
      for (let j = 0; j < units.length; j++) {
        data[i++] = low + Math.floor((units[j] as number) * (high - low))
      }
    }
    return array
  }

  /** The numbers 0 to n - 1 in random order (Fisher-Yates). */
  permutation(n: number): NDArray<Int32Array> {
    nonNegativeInteger('random.permutation', 'n', n)
    const array = empty('random.permutation', n, 'int32') as NDArray<Int32Array>
    const { data } = array
    for (let i = 0; i < n; i++) data[i] = i
    let i = n - 1
    for (const units of this.units(Math.max(0, i))) {
      for (const unit of units) {
        const j = Math.floor(unit * (i + 1))
        ;[data[i], data[j]] = [data[j] as number, data[i] as number]
        i--
      }
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
