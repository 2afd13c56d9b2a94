import { boolean, fail, numberInRange } from '../check'
import type { CallContext } from '../graph/node'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import { Ones, Zeros } from '../initializers'
import { add, mul } from '../ops/math'
import { normalizeAxes } from '../ops/emit'
import { batchNormInference, batchNormTraining } from '../ops/nn'
import { transpose } from '../ops/shape'
import { checkLayerOptions, Layer, type LayerOptions } from './layer'
import { layerClass } from './registry'

export interface BatchNormalizationOptions extends LayerOptions {
  /** Axis of the channels; default -1, the last. */
  readonly axis?: number
  /** Share of the moving statistics that is kept at every step; default 0.99. */
  readonly momentum?: number
  /** Added to the variance; default 1e-3. */
  readonly epsilon?: number
  /** Whether there is a beta to add; default true. */
  readonly center?: boolean
  /** Whether there is a gamma to multiply with; default true. */
  readonly scale?: boolean
}

const OPTIONS = ['axis', 'momentum', 'epsilon', 'center', 'scale']

class BatchNormalizationLayer extends Layer {
  readonly axis: number
  readonly momentum: number
  readonly epsilon: number
  readonly center: boolean
  readonly scale: boolean
  private gamma: Weight | undefined
  private beta: Weight | undefined
  private movingMean!: Weight
  private movingVariance!: Weight

  constructor(options: BatchNormalizationOptions = {}) {
    checkLayerOptions('BatchNormalization', options, OPTIONS)
    super(options)
    const { axis = -1, momentum = 0.99, epsilon = 1e-3, center = true, scale = true } = options
    if (!Number.isSafeInteger(axis) || axis === 0)
      fail(this.label, 'axis', 'an axis other than the batch', axis)
    this.axis = axis
    this.momentum = momentum === 1 ? 1 : numberInRange(this.label, 'momentum', momentum, 0, 1)
    if (!(typeof epsilon === 'number' && epsilon > 0)) {
      fail(this.label, 'epsilon', 'a positive number', epsilon)
    }
    this.epsilon = epsilon
    this.center = boolean(this.label, 'center', center)
    this.scale = boolean(this.label, 'scale', scale)
  }

  override build(x: SymbolicTensor): void {
    const shape = [this.lastAxis(this.channelsLast(x))]
    if (this.scale) this.gamma = this.addWeight('gamma', shape, new Ones())
    if (this.center) this.beta = this.addWeight('beta', shape, new Zeros())
    const state = { trainable: false }
    this.movingMean = this.addWeight('moving_mean', shape, new Zeros(), state)
    this.movingVariance = this.addWeight('moving_variance', shape, new Ones(), state)
  }

  override call(x: SymbolicTensor, context: CallContext): SymbolicTensor {
    return this.channelsBack(this.normalize(this.channelsLast(x), context))
  }

  private normalize(x: SymbolicTensor, context: CallContext): SymbolicTensor {
    const affine = {
      gamma: this.gamma?.tensor,
      beta: this.beta?.tensor,
      epsilon: this.epsilon,
    }
    const isFrozen = context.frozen.has(this)
    if (!context.training || (isFrozen && context.frozenBatchNorm === 'moving')) {
      return batchNormInference(x, this.movingMean.tensor, this.movingVariance.tensor, affine)
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
    return add(mul(weight.tensor, this.momentum), mul(now, 1 - this.momentum))
  }

  override getConfig(): Record<string, unknown> {
    const { axis, momentum, epsilon, center, scale } = this
    return { ...super.getConfig(), axis, momentum, epsilon, center, scale }
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
 * @example
 * const y = BatchNormalization({ momentum: 0.8 })(x)
 */
export const BatchNormalization = layerClass('BatchNormalization', BatchNormalizationLayer)
export type BatchNormalization = BatchNormalizationLayer
