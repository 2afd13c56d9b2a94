/** Random initialisers whose spread depends on the number of inputs and outputs. */
import { fail, isInteger, isList, oneOf, positiveNumber } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { callableClass, type CallableClass } from '../layers/callable'
import { randomNormal, randomUniform, truncatedNormal, type RandomKey } from '../ops/random'
import { optionsOf } from '../option_readers'
import { RandomInitializer, type SeedOptions } from './initializer'

/** Standard deviation of standard normal numbers that lie within 2 of 0. */
const TRUNCATED_DEVIATION = 0.87962566103423978

/** Options of initialisers that know how many inputs and outputs a weight has. */
export interface FanOptions extends SeedOptions {
  /** Axes that count as inputs; default as Keras guesses from the shape. Goes with outputAxes. */
  readonly inputAxes?: readonly number[] | null
  readonly outputAxes?: readonly number[] | null
}

/** Options of {@link VarianceScaling}. */
export interface VarianceScalingOptions extends FanOptions {
  /** Default 1. */
  readonly scale?: number | null
  /** What the variance is divided by; default 'fan_in'. */
  readonly mode?: FanMode | null
  /** 'normal' means 'truncated_normal', the default. */
  readonly distribution?: ScalingDistribution | 'normal' | null
}

/** Which count of inputs and outputs a variance is divided by. */
export type FanMode = 'fan_in' | 'fan_out' | 'fan_avg'
/** The distribution that first values are drawn from. */
export type ScalingDistribution = 'truncated_normal' | 'untruncated_normal' | 'uniform'

/** Fan in and fan out of a kernel, as Keras counts them: spatial axes multiply both. */
export function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 }
  const receptive = product(shape.slice(0, -2))
  const [input, output] = shape.slice(-2) as [number, number]
  return { fanIn: input * receptive, fanOut: output * receptive }
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((result, length) => result * length, 1)
}

function checkAxes(where: string, name: string, value: unknown): readonly number[] | undefined {
  if (value === undefined) return undefined
  if (isList(value) && value.every(isInteger)) return value
  return fail(where, name, 'a list of axes', value)
}

interface Settings {
  readonly scale: number
  readonly mode: FanMode
  readonly distribution: ScalingDistribution
}

export abstract class FanInitializer extends RandomInitializer {
  readonly scale: number
  readonly mode: FanMode
  readonly distribution: ScalingDistribution
  readonly inputAxes: readonly number[] | undefined
  readonly outputAxes: readonly number[] | undefined

  constructor(where: string, settings: Settings, options: FanOptions) {
    super(where, options.seed)
    this.scale = settings.scale
    this.mode = settings.mode
    this.distribution = settings.distribution
    this.inputAxes = checkAxes(where, 'inputAxes', options.inputAxes)
    this.outputAxes = checkAxes(where, 'outputAxes', options.outputAxes)
  }

  /** The variance of the values. */
  private varianceFor(shape: readonly number[]): number {
    const { inputAxes, outputAxes, mode, scale } = this
    const over = (axes: readonly number[]): number =>
      product(axes.map((axis) => shape.at(axis) as number))
    const { fanIn, fanOut } =
      inputAxes && outputAxes ? { fanIn: over(inputAxes), fanOut: over(outputAxes) } : fans(shape)
    const fan = { fan_in: fanIn, fan_out: fanOut, fan_avg: (fanIn + fanOut) / 2 }[mode]
    return scale / Math.max(1, fan)
  }

  protected override draw(shape: readonly number[], key: RandomKey): SymbolicTensor {
    const variance = this.varianceFor(shape)
    if (this.distribution === 'uniform') {
      const limit = Math.sqrt(3 * variance)
      return randomUniform(shape, { minval: -limit, maxval: limit, key })
    }
    const stddev = Math.sqrt(variance)
    return this.distribution === 'untruncated_normal'
      ? randomNormal(shape, { stddev, key })
      : truncatedNormal(shape, { stddev: stddev / TRUNCATED_DEVIATION, key })
  }

