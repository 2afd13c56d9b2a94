/** Random initialisers that don't look at the number of inputs. */
import { fail, finiteNumber, nonNegativeNumber } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { callableClass } from '../layers/callable'
import { randomNormal, randomUniform, truncatedNormal, type RandomKey } from '../ops/random'
import { optionsOf } from '../option_readers'
import { RandomInitializer, type SeedOptions } from './initializer'

/** Options of random numbers with a mean and a standard deviation. */
export interface NormalOptions extends SeedOptions {
  /** Default 0. */
  readonly mean?: number | null
  /** Default 0.05. */
  readonly stddev?: number | null
}

/** Options, or Keras's positional arguments. */
export type NormalArguments =
  [options?: NormalOptions] | [mean?: number, stddev?: number, seed?: number | null]

export abstract class NormalInitializer extends RandomInitializer {
  readonly mean: number
  readonly stddev: number

  constructor(where: string, args: NormalArguments) {
    const names = ['mean', 'stddev', 'seed'] as const
    const { mean = 0, stddev = 0.05, seed } = optionsOf<NormalOptions>(where, args, names)
    super(where, seed)
    this.mean = finiteNumber(where, 'mean', mean)
    this.stddev = nonNegativeNumber(where, 'stddev', stddev)
  }

  override getConfig(): Record<string, unknown> {
    return { mean: this.mean, stddev: this.stddev, ...super.getConfig() }
  }
}

export class RandomNormalInitializer extends NormalInitializer {
  constructor(...args: NormalArguments) {
    super('RandomNormal', args)
  }

  protected override draw(shape: readonly number[], key: RandomKey): SymbolicTensor {
    return randomNormal(shape, { mean: this.mean, stddev: this.stddev, key })
  }
}

/**
 * Normal numbers; default mean 0, stddev 0.05.
 *
 * @class
 * @example
 * const kernelInitializer = RandomNormal(0, 0.02)   // also RandomNormal({ stddev: 0.02 })
 */
export const RandomNormal = callableClass('RandomNormal', RandomNormalInitializer)
export type RandomNormal = RandomNormalInitializer

export class TruncatedNormalInitializer extends NormalInitializer {
  constructor(...args: NormalArguments) {
    super('TruncatedNormal', args)
  }

  protected override draw(shape: readonly number[], key: RandomKey): SymbolicTensor {
    return truncatedNormal(shape, { mean: this.mean, stddev: this.stddev, key })
  }
}

/** Normal numbers without those beyond two `stddev` from the mean; default mean 0, stddev 0.05. @class */
export const TruncatedNormal = callableClass('TruncatedNormal', TruncatedNormalInitializer)
export type TruncatedNormal = TruncatedNormalInitializer

/** Options of random numbers between two bounds. */
export interface UniformOptions extends SeedOptions {
  /** Default -0.05. */
  readonly minval?: number | null
  /** Default 0.05. */
  readonly maxval?: number | null
}

export class RandomUniformInitializer extends RandomInitializer {
  readonly minval: number
  readonly maxval: number

  constructor(
    ...args: [options?: UniformOptions] | [minval?: number, maxval?: number, seed?: number | null]
  ) {
    const where = 'RandomUniform'
    const names = ['minval', 'maxval', 'seed'] as const
    const { minval = -0.05, maxval = 0.05, seed } = optionsOf<UniformOptions>(where, args, names)
    super(where, seed)
    const numbers = {
      minval: finiteNumber(where, 'minval', minval),
      maxval: finiteNumber(where, 'maxval', maxval),
    }
    this.minval = numbers.minval
    this.maxval = numbers.maxval
    if (this.minval > this.maxval) fail(where, 'minval', `at most maxval (${maxval})`, minval)
  }

  protected override draw(shape: readonly number[], key: RandomKey): SymbolicTensor {
    return randomUniform(shape, { minval: this.minval, maxval: this.maxval, key })
  }

  override getConfig(): Record<string, unknown> {
    return { minval: this.minval, maxval: this.maxval, ...super.getConfig() }
  }
}

/** Uniform numbers from minval to maxval; default -0.05 to 0.05. @class */
export const RandomUniform = callableClass('RandomUniform', RandomUniformInitializer)
export type RandomUniform = RandomUniformInitializer
