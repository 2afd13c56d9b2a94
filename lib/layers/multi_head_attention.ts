import {
  boolean,
  fail,
  isInteger,
  isList,
  isPositiveInteger,
  optionsObject,
  positiveInteger,
} from '../check'
import { ArgumentError } from '../errors'
import type { CallContext } from '../graph/node'
import type { SymbolicTensor, Tensors } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import { cast } from '../ops/dtypes'
import { less, logicalAnd, where } from '../ops/compare'
import { einsum } from '../ops/contract'
import { ones } from '../ops/create'
import { abs, add, mul, sub } from '../ops/math'
import { sigmoid } from '../ops/nn'
import { expandDims, shape } from '../ops/shape'
import { cumsum } from '../ops/sort'
import { penaltyPerItem, resolveRegularizer, type Regularizer } from '../regularizers'
import { attentionEquations, projectionEquation } from './attention_equations'
import { AttentionLayer, type AttentionLayerOptions } from './attention_layer'
import type { AttentionClass, OutputAndScores } from './attention_layer'
import type { KernelLayerOptions } from './kernel_layer'
import type { TensorList } from './merge'
import { layerClass } from './registry'
import { resolveWeight, weightArguments, weightConfig, weightOptions } from './weight_arguments'
import type { WeightArguments } from './weight_arguments'

type WeightOptionNames =
  | `kernel${'Initializer' | 'Regularizer' | 'Constraint'}`
  | `bias${'Initializer' | 'Regularizer' | 'Constraint'}`

/** Options of {@link MultiHeadAttention}. */
export interface MultiHeadAttentionOptions
  extends AttentionLayerOptions, Pick<KernelLayerOptions, WeightOptionNames | 'useBias'> {
  /** Length of each head's values; default `keyDim`. */
  readonly valueDim?: number | null
  /** Lengths of the output's last axes; default that of the query. */
  readonly outputShape?: number | readonly number[] | null
  /** Axes to attend over; default all but the batch and the last. */
  readonly attentionAxes?: number | readonly number[] | null
  /** How far from itself, less 1, a place attends; default null, no limit. */
  readonly slidingWindow?: number | null
  /** Whether the heads' results are multiplied by a sigmoid of the query; default false. */
  readonly useGate?: boolean
}

const OPTIONS = [
  ...['valueDim', 'outputShape', 'attentionAxes', 'slidingWindow', 'useBias', 'useGate'],
  ...weightOptions('kernel'),
  ...weightOptions('bias'),
]

/** A linear map from the last axes of a tensor to others, with its bias. */
interface Projection {
  readonly equation: string
  readonly kernel: Weight
  readonly bias: Weight | undefined
}

/** The base would penalise what the layer gives, Keras penalises each projection. */
function withoutActivity(options: MultiHeadAttentionOptions): MultiHeadAttentionOptions {
  const others = { ...optionsObject('MultiHeadAttention', options) }
  delete (others as { activityRegularizer?: unknown }).activityRegularizer
  return others
}

export class MultiHeadAttentionLayer<
  Outputs extends Tensors = SymbolicTensor,
