/** What normalising layers share: epsilon, a gamma to multiply with and a beta to add. */
import { boolean, positiveNumber } from '../check'
import type { ConstraintArgument } from '../constraints'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import type { InitializerArgument } from '../initializers'
import { cast } from '../ops/dtypes'
import { add, mul, rsqrt, square, sub } from '../ops/math'
import { mean } from '../ops/reduce'
import type { RegularizerArgument } from '../regularizers'
import { alongAxes } from './axes'
import { checkLayerOptions, type LayerOptions } from './layer'
import { resolveWeight, weightArguments, weightConfig, weightOptions } from './weight_arguments'
import type { WeightArguments } from './weight_arguments'
import { UnaryLayer } from './unary_layer'

/** Options of layers that multiply by gamma and add beta. */
export interface AffineLayerOptions extends LayerOptions {
  /** Keeps the division away from 0; default 1e-3. */
  readonly epsilon?: number
  /** Whether there is a beta to add; default true. */
  readonly center?: boolean
  /** Whether there is a gamma to multiply with; default true. */
  readonly scale?: boolean
  /** Default 'zeros'. */
  readonly betaInitializer?: InitializerArgument
  /** Default 'ones'. */
  readonly gammaInitializer?: InitializerArgument
  /** Adds to the loss, such as 'l2'; default none. */
  readonly betaRegularizer?: RegularizerArgument | null
  /** Default none. */
  readonly gammaRegularizer?: RegularizerArgument | null
  /** Applied after each step of training, such as 'max_norm'; default none. */
  readonly betaConstraint?: ConstraintArgument | null
  /** Default none. */
  readonly gammaConstraint?: ConstraintArgument | null
}

const AFFINE_OPTIONS = [
  'epsilon',
  'center',
  'scale',
  ...weightOptions('beta'),
  ...weightOptions('gamma'),
]

export abstract class AffineLayer extends UnaryLayer {
  readonly epsilon: number
  readonly center: boolean
  readonly scale: boolean
  protected gamma: Weight | undefined
  protected beta: Weight | undefined
  private readonly gammaArguments: WeightArguments
  private readonly betaArguments: WeightArguments

  /** `own` names the options that the subclass adds. */
  constructor(className: string, options: AffineLayerOptions, own: readonly string[]) {
    checkLayerOptions(className, options, [...own, ...AFFINE_OPTIONS])
    super(options)
    const { epsilon = 1e-3, center = true, scale = true } = options
    this.epsilon = positiveNumber(this.label, 'epsilon', epsilon)
    this.center = boolean(this.label, 'center', center)
    this.scale = boolean(this.label, 'scale', scale)
    this.gammaArguments = weightArguments('gamma', options, 'ones')
    this.betaArguments = weightArguments('beta', options, 'zeros')
    // Refused here and not at the first call.
    resolveWeight(this.label, 'gamma', this.gammaArguments)
    resolveWeight(this.label, 'beta', this.betaArguments)
  }

  /** For `build`: gamma and beta, as far as this layer has them. */
  protected addGammaAndBeta(shape: readonly number[]): void {
    if (this.scale) this.gamma = this.addWeightFrom('gamma', shape, this.gammaArguments)
    if (this.center) this.beta = this.addWeightFrom('beta', shape, this.betaArguments)
  }

  /** y * gamma + beta, both along these axes of y. */
  protected affine(y: SymbolicTensor, axes: readonly number[]): SymbolicTensor {
    const scaled = this.gamma ? mul(y, alongAxes(this.gamma.leaf, y, axes)) : y
    return this.beta ? add(scaled, alongAxes(this.beta.leaf, y, axes)) : scaled
  }

  /** x with mean 0 and variance 1 over `axes`, as far as epsilon lets it. */
  protected standardized(x: SymbolicTensor, axes: readonly number[]): SymbolicTensor {
    const centered = sub(x, mean(x, axes, true))
    return mul(centered, rsqrt(add(mean(square(centered), axes, true), this.epsilon)))
  }

  override getConfig(): Record<string, unknown> {
    const { epsilon, center, scale } = this
    return {
      ...super.getConfig(),
      epsilon,
      center,
      scale,
      ...weightConfig('beta', this.betaArguments),
      ...weightConfig('gamma', this.gammaArguments),
    }
  }
}

/** Statistics in half precision overflow and lose too much: computed in float32, as in Keras. */
export function inFloat32(
  x: SymbolicTensor,
  compute: (x: SymbolicTensor) => SymbolicTensor,
): SymbolicTensor {
  return cast(compute(cast(x, 'float32')), x.dtype)
}
