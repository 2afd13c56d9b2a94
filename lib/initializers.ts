/** First values of weights, described over `ops`. Source: https://keras.io/api/layers/initializers/ */
import { entryNamed, fail, finiteNumber } from './check'
import type { SymbolicTensor } from './graph/tensor'
import { fill, randomNormal, randomUniform, type RandomKey } from './ops/random'
import { random } from './random'

/** Fan in and fan out of a kernel, as Keras counts them: spatial axes multiply both. */
export function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 }
  const receptive = shape.slice(0, -2).reduce((product, length) => product * length, 1)
  const [input, output] = shape.slice(-2) as [number, number]
  return { fanIn: input * receptive, fanOut: output * receptive }
}

/** Base of all initialisers. One of your own implements `describe`. */
export abstract class Initializer {
  /** The values of a weight of this shape. `key` fixes the random numbers. */
  abstract describe(shape: readonly number[], key: RandomKey): SymbolicTensor

  /** Draws the key now, so that the order in which layers are built decides the values. */
  prepare(shape: readonly number[]): () => SymbolicTensor {
    const key = random.nextKey()
    return () => this.describe(shape, key)
  }
}

export class Zeros extends Initializer {
  describe(shape: readonly number[]): SymbolicTensor {
    return fill(shape, 0)
  }
}

export class Ones extends Initializer {
  describe(shape: readonly number[]): SymbolicTensor {
    return fill(shape, 1)
  }
}

export class Constant extends Initializer {
  constructor(readonly value: number = 0) {
    super()
    finiteNumber('Constant', 'value', value)
  }

  describe(shape: readonly number[]): SymbolicTensor {
    return fill(shape, this.value)
  }
}

/** Normal numbers; Keras's default standard deviation is 0.05. */
export class RandomNormal extends Initializer {
  constructor(
    readonly mean: number = 0,
    readonly stddev: number = 0.05,
  ) {
    super()
    finiteNumber('RandomNormal', 'mean', mean)
    finiteNumber('RandomNormal', 'stddev', stddev)
    if (stddev < 0) fail('RandomNormal', 'stddev', 'a non-negative number', stddev)
  }

  describe(shape: readonly number[], key: RandomKey): SymbolicTensor {
    return randomNormal(shape, { mean: this.mean, stddev: this.stddev, key })
  }
}

/** Uniform numbers; Keras's default range is -0.05 to 0.05. */
export class RandomUniform extends Initializer {
  constructor(
    readonly low: number = -0.05,
    readonly high: number = 0.05,
  ) {
    super()
    finiteNumber('RandomUniform', 'low', low)
    finiteNumber('RandomUniform', 'high', high)
    if (low > high) fail('RandomUniform', 'low', `at most high (${high})`, low)
  }

  describe(shape: readonly number[], key: RandomKey): SymbolicTensor {
    return randomUniform(shape, { low: this.low, high: this.high, key })
  }
}

/** Uniform within sqrt(6 / (fan in + fan out)). Source: Glorot and Bengio (2010). */
export class GlorotUniform extends Initializer {
  describe(shape: readonly number[], key: RandomKey): SymbolicTensor {
    const { fanIn, fanOut } = fans(shape)
    const limit = Math.sqrt(6 / (fanIn + fanOut))
    return randomUniform(shape, { low: -limit, high: limit, key })
  }
}

const BY_NAME = {
  zeros: () => new Zeros(),
  ones: () => new Ones(),
  random_normal: () => new RandomNormal(),
  random_uniform: () => new RandomUniform(),
  glorot_uniform: () => new GlorotUniform(),
} as const

export type InitializerName = keyof typeof BY_NAME

/** What initialiser options take. */
export type InitializerArgument = InitializerName | Initializer

/** An initialiser from its Keras name, or the object itself. */
export function resolveInitializer(
  where: string,
  name: string,
  value: InitializerArgument,
): Initializer {
  if (value instanceof Initializer) return value
  return entryNamed<() => Initializer>(where, name, value, BY_NAME, 'an Initializer')()
}
