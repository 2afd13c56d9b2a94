/** Initialisers without random numbers. */
import { finiteNumber } from '../check'
import { shapeText } from '../array'
import { ShapeError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import { callableClass } from '../layers/callable'
import { mul } from '../ops/math'
import { eye } from '../ops/matrix'
import { fill } from '../ops/create'
import { optionsOf } from '../option_readers'
import { Initializer } from './initializer'

export class ZerosInitializer extends Initializer {
  constructor(...args: [options?: Record<string, never>]) {
    super()
    optionsOf('Zeros', args, [])
  }

  override describe(shape: readonly number[]): SymbolicTensor {
    return fill(shape, 0)
  }
}

/** All 0. @class */
export const Zeros = callableClass('Zeros', ZerosInitializer)
export type Zeros = ZerosInitializer

export class OnesInitializer extends Initializer {
  constructor(...args: [options?: Record<string, never>]) {
    super()
    optionsOf('Ones', args, [])
  }

  override describe(shape: readonly number[]): SymbolicTensor {
    return fill(shape, 1)
  }
}

/** All 1. @class */
export const Ones = callableClass('Ones', OnesInitializer)
export type Ones = OnesInitializer

/** Options of {@link Constant}. */
export interface ConstantOptions {
  /** Default 0. */
  readonly value?: number | null
}

export class ConstantInitializer extends Initializer {
  readonly value: number

  constructor(...args: [options?: ConstantOptions] | [value?: number]) {
    super()
    const { value = 0 } = optionsOf<ConstantOptions>('Constant', args, ['value'])
    this.value = finiteNumber('Constant', 'value', value)
  }

  override describe(shape: readonly number[]): SymbolicTensor {
    return fill(shape, this.value)
  }

  override getConfig(): Record<string, unknown> {
    return { value: this.value }
  }
}

/** All the same number. @class */
export const Constant = callableClass('Constant', ConstantInitializer)
export type Constant = ConstantInitializer

/** Options of {@link IdentityInitializer}. */
export interface IdentityOptions {
  /** Default 1. */
  readonly gain?: number | null
}

export class IdentityInitializer extends Initializer {
  readonly gain: number

  constructor(...args: [options?: IdentityOptions] | [gain?: number]) {
    super()
    const { gain = 1 } = optionsOf<IdentityOptions>('Identity', args, ['gain'])
    this.gain = finiteNumber('Identity', 'gain', gain)
  }

  override checkShape(shape: readonly number[]): void {
    if (shape.length === 2) return
    throw new ShapeError('Identity', `makes weights with 2 axes, received ${shapeText(shape)}`)
  }

  override describe(shape: readonly number[]): SymbolicTensor {
    this.checkShape(shape)
    return mul(eye(shape[0] as number, shape[1]), this.gain)
  }

  override getConfig(): Record<string, unknown> {
    return { gain: this.gain }
  }
}

/** `gain` on the diagonal of a matrix, 0 elsewhere. @class */
export const Identity = callableClass('Identity', IdentityInitializer)
export type Identity = IdentityInitializer
