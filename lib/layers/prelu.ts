import { fail, integerOrIntegers, isList } from '../check'
import type { ConstraintArgument } from '../constraints'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import type { InitializerArgument } from '../initializers'
import { mul, neg, sub } from '../ops/math'
import { relu } from '../ops/nn'
import type { RegularizerArgument } from '../regularizers'
import { axesOf, lengthsOf, type AxisOption } from './axes'
import { checkLayerOptions, type LayerOptions } from './layer'
import { layerClass } from './registry'
import { resolveWeight, weightArguments, weightConfig, weightOptions } from './weight_arguments'
import type { WeightArguments } from './weight_arguments'
import { UnaryLayer } from './unary_layer'

/** Options of {@link PReLU}. */
export interface PReLUOptions extends LayerOptions {
  /** Default 'zeros'. */
  readonly alphaInitializer?: InitializerArgument
  /** Adds to the loss, such as 'l2'; default none. */
  readonly alphaRegularizer?: RegularizerArgument | null
  /** Applied after each step of training; default none. */
  readonly alphaConstraint?: ConstraintArgument | null
  /** Axes along which all elements have one slope, such as [1, 2] for images; default none. */
  readonly sharedAxes?: AxisOption | null
}

class PReLULayer extends UnaryLayer {
  readonly sharedAxes: AxisOption | null
  private readonly alphaArguments: WeightArguments
  private alpha!: Weight

  constructor(options: PReLUOptions = {}) {
    checkLayerOptions('PReLU', options, [...weightOptions('alpha'), 'sharedAxes'])
    super(options)
    const { sharedAxes = null } = options
    this.sharedAxes =
      sharedAxes === null ? null : integerOrIntegers(this.label, 'sharedAxes', sharedAxes)
    if ([sharedAxes].flat().includes(0)) {
      fail(this.label, 'sharedAxes', 'axes other than the batch', sharedAxes)
    }
    this.alphaArguments = weightArguments('alpha', options, 'zeros')
    resolveWeight(this.label, 'alpha', this.alphaArguments)
  }

  override build(x: SymbolicTensor): void {
    const { sharedAxes } = this
    const none = sharedAxes === null || (isList(sharedAxes) && sharedAxes.length === 0)
    const shared = none ? [] : axesOf(this.label, x, sharedAxes, 1)
    const items = [...x.shape.keys()].slice(1)
    const own = items.filter((axis) => !shared.includes(axis))
    const lengths = lengthsOf(this.label, x, own)
    const shape = items.map((axis) => lengths[own.indexOf(axis)] ?? 1)
    this.alpha = this.addWeightFrom('alpha', shape, this.alphaArguments)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return sub(relu(x), mul(relu(neg(x)), this.alpha.tensor))
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      ...weightConfig('alpha', this.alphaArguments),
      sharedAxes: this.sharedAxes,
    }
  }
}

/**
 * x where it is positive, `alpha * x` elsewhere, with an alpha for each element of an item that is
 * trained. Weight: alpha, of the shape of an item, with 1 for the shared axes.
 * Source: He et al. (2015), https://keras.io/api/layers/activation_layers/prelu/
 *
 * @class
 * @example
 * const y = PReLU({ sharedAxes: [1, 2] })(x)
 */
export const PReLU = layerClass('PReLU', PReLULayer)
export type PReLU = PReLULayer
