/** What layers share that change their input at random while training, and never else. */
import { shapeText } from '../array'
import { fail, isList, isPositiveInteger } from '../check'
import { ShapeError } from '../errors'
import type { CallContext } from '../graph/node'
import type { SymbolicTensor } from '../graph/tensor'
import { cast } from '../ops/dtypes'
import { wordsOf, type RandomKey } from '../ops/random'
import { checkLayerOptions, type LayerOptions } from './layer'
import { UnaryLayer } from './unary_layer'

/** Options of layers that are random in training. */
export interface NoiseLayerOptions extends LayerOptions {
  /**
   * Gives the layer random numbers of its own, other ones at every step: they depend on this seed and
   * on how many random tensors were drawn before, and no more on `setRandomSeed`'s. Default null.
   */
  readonly seed?: number | null
}

export abstract class NoiseLayer extends UnaryLayer {
  readonly seed: number | null

  /** `own` names the options that the subclass adds. */
  constructor(className: string, options: NoiseLayerOptions, own: readonly string[]) {
    checkLayerOptions(className, options, [...own, 'seed'])
    super(options)
    this.seed = options.seed ?? null
    if (this.seed !== null) wordsOf(this.label, this.seed)
  }

  /** What training makes of x, which is of a floating type. */
  protected abstract noisy(x: SymbolicTensor): SymbolicTensor

  override call(x: SymbolicTensor, context: CallContext): SymbolicTensor {
    return context.training ? this.noisy(x) : x
  }

  /** The option by which random ops take this layer's numbers. */
  protected get ownStream(): { stream?: RandomKey } {
    return ownStream(this.label, this.seed)
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), seed: this.seed }
  }
}

/** The option by which random ops take the numbers of a layer with that seed. */
export function ownStream(where: string, seed: number | null): { stream?: RandomKey } {
  return seed === null ? {} : { stream: wordsOf(where, seed) }
}

/** Which elements share their noise: for each axis null (none), 1 (all), or its length. */
export type NoiseShape = readonly (number | null)[]

export function noiseShapeOption(where: string, value: unknown): NoiseShape | null {
  if (value === undefined || value === null) return null
  if (isList(value) && value.every((length) => length === null || isPositiveInteger(length))) {
    return value
  }
  return fail(where, 'noiseShape', 'a list of positive integers or null', value)
}

/** Images of any element type, in the precision that the layer computes in. */
export abstract class ImageNoiseLayer extends NoiseLayer {
  override call(x: SymbolicTensor, context: CallContext): SymbolicTensor {
    if (x.rank !== 4 || x.shape.slice(1).includes(null)) {
      throw new ShapeError(
        this.label,
        `expects images of a known size, such as (batch, height, width, channels), received ${shapeText(x.shape)}`,
      )
    }
    return super.call(cast(x, this.policy.computeDType), context)
  }
}
