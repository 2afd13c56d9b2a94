/** First values of weights, described over `ops`. Source: https://keras.io/api/layers/initializers/ */
import { shapeText } from '../array'
import { fail } from '../check'
import { ShapeError } from '../errors'
import { SymbolicTensor } from '../graph/tensor'
import { resolveObject, type Kind, type SerializedObject } from '../serialization'
import { Constant, Identity, Ones, Zeros } from './constant'
import { Initializer } from './initializer'
import { Orthogonal } from './orthogonal'
import { RandomNormal, RandomUniform, TruncatedNormal } from './random'
import { GlorotNormal, GlorotUniform, HeNormal, HeUniform } from './variance_scaling'
import { LecunNormal, LecunUniform, VarianceScaling } from './variance_scaling'

export { Constant, Identity, Ones, Zeros } from './constant'
export type { ConstantOptions, IdentityOptions } from './constant'
export { Initializer, type SeedOptions } from './initializer'
export { Orthogonal, type OrthogonalOptions } from './orthogonal'
export { RandomNormal, RandomUniform, TruncatedNormal } from './random'
export type { NormalOptions, UniformOptions } from './random'
export { GlorotNormal, GlorotUniform, HeNormal, HeUniform } from './variance_scaling'
export { LecunNormal, LecunUniform, VarianceScaling } from './variance_scaling'
export type { FanMode, FanOptions, ScalingDistribution } from './variance_scaling'
export type { VarianceScalingOptions } from './variance_scaling'

/** Values of a weight of the given shape, composed of ops. */
export type InitializerFunction = (shape: readonly number[]) => SymbolicTensor

export class FunctionInitializer extends Initializer {
  readonly functionName: string

  constructor(private readonly call: InitializerFunction) {
    super()
    this.functionName = call.name
  }

  override describe(shape: readonly number[]): SymbolicTensor {
    const where = `initializer ${this.functionName}`
    const result: unknown = this.call(shape)
    if (!(result instanceof SymbolicTensor)) {
      fail(where, 'what it returns', 'a symbolic tensor', result)
    }
    if (shapeText(result.shape) === shapeText(shape)) return result
    throw new ShapeError(
      where,
      `must give the shape ${shapeText(shape)}, returned ${shapeText(result.shape)}`,
    )
  }
}

const CLASSES = {
  zeros: Zeros,
  zero: Zeros,
  ones: Ones,
  one: Ones,
  constant: Constant,
  random_normal: RandomNormal,
  normal: RandomNormal,
  random_uniform: RandomUniform,
  uniform: RandomUniform,
  truncated_normal: TruncatedNormal,
  variance_scaling: VarianceScaling,
  glorot_uniform: GlorotUniform,
  glorot_normal: GlorotNormal,
  he_uniform: HeUniform,
  he_normal: HeNormal,
  lecun_uniform: LecunUniform,
  lecun_normal: LecunNormal,
  orthogonal: Orthogonal,
  identity: Identity,
  Zeros,
  Ones,
  Constant,
  RandomNormal,
  RandomUniform,
  TruncatedNormal,
  VarianceScaling,
  GlorotUniform,
  GlorotNormal,
  HeUniform,
  HeNormal,
  LecunUniform,
  LecunNormal,
  Orthogonal,
  OrthogonalInitializer: Orthogonal,
  Identity,
  IdentityInitializer: Identity,
} as const

const KIND: Kind<Initializer, InitializerFunction> = {
  noun: 'an Initializer',
  base: Initializer,
  classes: CLASSES,
  fromFunction: (call) => new FunctionInitializer(call),
}

/** An initialiser by its Keras name, with default options. */
export type InitializerName = keyof typeof CLASSES

/** What options such as `kernelInitializer` take; a name stands for Keras's default options. */
export type InitializerArgument =
  InitializerName | Initializer | InitializerFunction | SerializedObject

/** An initialiser from what the option holds. */
export function resolveInitializer(
  where: string,
  name: string,
  value: InitializerArgument,
): Initializer {
  return resolveObject(where, name, value, KIND)
}