> extends AttentionLayer<Outputs> {
  readonly numHeads: number
  readonly keyDim: number
  readonly valueDim: number
  readonly useBias: boolean
  readonly useGate: boolean
  readonly outputShape: readonly number[] | null
  readonly attentionAxes: readonly number[] | null
  readonly slidingWindow: number | null
  private readonly kernelArguments: WeightArguments
  private readonly biasArguments: WeightArguments
  private readonly activityOption: MultiHeadAttentionOptions['activityRegularizer']
  private readonly projectionRegularizer: Regularizer | undefined
  private readonly projections = new Map<string, Projection>()

  constructor(numHeads: number, keyDim: number, options: MultiHeadAttentionOptions = {}) {
    super('MultiHeadAttention', withoutActivity(options), OPTIONS)
    const { valueDim, outputShape, attentionAxes, slidingWindow = null } = options
    const count = (name: string, value: unknown): number => positiveInteger(this.label, name, value)
    this.numHeads = count('numHeads', numHeads)
    this.keyDim = count('keyDim', keyDim)
    this.valueDim = count('valueDim', valueDim ?? keyDim)
    this.useBias = boolean(this.label, 'useBias', options.useBias ?? true)
    this.useGate = boolean(this.label, 'useGate', options.useGate ?? false)
    this.outputShape = this.integers('outputShape', outputShape, isPositiveInteger)
    this.attentionAxes = this.integers('attentionAxes', attentionAxes, isInteger)
    this.slidingWindow = slidingWindow === null ? null : count('slidingWindow', slidingWindow)
    this.kernelArguments = weightArguments('kernel', options, 'glorot_uniform')
    this.biasArguments = weightArguments('bias', options, 'zeros')
    // Refused here and not at the first call.
    resolveWeight(this.label, 'kernel', this.kernelArguments)
    resolveWeight(this.label, 'bias', this.biasArguments)
    this.activityOption = options.activityRegularizer
    this.projectionRegularizer = resolveRegularizer(
      this.label,
      'activityRegularizer',
      options.activityRegularizer,
    )
  }

  /** One integer or a list of them, as a list; null for none. */
  private integers(
    name: string,
    value: unknown,
    fits: (item: unknown) => boolean,
  ): readonly number[] | null {
    if (value === undefined || value === null) return null
    const list = isList(value) ? value : [value]
    const kind = fits === isPositiveInteger ? 'positive integer' : 'integer'
    if (list.length > 0 && list.every(fits)) return list as readonly number[]
    return fail(this.label, name, `a ${kind} or a list of them`.replace('a int', 'an int'), value)
  }

  protected override get mostInputs(): number {
    return 4
  }

  override build(inputs: TensorList): void {
    const [query, value, key] = this.queryValueKey(inputs)
    const last = [this.lastAxis(query)]
    const { numHeads, keyDim, valueDim, useGate } = this
    this.addProjection('query', query.rank, last, [numHeads, keyDim])
    this.addProjection('key', key.rank, [this.lastAxis(key)], [numHeads, keyDim])
    if (useGate) this.addProjection('gate', query.rank, last, [numHeads, valueDim])
    this.addProjection('value', value.rank, [this.lastAxis(value)], [numHeads, valueDim])
    const made = this.outputShape ?? last
    this.addProjection('attention_output', query.rank + 1, [numHeads, valueDim], made)
  }

  private addProjection(
    name: string,
    rank: number,
    from: readonly number[],
    to: readonly number[],
  ): void {
    const add = (
      part: 'kernel' | 'bias',
      shape: readonly number[],
      given: WeightArguments,
    ): Weight => {
      const { initializer, ...rest } = resolveWeight(this.label, part, given)
      return this.addWeight(`${name}/${part}`, shape, initializer, rest)
    }
    const kernel = add('kernel', [...from, ...to], this.kernelArguments)
    const bias = this.useBias ? add('bias', to, this.biasArguments) : undefined
    const equation = projectionEquation(rank, from.length, to.length)
    this.projections.set(name, { equation, kernel, bias })
  }

  private project(name: string, x: SymbolicTensor): SymbolicTensor {
    const { equation, kernel, bias } = this.projections.get(name) as Projection
    const product = einsum(equation, x, kernel.tensor)
    const y = bias ? add(product, bias.tensor) : product
    const result = name === 'gate' ? sigmoid(y) : y
    if (this.projectionRegularizer) this.addLoss(penaltyPerItem(this.projectionRegularizer, result))
    return result
  }

  override call(inputs: TensorList, context: CallContext): Outputs {
    const [query, value, key] = this.queryValueKey(inputs)
    const axes = this.axesFor(query)
    const equations = attentionEquations(query.rank + 1, axes)
    const gate = this.useGate ? this.project('gate', query) : undefined
    const queries = this.project('query', query)
    const products = einsum(equations.scores, this.project('key', key), queries)
    const scores = mul(products, 1 / Math.sqrt(this.keyDim))
    const mask = this.maskFor(scores, axes, inputs[3])
    const shares = this.sharesOf(scores, axes.length, mask)
    const values = this.project('value', value)
    const heads = einsum(equations.combine, this.dropped(shares, context), values)
    const output = this.project('attention_output', gate ? mul(heads, gate) : heads)
    return this.withScores(output, shares)
  }

  /** The axes to attend over, from the front. */
  private axesFor({ shape: lengths, rank }: SymbolicTensor): readonly number[] {
    const all = lengths.map((_, axis) => axis).slice(1, -1)
    const axes = this.attentionAxes?.map((axis) => (axis < 0 ? axis + rank : axis)) ?? all
    if (axes.every((axis) => all.includes(axis)) && new Set(axes).size === axes.length) return axes
    return fail(
      this.label,
      'attentionAxes',
      `different axes between the batch and the last of ${rank}`,
      this.attentionAxes,
    )
  }

  /**
   * Keras has two ways to compute this. They differ where no place is left to attend to: with
   * dropout, scores or more axes that gives zeros, otherwise the mean of all.
   */
  private sharesOf(scores: SymbolicTensor, axes: number, mask?: SymbolicTensor): SymbolicTensor {
    const shares = this.shares(scores, mask, axes)
    const isExplicit = this.dropout > 0 || this.returnAttentionScores || scores.rank !== 4
    return mask && isExplicit ? where(mask, shares, 0) : shares
  }

  /** Where places may attend to others; undefined for everywhere. */
  private maskFor(
    scores: SymbolicTensor,
    axes: readonly number[],
    given: SymbolicTensor | undefined,
  ): SymbolicTensor | undefined {
    const { useCausalMask, slidingWindow } = this
    if ((useCausalMask || slidingWindow !== null) && axes.length !== 1) {
      throw new ArgumentError(
        this.label,
        `takes useCausalMask and slidingWindow for one axis of attention, not for ${axes.length}`,
      )
    }
    const masks = [
      given && withHeads(cast(given, 'bool'), scores.rank, 2 * axes.length),
      useCausalMask ? this.causalMask(scores) : undefined,
      slidingWindow === null ? undefined : windowMask(scores, slidingWindow),
    ].filter((mask) => mask !== undefined)
    return masks.length === 0 ? undefined : masks.reduce((a, b) => logicalAnd(a, b))
  }

  override getConfig(): Record<string, unknown> {
    const { numHeads, keyDim, valueDim, useBias, useGate } = this
    const { outputShape, attentionAxes, slidingWindow, activityOption } = this
    return {
      ...super.getConfig(),
      ...{ numHeads, keyDim, valueDim, useBias, useGate },
      ...{ outputShape, attentionAxes, slidingWindow },
      ...weightConfig('kernel', this.kernelArguments),
      ...weightConfig('bias', this.biasArguments),
      ...(activityOption && { activityRegularizer: activityOption }),
    }
  }
}

