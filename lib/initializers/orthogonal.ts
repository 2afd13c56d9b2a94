import { finiteNumber } from '../check'
import { shapeText } from '../array'
import { ShapeError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import { callableClass } from '../layers/callable'
import { mul } from '../ops/math'
import { orthonormalize } from '../ops/matrix'
import { randomNormal, type RandomKey } from '../ops/random'
import { reshape, transpose } from '../ops/shape'
import { optionsOf } from '../option_readers'
import { RandomInitializer, type SeedOptions } from './initializer'

/** Options of {@link Orthogonal}. */
export interface OrthogonalOptions extends SeedOptions {
  /** Default 1. */
  readonly gain?: number | null
}

export class OrthogonalInitializer extends RandomInitializer {
  readonly gain: number

  constructor(...args: [options?: OrthogonalOptions] | [gain?: number, seed?: number | null]) {
    const names = ['gain', 'seed'] as const
    const { gain = 1, seed } = optionsOf<OrthogonalOptions>('Orthogonal', args, names)
    super('Orthogonal', seed)
    this.gain = finiteNumber('Orthogonal', 'gain', gain)
  }

  override checkShape(shape: readonly number[]): void {
    if (shape.length >= 2) return
    throw new ShapeError(
      'Orthogonal',
      `makes weights with at least 2 axes, received ${shapeText(shape)}`,
    )
  }

  protected override draw(shape: readonly number[], key: RandomKey): SymbolicTensor {
    this.checkShape(shape)
    const columns = shape.at(-1) as number
    const rows = shape.slice(0, -1).reduce((product, length) => product * length, 1)
    const numbers = randomNormal([Math.max(rows, columns), Math.min(rows, columns)], { key })
    const tall = orthonormalize(numbers)
    return mul(reshape(rows < columns ? transpose(tall, [1, 0]) : tall, shape), this.gain)
  }

  override getConfig(): Record<string, unknown> {
    return { gain: this.gain, ...super.getConfig() }
  }
}

/**
 * A random orthogonal matrix times `gain`, of all axes but the last taken together and the last;
 * where it isn't square its shorter side holds orthonormal vectors.
 * Source: Saxe, McClelland and Ganguli (2014)
 *
 * @class
 */
export const Orthogonal = callableClass('Orthogonal', OrthogonalInitializer)
export type Orthogonal = OrthogonalInitializer
