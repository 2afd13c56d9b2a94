import { boolean, oneOf } from '../check'
import type { CallContext } from '../graph/node'
import type { SymbolicTensor, Tensors } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import { GlorotUniform, Ones } from '../initializers'
import { add, mul } from '../ops/math'
import { matmul } from '../ops/matrix'
import { tanh } from '../ops/nn'
import { sum } from '../ops/reduce'
import { expandDims, swapaxes } from '../ops/shape'
import { AttentionLayer, type AttentionLayerOptions } from './attention_layer'
import type { AttentionClass, OutputAndScores } from './attention_layer'
import type { TensorList } from './merge'
import { layerClass } from './registry'

/** Options of {@link AdditiveAttention}. */
export interface AdditiveAttentionOptions extends AttentionLayerOptions {
  /** Whether there is a weight to scale the scores with; default true. */
  readonly useScale?: boolean
}

/** Options of {@link Attention}. */
export interface AttentionOptions extends AttentionLayerOptions {
  /** Whether there is a weight to scale the scores with; default false. */
  readonly useScale?: boolean
  /** 'dot' (the default) or 'concat', a sum over tanh(query + key). */
  readonly scoreMode?: 'dot' | 'concat'
}

/** Attention of one head over the last axis but one; subclasses say how places are compared. */
abstract class OneHeadLayer<Outputs extends Tensors> extends AttentionLayer<Outputs> {
  readonly useScale: boolean
  protected scale: Weight | undefined

  constructor(
    className: string,
    options: AttentionOptions,
    useScale: boolean,
    own: readonly string[],
  ) {
    super(className, options, [...own, 'useScale'])
    this.useScale = boolean(this.label, 'useScale', options.useScale ?? useScale)
  }

  /** (batch, queries, keys): how well each place of the query fits each of the key. */
  protected abstract scores(query: SymbolicTensor, key: SymbolicTensor): SymbolicTensor

  override call(inputs: TensorList, context: CallContext): Outputs {
    const [query, value, key] = this.queryValueKey(inputs)
    const scores = this.scores(query, key)
    const mask = this.useCausalMask ? this.causalMask(scores) : undefined
    const shares = this.dropped(this.shares(scores, mask), context)
    return this.withScores(matmul(shares, value), shares)
  }

  protected scaled(x: SymbolicTensor): SymbolicTensor {
    return this.scale ? mul(x, this.scale.tensor) : x
  }

  /** tanh(query + key) for each pair of places: (batch, queries, keys, k). */
  protected pairs(
    query: SymbolicTensor,
    key: SymbolicTensor,
    scale: (x: SymbolicTensor) => SymbolicTensor = (x) => x,
  ): SymbolicTensor {
    return tanh(scale(add(expandDims(query, -2), expandDims(key, -3))))
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), useScale: this.useScale }
  }
}

export class DotAttentionLayer<
  Outputs extends Tensors = SymbolicTensor,
> extends OneHeadLayer<Outputs> {
  readonly scoreMode: 'dot' | 'concat'
  private concatScoreWeight: Weight | undefined

  constructor(options: AttentionOptions = {}) {
    super('Attention', options, false, ['scoreMode'])
    this.scoreMode = oneOf(this.label, 'scoreMode', options.scoreMode ?? 'dot', ['dot', 'concat'])
  }

  override build(): void {
    if (this.useScale) this.scale = this.addWeight('scale', [], new Ones())
    if (this.scoreMode === 'concat') {
      this.concatScoreWeight = this.addWeight('concat_score_weight', [], new Ones())
    }
  }

  protected override scores(query: SymbolicTensor, key: SymbolicTensor): SymbolicTensor {
    if (!this.concatScoreWeight) return this.scaled(matmul(query, swapaxes(key, -2, -1)))
    const pairs = this.pairs(query, key, (x) => this.scaled(x))
    return mul(this.concatScoreWeight.tensor, sum(pairs, -1))
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), scoreMode: this.scoreMode }
  }
}

export class AdditiveAttentionLayer<
  Outputs extends Tensors = SymbolicTensor,
> extends OneHeadLayer<Outputs> {
  constructor(options: AdditiveAttentionOptions = {}) {
    super('AdditiveAttention', options, true, [])
  }

  override build([query]: TensorList): void {
    const length = this.lastAxis(query as SymbolicTensor)
    if (this.useScale) this.scale = this.addWeight('scale', [length], new GlorotUniform())
  }

  protected override scores(query: SymbolicTensor, key: SymbolicTensor): SymbolicTensor {
    return sum(this.scaled(this.pairs(query, key)), -1)
  }
}

/**
 * Means of the value's places, weighted for each place of the query by how well the key's fit:
 * called on [query, value] or [query, value, key] of shapes (batch, queries, k), (batch, keys, n)
 * and (batch, keys, k), gives (batch, queries, n). Weights: scale () and concat_score_weight (), if
 * asked for. Source: https://keras.io/api/layers/attention_layers/attention/
 *
 * @class
 * @example
 * const y = Attention({ useScale: true })([query, value])
 */
export const Attention = layerClass('Attention', DotAttentionLayer) as AttentionClass<
  [],
  AttentionOptions,
  DotAttentionLayer,
  DotAttentionLayer<OutputAndScores>
>
export type Attention = DotAttentionLayer

/**
 * Bahdanau's attention: places are compared by `sum(scale * tanh(query + key))`. Inputs and output as
 * for `Attention`. Weights: scale (k).
 * Source: https://keras.io/api/layers/attention_layers/additive_attention/
 *
 * @class
 * @example
 * const y = AdditiveAttention()([query, value])
 */
export const AdditiveAttention = layerClass(
  'AdditiveAttention',
  AdditiveAttentionLayer,
) as AttentionClass<
  [],
  AdditiveAttentionOptions,
  AdditiveAttentionLayer,
  AdditiveAttentionLayer<OutputAndScores>
>
export type AdditiveAttention = AdditiveAttentionLayer