  override getConfig(): Record<string, unknown> {
    const { inputAxes = null, outputAxes = null } = this
    return { ...super.getConfig(), inputAxes, outputAxes }
  }
}

export class VarianceScalingInitializer extends FanInitializer {
  constructor(
    ...args:
      | [options?: VarianceScalingOptions]
      | [
          scale?: number,
          mode?: FanMode,
          distribution?: ScalingDistribution | 'normal',
          seed?: number | null,
        ]
  ) {
    const where = 'VarianceScaling'
    const names = ['scale', 'mode', 'distribution', 'seed', 'inputAxes', 'outputAxes'] as const
    const options = optionsOf<VarianceScalingOptions>(where, args, names)
    const { scale = 1, mode = 'fan_in', distribution = 'truncated_normal' } = options
    const settings = {
      scale: positiveNumber(where, 'scale', scale),
      mode: oneOf(where, 'mode', mode, ['fan_in', 'fan_out', 'fan_avg']),
      distribution: oneOf(
        where,
        'distribution',
        distribution === 'normal' ? 'truncated_normal' : distribution,
        ['truncated_normal', 'untruncated_normal', 'uniform'],
      ),
    }
    super(where, settings, options)
  }

  override getConfig(): Record<string, unknown> {
    const { scale, mode, distribution } = this
    return { scale, mode, distribution, ...super.getConfig() }
  }
}

/** Variance `scale / fan`, where the fan is that of inputs, outputs, or their mean. @class */
export const VarianceScaling = callableClass('VarianceScaling', VarianceScalingInitializer)
export type VarianceScaling = VarianceScalingInitializer

/** Options, or Keras's positional seed. */
export type FanArguments =
  | [options?: FanOptions]
  | [seed?: number | null, inputAxes?: readonly number[], outputAxes?: readonly number[]]

/** A class of one setting. */
function named(
  where: string,
  scale: number,
  mode: FanMode,
  distribution: ScalingDistribution,
): CallableClass<new (...args: FanArguments) => FanInitializer> {
  const settings = { scale, mode, distribution }
  return callableClass(
    where,
    class extends FanInitializer {
      constructor(...args: FanArguments) {
        super(where, settings, optionsOf(where, args, ['seed', 'inputAxes', 'outputAxes']))
      }
    },
  )
}

/** Uniform within sqrt(6 / (fan in + fan out)). Source: Glorot and Bengio (2010). @class */
export const GlorotUniform = named('GlorotUniform', 1, 'fan_avg', 'uniform')
/** Truncated normal with variance 2 / (fan in + fan out). Source: Glorot and Bengio (2010). @class */
export const GlorotNormal = named('GlorotNormal', 1, 'fan_avg', 'truncated_normal')
/** Uniform within sqrt(6 / fan in). Source: He et al. (2015). @class */
export const HeUniform = named('HeUniform', 2, 'fan_in', 'uniform')
/** Truncated normal with variance 2 / fan in. Source: He et al. (2015). @class */
export const HeNormal = named('HeNormal', 2, 'fan_in', 'truncated_normal')
/** Uniform within sqrt(3 / fan in). Source: LeCun et al. (1998). @class */
export const LecunUniform = named('LecunUniform', 1, 'fan_in', 'uniform')
/** Truncated normal with variance 1 / fan in. Source: LeCun et al. (1998). @class */
export const LecunNormal = named('LecunNormal', 1, 'fan_in', 'truncated_normal')
export type GlorotUniform = InstanceType<typeof GlorotUniform>
export type GlorotNormal = InstanceType<typeof GlorotNormal>
export type HeUniform = InstanceType<typeof HeUniform>
export type HeNormal = InstanceType<typeof HeNormal>
export type LecunUniform = InstanceType<typeof LecunUniform>
export type LecunNormal = InstanceType<typeof LecunNormal>
