/** What layers of attention share: their inputs, masks, softmax and dropout. */
import { shapeText } from '../array'
import { boolean, describe, shareOf } from '../check'
import { ArgumentError, ShapeError } from '../errors'
import type { CallContext } from '../graph/node'
import type { SymbolicTensor, Tensors } from '../graph/tensor'
import { greaterEqual, where } from '../ops/compare'
import { ones } from '../ops/create'
import { cast } from '../ops/dtypes'
import { softmax } from '../ops/nn'
import { dropout, wordsOf } from '../ops/random'
import { shape } from '../ops/shape'
import { cumsum } from '../ops/sort'
import { checkLayerOptions, Layer, type LayerOptions } from './layer'
import type { TensorList } from './merge'
import { ownStream } from './noise_layer'

/** Options of every attention layer. */
export interface AttentionLayerOptions extends LayerOptions {
  /** Share of the scores that are set to 0 while training; default 0. */
  readonly dropout?: number
  /** Gives the dropout random numbers of its own, as `Dropout` has it; default null. */
  readonly seed?: number | null
  /** Whether the layer gives [output, scores]; default false. An argument of calls in Keras. */
  readonly returnAttentionScores?: boolean
  /** Whether no place attends to later ones; default false. An argument of calls in Keras. */
  readonly useCausalMask?: boolean
}

/** What attention gives when it is asked for scores. */
export type OutputAndScores = readonly [output: SymbolicTensor, scores: SymbolicTensor]

/** A class whose layers give what `returnAttentionScores` says; `Before` stands before the options. */
export interface AttentionClass<Before extends unknown[], Options, Layer, LayerWithScores> {
  new (...args: [...Before, options: Options & WithScores]): LayerWithScores
  new (...args: [...Before, options?: Options & WithoutScores]): Layer
  (...args: [...Before, options: Options & WithScores]): LayerWithScores
  (...args: [...Before, options?: Options & WithoutScores]): Layer
  readonly prototype: Layer
}

/** Layers of this option give {@link OutputAndScores}. */
export interface WithScores {
  readonly returnAttentionScores: true
}

/** Layers of this option give one tensor. */
export interface WithoutScores {
  readonly returnAttentionScores?: false
}

const ATTENTION_OPTIONS = ['seed', 'dropout', 'returnAttentionScores', 'useCausalMask']

/** What stands for minus infinity: exp of it is 0, and float16 can hold it. */
const LARGE_NEGATIVE = { float16: -3e4, others: -1e9 } as const

/** The names of the tensors that a layer of attention takes, in their order. */
const NAMES = ['query', 'value', 'key', 'attentionMask'] as const

export abstract class AttentionLayer<Outputs extends Tensors> extends Layer<TensorList, Outputs> {
  readonly seed: number | null
  readonly dropout: number
  readonly returnAttentionScores: boolean
  readonly useCausalMask: boolean

  /** `own` names the options that the subclass adds. */
  constructor(className: string, options: AttentionLayerOptions, own: readonly string[]) {
    checkLayerOptions(className, options, [...own, ...ATTENTION_OPTIONS])
    super(options)
    const { returnAttentionScores = false, useCausalMask = false } = options
    this.dropout = shareOf(this.label, 'dropout', options.dropout ?? 0)
    this.seed = options.seed ?? null
    if (this.seed !== null) wordsOf(this.label, this.seed)
    this.returnAttentionScores = boolean(this.label, 'returnAttentionScores', returnAttentionScores)
    this.useCausalMask = boolean(this.label, 'useCausalMask', useCausalMask)
  }

  /** How many tensors the layer takes at most. */
  protected get mostInputs(): number {
    return 3
  }

  override apply(inputs: TensorList): Outputs {
    const { mostInputs } = this
    if (!Array.isArray(inputs) || inputs.length < 2 || inputs.length > mostInputs) {
      const forms = NAMES.slice(1, mostInputs).map(
        (_, i) => `[${NAMES.slice(0, i + 2).join(', ')}]`,
      )
      throw new ArgumentError(
        this.label,
        `is called on a list, ${forms.join(' or ')}, received ${describe(inputs)}`,
      )
    }
    return super.apply(inputs)
  }

  /** Query, value and key (by default the value), of equal ranks and lengths where they must be. */
  protected queryValueKey(inputs: TensorList): [SymbolicTensor, SymbolicTensor, SymbolicTensor] {
    const [query, value, key = value] = inputs as [SymbolicTensor, SymbolicTensor, SymbolicTensor?]
    const inner = ({ shape: lengths }: SymbolicTensor): string => lengths.slice(1, -1).join()
    if (query.rank < 3 || query.rank !== value.rank || inner(value) !== inner(key)) {
      const shapes = [query, value, key].map((x) => shapeText(x.shape)).join(', ')
      throw new ShapeError(
        this.label,
        `query, value and key need equally many axes, at least 3, and value and key equal ones between the batch and the last, received ${shapes}`,
      )
    }
    return [query, value, key]
  }

  /** Which of `keys` places each of `queries` places may attend to: those not behind it. */
  protected causalMask(scores: SymbolicTensor): SymbolicTensor {
    const each = ones(shape(scores).slice(-2), 'int32')
    return greaterEqual(cumsum(each, 0), cumsum(each, 1))
  }

  /** Softmax over the last `axes` axes in float32, of the places where the mask holds. */
  protected shares(scores: SymbolicTensor, mask?: SymbolicTensor, axes = 1): SymbolicTensor {
    const exact = cast(scores, 'float32')
    const low = scores.dtype === 'float16' ? LARGE_NEGATIVE.float16 : LARGE_NEGATIVE.others
    const kept = mask ? where(mask, exact, low) : exact
    const last = Array.from({ length: axes }, (_, i) => i - axes)
    return cast(softmax(kept, axes === 1 ? -1 : last), scores.dtype)
  }

  protected dropped(shares: SymbolicTensor, context: CallContext): SymbolicTensor {
    return context.training
      ? dropout(shares, this.dropout, ownStream(this.label, this.seed))
      : shares
  }

  /** What `call` returns. */
  protected withScores(output: SymbolicTensor, scores: SymbolicTensor): Outputs {
    return (this.returnAttentionScores ? [output, scores] : output) as Outputs
  }

  override getConfig(): Record<string, unknown> {
    const { dropout: rate, seed, returnAttentionScores, useCausalMask } = this
    return { ...super.getConfig(), dropout: rate, seed, returnAttentionScores, useCausalMask }
  }
}