/** A mask of the last `attended` axes of the scores, with axes for the heads and others before them. */
function withHeads(mask: SymbolicTensor, rank: number, attended: number): SymbolicTensor {
  let result = mask
  while (result.rank < rank) result = expandDims(result, -attended - 1)
  return result
}

/** Places that are less than `width` apart. */
function windowMask(scores: SymbolicTensor, width: number): SymbolicTensor {
  const each = ones(shape(scores).slice(-2), 'int32')
  return less(abs(sub(cumsum(each, 0), cumsum(each, 1))), width)
}

/**
 * Attention of several heads. Called on a list, since layers take one tensor or a list: [query,
 * value], [query, value, key] or [query, value, key, attentionMask], of shapes (batch, queries, k),
 * (batch, keys, n), (batch, keys, m) and, true where a place may attend, (batch, queries, keys).
 * Gives (batch, queries, k), or [that, scores] with `returnAttentionScores`.
 *
 * Weights: query/kernel (k, heads, keyDim), query/bias (heads, keyDim), key/kernel, key/bias,
 * gate/kernel, gate/bias with `useGate`, value/kernel (n, heads, valueDim), value/bias,
 * attention_output/kernel (heads, valueDim, k), attention_output/bias (k).
 * Source: https://keras.io/api/layers/attention_layers/multi_head_attention/
 *
 * @class
 * @example
 * const y = MultiHeadAttention(2, 16)([x, x])   // of itself
 * const z = MultiHeadAttention(2, 16, { useCausalMask: true })([x, memory])
 */
export const MultiHeadAttention = layerClass('MultiHeadAttention', MultiHeadAttentionLayer, [
  'numHeads',
  'keyDim',
]) as AttentionClass<
  [numHeads: number, keyDim: number],
  MultiHeadAttentionOptions,
  MultiHeadAttentionLayer,
  MultiHeadAttentionLayer<OutputAndScores>
>
export type MultiHeadAttention = MultiHeadAttentionLayer
