import { shapeText } from '../array'
import { describe, isList } from '../check'
import { ArgumentError, ShapeError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import { expandDims } from '../ops/shape'
import { Layer } from './layer'

/** What merging layers take: a list of tensors. */
export type TensorList = readonly SymbolicTensor[]

/**
 * Base of the layers that make one tensor of a list of tensors. A merging layer of your own says
 * how in `_mergeFunction`, as in Keras.
 * Source: https://keras.io/api/layers/merging_layers/
 *
 * @example
 * class RandomWeightedAverage extends Merge {
 *   protected override _mergeFunction([real, fake]: readonly [SymbolicTensor, SymbolicTensor]) {
 *     const share = ops.randomUniform([32, 1, 1, 1])
 *     return ops.add(ops.mul(share, real), ops.mul(ops.sub(1, share), fake))
 *   }
 * }
 * const between = new RandomWeightedAverage()([real, fake])
 */
export abstract class Merge extends Layer<TensorList> {
  /** One tensor of tensors with equally many axes. */
  protected abstract _mergeFunction(inputs: TensorList): SymbolicTensor

  /** Whether inputs with fewer axes than others get axes of length 1 behind the batch. */
  protected get alignsRanks(): boolean {
    return true
  }

  override apply(inputs: TensorList): SymbolicTensor {
    if (!Array.isArray(inputs)) {
      throw new ArgumentError(
        this.label,
        `is called on a list of tensors: layer([a, b]), received ${describe(inputs)}`,
      )
    }
    return super.apply(inputs)
  }

  override call(inputs: TensorList | SymbolicTensor): SymbolicTensor {
    // A list of one tensor arrives as the tensor itself.
    const list = isList(inputs) ? inputs : [inputs]
    this.checkBatches(list)
    const rank = Math.max(...list.map((x) => x.rank))
    return this._mergeFunction(this.alignsRanks ? list.map((x) => withRank(x, rank)) : list)
  }

  private checkBatches(list: TensorList): void {
    const batches = list.map(({ shape }) => shape[0]).filter((length) => typeof length === 'number')
    if (new Set(batches).size > 1) {
      const shapes = list.map(({ shape }) => shapeText(shape)).join(' and ')
      throw new ShapeError(this.label, `can't merge batches of different sizes: ${shapes}`)
    }
  }

  /** For `_mergeFunction`: both tensors of a layer that takes two. */
  protected twoOf(list: TensorList): [SymbolicTensor, SymbolicTensor] {
    const [a, b] = list
    if (!a || !b || list.length !== 2) {
      throw new ArgumentError(this.label, `takes exactly 2 tensors, received ${list.length}`)
    }
    return [a, b]
  }
}

/** New axes of length 1 behind the batch, as Keras aligns inputs of different ranks. */
function withRank(x: SymbolicTensor, rank: number): SymbolicTensor {
  if (x.rank === rank) return x
  const axes = Array.from({ length: rank - x.rank }, (_, i) => i + 1)
  return expandDims(x, axes)
}
