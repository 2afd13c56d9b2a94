/** Penalties on weights, added to the loss. Source: https://keras.io/api/layers/regularizers/ */
import { shapeText } from './array'
import { fail, nonNegativeNumber, oneOf } from './check'
import { ShapeError } from './errors'
import { SymbolicTensor } from './graph/tensor'
import { callableClass } from './layers/callable'
import { cast, constant } from './ops/dtypes'
import { abs, add, div, maximum, mul, sqrt, square, sub } from './ops/math'
import { eye } from './ops/matrix'
import { matmul } from './ops/matrix'
import { sum } from './ops/reduce'
import { shape, transpose } from './ops/shape'
import { optionsOf } from './option_readers'
import { resolveObject, type Kind, type SerializedObject } from './serialization'

/**
 * Base of all regularisers. One of your own implements `penalty`; a plain function over `ops` works
 * in its place.
 *
 * @example
 * class Squares extends Regularizer {
 *   penalty(weight: SymbolicTensor) {
 *     return ops.mul(ops.sum(ops.square(weight)), 0.01)
 *   }
 * }
 */
export abstract class Regularizer {
  /** A scalar that is added to the loss of every model that trains the weight. */
  abstract penalty(weight: SymbolicTensor): SymbolicTensor

  /** Options that make an equal regulariser. */
  getConfig(): Record<string, unknown> {
    return {}
  }
}

/** Options of {@link L1L2}. */
export interface L1L2Options {
  /** Factor of the sum of absolute values; default 0. */
  readonly l1?: number | null
  /** Factor of the sum of squares; default 0. */
  readonly l2?: number | null
}

export class L1L2Regularizer extends Regularizer {
  readonly l1: number
  readonly l2: number

  constructor(...args: [options?: L1L2Options] | [l1?: number, l2?: number]) {
    super()
    const where = this.constructor.name
    const { l1 = 0, l2 = 0 } = optionsOf<L1L2Options>(where, args, ['l1', 'l2'])
    this.l1 = nonNegativeNumber(where, 'l1', l1)
    this.l2 = nonNegativeNumber(where, 'l2', l2)
  }

  override penalty(weight: SymbolicTensor): SymbolicTensor {
    const first = mul(sum(abs(weight)), this.l1)
    const second = mul(sum(square(weight)), this.l2)
    if (this.l1 === 0 && this.l2 === 0) return constant(0, weight.dtype)
    if (this.l1 === 0) return second
    return this.l2 === 0 ? first : add(first, second)
  }

  override getConfig(): Record<string, unknown> {
    return { l1: this.l1, l2: this.l2 }
  }
}

/** `l1 * sum(|w|) + l2 * sum(w^2)`. Source: https://keras.io/api/layers/regularizers/ @class */
export const L1L2 = callableClass('L1L2', L1L2Regularizer)
export type L1L2 = L1L2Regularizer

/** Options of {@link L1}. */
export interface L1Options {
  /** Default 0.01. */
  readonly l1?: number | null
}

export class L1Regularizer extends Regularizer {
  readonly l1: number

  constructor(...args: [options?: L1Options] | [l1?: number]) {
    super()
    const { l1 = 0.01 } = optionsOf<L1Options>(this.constructor.name, args, ['l1'])
    this.l1 = nonNegativeNumber(this.constructor.name, 'l1', l1)
  }

  override penalty(weight: SymbolicTensor): SymbolicTensor {
    return mul(sum(abs(weight)), this.l1)
  }

  override getConfig(): Record<string, unknown> {
    return { l1: this.l1 }
  }
}

/** `l1 * sum(|w|)`. Source: https://keras.io/api/layers/regularizers/ @class */
export const L1 = callableClass('L1', L1Regularizer)
export type L1 = L1Regularizer

/** Options of {@link L2}. */
export interface L2Options {
  /** Default 0.01. */
  readonly l2?: number | null
}

export class L2Regularizer extends Regularizer {
  readonly l2: number

  constructor(...args: [options?: L2Options] | [l2?: number]) {
    super()
    const { l2 = 0.01 } = optionsOf<L2Options>(this.constructor.name, args, ['l2'])
    this.l2 = nonNegativeNumber(this.constructor.name, 'l2', l2)
  }

  override penalty(weight: SymbolicTensor): SymbolicTensor {
    return mul(sum(square(weight)), this.l2)
  }

  override getConfig(): Record<string, unknown> {
    return { l2: this.l2 }
  }
}

/** `l2 * sum(w^2)`. Source: https://keras.io/api/layers/regularizers/ @class */
export const L2 = callableClass('L2', L2Regularizer)
export type L2 = L2Regularizer

