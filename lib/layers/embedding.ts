import { positiveInteger } from '../check'
import type { ConstraintArgument } from '../constraints'
import { ArgumentError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import type { InitializerArgument } from '../initializers'
import { take } from '../ops/gather'
import { cast } from '../ops/dtypes'
import type { RegularizerArgument } from '../regularizers'
import { withInputShape } from './input_length'
import { checkLayerOptions, type LayerOptions } from './layer'
import { layerClass } from './registry'
import { resolveWeight, weightArguments, weightConfig, weightOptions } from './weight_arguments'
import type { WeightArguments } from './weight_arguments'
import { UnaryLayer } from './unary_layer'

/** Options of {@link Embedding}. */
export interface EmbeddingOptions extends LayerOptions {
  /** Default 'uniform': from -0.05 to 0.05. */
  readonly embeddingsInitializer?: InitializerArgument
  /** Adds to the loss, such as 'l2'; default none. */
  readonly embeddingsRegularizer?: RegularizerArgument | null
  /** Applied to the table after each step of training, such as 'max_norm'; default none. */
  readonly embeddingsConstraint?: ConstraintArgument | null
  /** Only false: there are no masks in gantorch. */
  readonly maskZero?: false
  /** Keras 2's short form of `inputShape: [inputLength]`. */
  readonly inputLength?: number | null
}

const OPTIONS = [...weightOptions('embeddings'), 'maskZero', 'inputLength']

export class EmbeddingLayer extends UnaryLayer {
  readonly inputDim: number
  readonly outputDim: number
  private readonly embeddingsArguments: WeightArguments
  private embeddings!: Weight

  constructor(inputDim: number, outputDim: number, options: EmbeddingOptions = {}) {
    checkLayerOptions('Embedding', options, OPTIONS)
    super(withInputShape('Embedding', 'inputLength', options))
    this.inputDim = positiveInteger(this.label, 'inputDim', inputDim)
    this.outputDim = positiveInteger(this.label, 'outputDim', outputDim)
    if (options.maskZero) {
      throw new ArgumentError(this.label, 'does not take maskZero: gantorch has no masks')
    }
    this.embeddingsArguments = weightArguments('embeddings', options, 'uniform')
    // Refused here and not at the first call.
    resolveWeight(this.label, 'embeddings', this.embeddingsArguments)
  }

  override build(): void {
    const shape = [this.inputDim, this.outputDim]
    this.embeddings = this.addWeightFrom('embeddings', shape, this.embeddingsArguments)
  }

  /** Places stay as they are: half precision has no 1001. */
  protected override inOwnPrecision(x: SymbolicTensor): SymbolicTensor {
    return x
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return take(this.embeddings.tensor, cast(x, 'int32'), 0)
  }

  override getConfig(): Record<string, unknown> {
    const { inputDim, outputDim } = this
    return {
      ...super.getConfig(),
      inputDim,
      outputDim,
      ...weightConfig('embeddings', this.embeddingsArguments),
      maskZero: false,
    }
  }
}

/**
 * A trainable row of `outputDim` numbers for each of the whole numbers from 0 to `inputDim` - 1:
 * (batch, ...) to (batch, ..., outputDim). Floats are cut to whole numbers; negative ones count from
 * the end of the table. A number that has no row is an error when the model runs.
 * Weights: embeddings (inputDim, outputDim).
 * Source: https://keras.io/api/layers/core_layers/embedding/
 *
 * @class
 * @example
 * const label = Input({ shape: [1], dtype: 'int32' })
 * const y = Flatten()(Embedding(10, 100)(label))   // (batch, 1) to (batch, 1, 100) to (batch, 100)
 */
export const Embedding = layerClass('Embedding', EmbeddingLayer, ['inputDim', 'outputDim'])
export type Embedding = EmbeddingLayer
