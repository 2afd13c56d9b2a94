/** Ops as methods of symbolic tensors: `x.mul(y).add(1)` is `ops.add(ops.mul(x, y), 1)`. */
import type { DType } from '../../binding'
import { SymbolicTensor } from '../graph/tensor'
import * as compare from './compare'
import { cast, type Operand } from './dtypes'
import { take, type Indices } from './gather'
import { split } from './join'
import * as math from './math'
import { matmul } from './matrix'
import { relu, sigmoid, softmax, softplus, tanh } from './nn'
import * as reduce from './reduce'
import type { Axis } from './reduce'
import { expandDims, reshape, squeeze, transpose, type Length } from './shape'

/** Each is the op of the same name with this tensor in front. */
export interface TensorMethods {
  add(other: Operand): SymbolicTensor
  sub(other: Operand): SymbolicTensor
  mul(other: Operand): SymbolicTensor
  div(other: Operand): SymbolicTensor
  mod(other: Operand): SymbolicTensor
  floorDivide(other: Operand): SymbolicTensor
  maximum(other: Operand): SymbolicTensor
  minimum(other: Operand): SymbolicTensor
  equal(other: Operand): SymbolicTensor
  notEqual(other: Operand): SymbolicTensor
  greater(other: Operand): SymbolicTensor
  greaterEqual(other: Operand): SymbolicTensor
  less(other: Operand): SymbolicTensor
  lessEqual(other: Operand): SymbolicTensor
  logicalAnd(other: Operand): SymbolicTensor
  logicalOr(other: Operand): SymbolicTensor
  /** This to the power of `exponent`. */
  pow(exponent: Operand): SymbolicTensor
  neg(): SymbolicTensor
  abs(): SymbolicTensor
  sign(): SymbolicTensor
  square(): SymbolicTensor
  sqrt(): SymbolicTensor
  rsqrt(): SymbolicTensor
  reciprocal(): SymbolicTensor
  exp(): SymbolicTensor
  expm1(): SymbolicTensor
  log(): SymbolicTensor
  log1p(): SymbolicTensor
  sin(): SymbolicTensor
  cos(): SymbolicTensor
  tan(): SymbolicTensor
  tanh(): SymbolicTensor
  sigmoid(): SymbolicTensor
  relu(): SymbolicTensor
  softplus(): SymbolicTensor
  erf(): SymbolicTensor
  floor(): SymbolicTensor
  ceil(): SymbolicTensor
  isnan(): SymbolicTensor
  isinf(): SymbolicTensor
  isfinite(): SymbolicTensor
  logicalNot(): SymbolicTensor
  round(decimals?: number): SymbolicTensor
  clip(low: Operand, high: Operand): SymbolicTensor
  cast(dtype: DType): SymbolicTensor
  softmax(axis?: number | readonly number[]): SymbolicTensor
  sum(axis?: Axis, keepdims?: boolean): SymbolicTensor
  mean(axis?: Axis, keepdims?: boolean): SymbolicTensor
  prod(axis?: Axis, keepdims?: boolean): SymbolicTensor
  max(axis?: Axis, keepdims?: boolean): SymbolicTensor
  min(axis?: Axis, keepdims?: boolean): SymbolicTensor
  variance(axis?: Axis, keepdims?: boolean): SymbolicTensor
  std(axis?: Axis, keepdims?: boolean): SymbolicTensor
  logsumexp(axis?: Axis, keepdims?: boolean): SymbolicTensor
  any(axis?: Axis, keepdims?: boolean): SymbolicTensor
  all(axis?: Axis, keepdims?: boolean): SymbolicTensor
  norm(ord?: number | null, axis?: Axis, keepdims?: boolean): SymbolicTensor
  argmax(axis?: number | null, keepdims?: boolean): SymbolicTensor
  argmin(axis?: number | null, keepdims?: boolean): SymbolicTensor
  matmul(other: SymbolicTensor): SymbolicTensor
  reshape(newShape: readonly (Length | null)[]): SymbolicTensor
  transpose(axes?: readonly number[] | null): SymbolicTensor
  expandDims(axis: number | readonly number[]): SymbolicTensor
  squeeze(axis?: number | readonly number[] | null): SymbolicTensor
  take(indices: Indices, axis?: number | null): SymbolicTensor
  split(indicesOrSections: number | readonly number[], axis?: number): SymbolicTensor[]
}

declare module '../graph/tensor' {
  // Merged with the class, so it has nothing of its own.
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface SymbolicTensor extends TensorMethods {}
}

type Functions = {
  readonly [K in keyof TensorMethods]: (
    x: SymbolicTensor,
    ...rest: Parameters<TensorMethods[K]>
  ) => ReturnType<TensorMethods[K]>
}

const FUNCTIONS: Functions = {
  add: math.add,
  sub: math.sub,
  mul: math.mul,
  div: math.div,
  mod: math.mod,
  floorDivide: math.floorDivide,
  maximum: math.maximum,
  minimum: math.minimum,
  equal: compare.equal,
  notEqual: compare.notEqual,
  greater: compare.greater,
  greaterEqual: compare.greaterEqual,
  less: compare.less,
  lessEqual: compare.lessEqual,
  logicalAnd: compare.logicalAnd,
  logicalOr: compare.logicalOr,
  pow: math.power,
  neg: math.neg,
  abs: math.abs,
  sign: math.sign,
  square: math.square,
  sqrt: math.sqrt,
  rsqrt: math.rsqrt,
  reciprocal: math.reciprocal,
  exp: math.exp,
  expm1: math.expm1,
  log: math.log,
  log1p: math.log1p,
  sin: math.sin,
  cos: math.cos,
  tan: math.tan,
  tanh,
  sigmoid,
  relu,
  softplus,
  erf: math.erf,
  floor: math.floor,
  ceil: math.ceil,
  isnan: compare.isnan,
  isinf: compare.isinf,
  isfinite: compare.isfinite,
  logicalNot: compare.logicalNot,
  round: math.round,
  clip: math.clip,
  cast,
  softmax,
  sum: reduce.sum,
  mean: reduce.mean,
  prod: reduce.prod,
  max: reduce.max,
  min: reduce.min,
  variance: reduce.variance,
  std: reduce.std,
  logsumexp: reduce.logsumexp,
  any: reduce.any,
  all: reduce.all,
  norm: reduce.norm,
  argmax: reduce.argmax,
  argmin: reduce.argmin,
  matmul,
  reshape,
  transpose,
  expandDims,
  squeeze,
  take,
  split,
}

// Here and not in graph/tensor.ts, which the ops themselves stand on.
for (const [name, apply] of Object.entries(FUNCTIONS)) {
  const operation = apply as (x: SymbolicTensor, ...rest: unknown[]) => unknown
  Object.defineProperty(SymbolicTensor.prototype, name, {
    value(this: SymbolicTensor, ...rest: unknown[]): unknown {
      return operation(this, ...rest)
    },
    configurable: true,
    writable: true,
  })
}
