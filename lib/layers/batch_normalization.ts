import { channelAxis } from './axes'
import { numberInRange, optionsObject } from '../check'
import { ArgumentError } from '../errors'
import type { CallContext } from '../graph/node'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import { resolveInitializer, type InitializerArgument } from '../initializers'
import { add, mul } from '../ops/math'
import { normalizeAxes } from '../ops/emit'
import { batchNormInference, batchNormTraining } from '../ops/nn'
import { transpose } from '../ops/shape'
import { AffineLayer, type AffineLayerOptions } from './affine_layer'
import { layerClass } from './registry'

/** Options of {@link BatchNormalization}. */
export interface BatchNormalizationOptions extends AffineLayerOptions {
  /** Axis of the channels; default -1, the last. */
  readonly axis?: number
  /** Share of the moving statistics that is kept at every step; default 0.99. */
  readonly momentum?: number
  /** Default 'zeros'. */
  readonly movingMeanInitializer?: InitializerArgument
  /** Default 'ones'. */
  readonly movingVarianceInitializer?: InitializerArgument
}

const OPTIONS = ['axis', 'momentum', 'movingMeanInitializer', 'movingVarianceInitializer']

/** Options that say how to renormalise, and nothing where that is off. */
const WITHOUT_MEANING = ['renormClipping', 'renormMomentum']

/** Options of Keras that this layer hasn't got, and what it does instead. */
const REFUSED: Readonly<Record<string, string>> = {
  synchronized: 'there is one device, whose batch is normalised as a whole',
  renorm: 'batch renormalisation is not available',
  virtualBatchSize: 'the batch is normalised as a whole',
  fused: 'kernels are chosen by themselves',
}

/** The options without those of Keras that say no more than their defaults. */
function refuse(given: BatchNormalizationOptions): BatchNormalizationOptions {
  const options: Record<string, unknown> = { ...optionsObject('BatchNormalization', given) }
  for (const [name, reason] of Object.entries(REFUSED)) {
    const value = options[name]
    if (value !== undefined && value !== null && value !== false) {
      throw new ArgumentError('BatchNormalization', `does not take ${name}: ${reason}`)
    }
    Reflect.deleteProperty(options, name)
  }
  for (const name of WITHOUT_MEANING) Reflect.deleteProperty(options, name)
  return options
}

class BatchNormalizationLayer extends AffineLayer {
  readonly axis: number
  readonly momentum: number
  private readonly movingMeanInitializer: InitializerArgument
  private readonly movingVarianceInitializer: InitializerArgument
  private movingMean!: Weight
  private movingVariance!: Weight

  constructor(given: BatchNormalizationOptions = {}) {
    const options = refuse(given)
    super('BatchNormalization', options, OPTIONS)
    const { axis = -1, momentum = 0.99 } = options
    const { movingMeanInitializer = 'zeros', movingVarianceInitializer = 'ones' } = options
    this.axis = channelAxis(this.label, axis)
    this.momentum = momentum === 1 ? 1 : numberInRange(this.label, 'momentum', momentum, 0, 1)
    this.movingMeanInitializer = movingMeanInitializer
    this.movingVarianceInitializer = movingVarianceInitializer
    resolveInitializer(this.label, 'movingMeanInitializer', movingMeanInitializer)
    resolveInitializer(this.label, 'movingVarianceInitializer', movingVarianceInitializer)
  }

  override build(x: SymbolicTensor): void {
    const shape = [this.lastAxis(this.channelsLast(x))]
    this.addGammaAndBeta(shape)
    this.movingMean = this.addStatistic('movingMean', 'moving_mean', shape)
    this.movingVariance = this.addStatistic('movingVariance', 'moving_variance', shape)
  }

  private addStatistic(
    option: 'movingMean' | 'movingVariance',
    name: string,
    shape: readonly number[],
  ): Weight {
    const argument = `${option}Initializer` as const
    const initializer = resolveInitializer(this.label, argument, this[argument])
    return this.addWeight(name, shape, initializer, { trainable: false })
  }

  override call(x: SymbolicTensor, context: CallContext): SymbolicTensor {
    return this.channelsBack(this.normalize(this.channelsLast(x), context))
  }

  private normalize(x: SymbolicTensor, context: CallContext): SymbolicTensor {
    const affine = {
      gamma: this.gamma?.leaf,
      beta: this.beta?.leaf,
      epsilon: this.epsilon,
    }
    const isFrozen = context.frozen.has(this)
    if (!context.training || (isFrozen && context.frozenBatchNorm === 'moving')) {
      return batchNormInference(x, this.movingMean.leaf, this.movingVariance.leaf, affine)
    }
    const { y, mean, variance } = batchNormTraining(x, affine)
    if (!isFrozen) {
      context.assign(this.movingMean, this.moved(this.movingMean, mean))
      context.assign(this.movingVariance, this.moved(this.movingVariance, variance))
    }
    return y
  }

  /** The order of axes that puts `axis` last; undefined where it is. */
  private orderFor(x: SymbolicTensor): number[] | undefined {
    const [axis] = normalizeAxes('batchNormalization', x.rank, this.axis) as [number]
    if (axis === x.rank - 1) return undefined
    return [...x.shape.keys()].filter((other) => other !== axis).concat(axis)
  }

  private channelsLast(x: SymbolicTensor): SymbolicTensor {
    const order = this.orderFor(x)
    return order ? transpose(x, order) : x
  }

  private channelsBack(y: SymbolicTensor): SymbolicTensor {
    const order = this.orderFor(y)
    return order
      ? transpose(
          y,
          [...order.keys()].map((axis) => order.indexOf(axis)),
        )
      : y
  }

  private moved(weight: Weight, now: SymbolicTensor): SymbolicTensor {
    return add(mul(weight.leaf, this.momentum), mul(now, 1 - this.momentum))
  }

  override getConfig(): Record<string, unknown> {
    const { axis, momentum, movingMeanInitializer, movingVarianceInitializer } = this
    const own = { axis, momentum, movingMeanInitializer, movingVarianceInitializer }
    return { ...super.getConfig(), ...own }
  }
}

/**
 * Normalises every channel (the axis `axis`) to mean beta and deviation gamma: while training with
 * the statistics of the batch (biased variance), otherwise with moving averages of them.
 * When it was not trainable at `compile`, that model's training leaves the moving averages alone
 * and normalises as `compile({ frozenBatchNorm })` says.
 * Weights: gamma, beta, moving mean, moving variance, each (channels).
 * Source: Ioffe and Szegedy (2015), https://keras.io/api/layers/normalization_layers/batch_normalization/
 *
 * @class
 * @example
 * const y = BatchNormalization({ momentum: 0.8 })(x)
 */
export const BatchNormalization = layerClass('BatchNormalization', BatchNormalizationLayer)
export type BatchNormalization = BatchNormalizationLayer
