import { shapeText } from '../array'
import { boolean, fail, isList } from '../check'
import { ArgumentError, ShapeError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import { minimum, mul, rsqrt, square } from '../ops/math'
import { matmul } from '../ops/matrix'
import { sum } from '../ops/reduce'
import { reshape, shape, transpose, type Length } from '../ops/shape'
import { checkLayerOptions, type LayerOptions } from './layer'
import { Merge, type TensorList } from './merge'
import { layerClass } from './registry'

/** Options of {@link Dot}. */
export interface DotOptions extends LayerOptions {
  /** Whether both are divided by their length along the axis first; default false. */
  readonly normalize?: boolean
}

/** Keras's epsilon: shorter vectors are not made as long as 1. */
const EPSILON = 1e-7

export class DotLayer extends Merge {
  readonly axes: number | readonly [number, number]
  readonly normalize: boolean

  constructor(axes: number | readonly [number, number], options: DotOptions = {}) {
    checkLayerOptions('Dot', options, ['normalize'])
    super(options)
    const isPair = isList(axes) && axes.length === 2 && axes.every(Number.isSafeInteger)
    if (!isPair && !Number.isSafeInteger(axes)) {
      fail(this.label, 'axes', 'an integer or a pair of them', axes)
    }
    this.axes = isList(axes) ? [axes[0], axes[1]] : axes
    this.normalize = boolean(this.label, 'normalize', options.normalize ?? false)
  }

  protected override get alignsRanks(): boolean {
    return false
  }

  protected override _mergeFunction(inputs: TensorList): SymbolicTensor {
    const [a, b] = this.twoOf(inputs)
    const [axisOfA, axisOfB] = isList(this.axes) ? this.axes : [this.axes, this.axes]
    const [i, j] = [this.place(a, axisOfA), this.place(b, axisOfB)]
    const [left, right] = [a.shape[i], b.shape[j]]
    if (left !== right && left !== null && right !== null) {
      throw new ShapeError(
        this.label,
        `axis ${i} of ${shapeText(a.shape)} must be as long as axis ${j} of ${shapeText(b.shape)}`,
      )
    }
    return this.normalize
      ? batchDot(normalized(a, i), normalized(b, j), i, j)
      : batchDot(a, b, i, j)
  }

  /** The axis from the front; that of the batch is refused. */
  private place(x: SymbolicTensor, axis: number): number {
    const place = axis < 0 ? axis + x.rank : axis
    if (place > 0 && place < x.rank) return place
    throw new ArgumentError(
      this.label,
      `axes must name an axis of ${shapeText(x.shape)} other than the batch, received ${axis}`,
    )
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), axes: this.axes, normalize: this.normalize }
  }
}

/** Divided by the length along the axis. Source: keras.ops.normalize */
function normalized(x: SymbolicTensor, axis: number): SymbolicTensor {
  return mul(x, minimum(rsqrt(sum(square(x), axis, true)), 1 / EPSILON))
}

/** Sums over axis i of a and axis j of b; the other axes of a come first, then those of b. */
function batchDot(a: SymbolicTensor, b: SymbolicTensor, i: number, j: number): SymbolicTensor {
  const [restOfA, restOfB] = [otherAxes(a, i), otherAxes(b, j)]
  const [lengthsOfA, lengthsOfB] = [shape(a), shape(b)]
  const inner = lengthsOfA[i] as Length
  const rows = reshape(transpose(a, [0, ...restOfA, i]), [null, -1, inner])
  const columns = reshape(transpose(b, [0, j, ...restOfB]), [null, inner, -1])
  const lengths = [
    ...restOfA.map((axis) => lengthsOfA[axis] as Length),
    ...restOfB.map((axis) => lengthsOfB[axis] as Length),
  ]
  return reshape(matmul(rows, columns), [null, ...(lengths.length === 0 ? [1] : lengths)])
}

function otherAxes(x: SymbolicTensor, axis: number): number[] {
  return x.shape.map((_, i) => i).filter((i) => i !== 0 && i !== axis)
}

/**
 * The sum of the products along one axis of each of two tensors: (batch, m, k) and (batch, k, n)
 * with `axes: [2, 1]` give (batch, m, n); two vectors per item give (batch, 1).
 * Source: https://keras.io/api/layers/merging_layers/dot/
 *
 * @class
 * @example
 * const likeness = Dot(1, { normalize: true })([a, b])   // (batch, 8) twice to (batch, 1)
 */
export const Dot = layerClass('Dot', DotLayer, ['axes'])
export type Dot = DotLayer

/** `Dot` as a function: `dot([a, b], 1)`; `axes` is -1 by default. */
export function dot(
  inputs: TensorList,
  axes: number | readonly [number, number] = -1,
  options: DotOptions = {},
): SymbolicTensor {
  return new Dot(axes, options)(inputs)
}