/** Options of {@link OrthogonalRegularizer}. */
export interface OrthogonalRegularizerOptions {
  /** Default 0.01. */
  readonly factor?: number | null
  /** Which vectors should be orthogonal; default 'rows'. */
  readonly mode?: 'rows' | 'columns' | null
}

export class OrthogonalPenalty extends Regularizer {
  readonly factor: number
  readonly mode: 'rows' | 'columns'

  constructor(
    ...args: [options?: OrthogonalRegularizerOptions] | [factor?: number, mode?: 'rows' | 'columns']
  ) {
    super()
    const where = this.constructor.name
    const names = ['factor', 'mode'] as const
    const { factor = 0.01, mode = 'rows' } = optionsOf<OrthogonalRegularizerOptions>(
      where,
      args,
      names,
    )
    this.factor = nonNegativeNumber(where, 'factor', factor)
    this.mode = oneOf(where, 'mode', mode, ['rows', 'columns'])
  }

  override penalty(weight: SymbolicTensor): SymbolicTensor {
    const [height, width] = weight.shape as [number, number]
    if (weight.rank !== 2) {
      throw new ShapeError(
        this.constructor.name,
        `needs a weight with 2 axes, received shape ${shapeText(weight.shape)}`,
      )
    }
    const isRows = this.mode === 'rows'
    const vectors = normalized(weight, isRows ? 1 : 0)
    const turned = transpose(vectors, [1, 0])
    const size = isRows ? height : width
    const products = isRows ? matmul(vectors, turned) : matmul(turned, vectors)
    const others = mul(products, sub(1, eye(size, size, 0, weight.dtype)))
    const pairs = (size * (size - 1)) / 2
    return div(mul(sum(abs(others)), this.factor * 0.5), pairs)
  }

  override getConfig(): Record<string, unknown> {
    return { factor: this.factor, mode: this.mode }
  }
}

/** Length 1 along an axis; the bound under the square root is Keras's. */
function normalized(x: SymbolicTensor, axis: number): SymbolicTensor {
  const squares = sum(square(x), axis, true)
  return div(x, sqrt(maximum(squares, 1e-14)))
}

/**
 * `factor` times the mean of the absolute dot products between different rows (or columns) of a
 * matrix, each of length 1. Source: https://keras.io/api/layers/regularizers/
 *
 * @class
 */
export const OrthogonalRegularizer = callableClass('OrthogonalRegularizer', OrthogonalPenalty)
export type OrthogonalRegularizer = OrthogonalPenalty

/** The penalty of what a layer gives: Keras divides it by the number of items. */
export function penaltyPerItem(regularizer: Regularizer, output: SymbolicTensor): SymbolicTensor {
  const penalty = regularizer.penalty(output)
  const [items = 1] = shape(output)
  return div(penalty, items instanceof SymbolicTensor ? cast(items, penalty.dtype) : items)
}

/** A penalty as a function of the weight. */
export type RegularizerFunction = (weight: SymbolicTensor) => SymbolicTensor

export class FunctionRegularizer extends Regularizer {
  readonly functionName: string

  constructor(private readonly call: RegularizerFunction) {
    super()
    this.functionName = call.name
  }

  override penalty(weight: SymbolicTensor): SymbolicTensor {
    const result: unknown = this.call(weight)
    if (result instanceof SymbolicTensor && result.rank === 0) return result
    const where = `regularizer ${this.functionName}`
    return fail(where, 'what it returns', 'a symbolic scalar', result)
  }
}

const CLASSES = {
  l1: L1,
  l2: L2,
  l1_l2: L1L2,
  l1l2: L1L2,
  orthogonal_regularizer: OrthogonalRegularizer,
  L1,
  L2,
  L1L2,
  OrthogonalRegularizer,
} as const

const KIND: Kind<Regularizer, RegularizerFunction> = {
  noun: 'a Regularizer',
  base: Regularizer,
  classes: CLASSES,
  fromFunction: (call) => new FunctionRegularizer(call),
}

/** A regulariser by its Keras name, with default options. */
export type RegularizerName = keyof typeof CLASSES

/** What options such as `kernelRegularizer` take; a name stands for Keras's default factors. */
export type RegularizerArgument =
  RegularizerName | Regularizer | RegularizerFunction | SerializedObject

/** A regulariser from what the option holds; undefined where it holds none. */
export function resolveRegularizer(
  where: string,
  name: string,
  value: RegularizerArgument | null | undefined,
): Regularizer | undefined {
  return value === undefined || value === null ? undefined : resolveObject(where, name, value, KIND)
}
