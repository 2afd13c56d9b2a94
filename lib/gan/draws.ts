/** Random numbers of a fused step: those that the global generator would have given. */
import type { NDArray } from '../array'
import { placeholder, type SymbolicTensor } from '../graph/tensor'
import { generatorInteger, generatorNormal, generatorUniform } from '../ops/generator'
import type { Generated } from '../ops/generator'
import { random } from '../random'

export class Draws {
  /** The leaf that takes where the generator stands. */
  readonly state = placeholder('generator', { shape: [4], dtype: 'int32' })
  private words = 0

  normal(shape: readonly number[], mean: number, stddev: number): SymbolicTensor {
    return this.drawn(generatorNormal(this.state, this.words, shape, mean, stddev))
  }

  uniform(shape: readonly number[], low: number, high: number): SymbolicTensor {
    return this.drawn(generatorUniform(this.state, this.words, shape, low, high))
  }

  integers(shape: readonly number[], low: number, high: number): SymbolicTensor {
    return this.drawn(generatorInteger(this.state, this.words, shape, low, high))
  }

  /** What one run is fed; later runs get later numbers. */
  next(): NDArray {
    return random.reserve(this.words)
  }

  private drawn({ tensor, words }: Generated): SymbolicTensor {
    this.words += words
    return tensor
  }
}
