/** What all initialisers share. Source: https://keras.io/api/layers/initializers/ */
import { nonNegativeInteger } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import type { RandomKey } from '../ops/random'
import { keyOf, random } from '../random'

/** Base of all initialisers. One of your own implements `describe`. */
export abstract class Initializer {
  /** The values of a weight of this shape. `key` fixes the random numbers. */
  abstract describe(shape: readonly number[], key: RandomKey): SymbolicTensor

  /** Throws a ShapeError for shapes that have no such values. */
  checkShape(_shape: readonly number[]): void {}

  /** Draws the key now, so that the order in which layers are built decides the values. */
  prepare(shape: readonly number[]): () => SymbolicTensor {
    this.checkShape(shape)
    const key = random.nextKey()
    return () => this.describe(shape, key)
  }

  /** Options that make an equal initialiser. */
  getConfig(): Record<string, unknown> {
    return {}
  }
}

/** Base of the random ones. */
export abstract class RandomInitializer extends Initializer {
  /** Undefined: other values for each weight, which setRandomSeed decides. */
  readonly seed: number | undefined

  constructor(where: string, seed: unknown) {
    super()
    this.seed = seed === undefined ? undefined : nonNegativeInteger(where, 'seed', seed)
  }

  override describe(shape: readonly number[], key: RandomKey): SymbolicTensor {
    return this.draw(shape, this.seed === undefined ? key : keyOf(this.seed))
  }

  /** The values that this key decides. */
  protected abstract draw(shape: readonly number[], key: RandomKey): SymbolicTensor

  override getConfig(): Record<string, unknown> {
    return { seed: this.seed ?? null }
  }
}

/** Options of everything that draws numbers. */
export interface SeedOptions {
  /** With a seed every weight of one shape gets the same values, as in Keras; default null. */
  readonly seed?: number | null
}
