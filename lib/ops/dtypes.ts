/** Element types of results: Keras 3's promotion, and numbers that take the type of their partner. */
import type { DType } from '../../binding'
import { sizeOf } from '../array'
import { fail, oneOf } from '../check'
import { ArgumentError, DTypeError } from '../errors'
import { opLocation } from '../graph/scope'
import { SymbolicTensor } from '../graph/tensor'
import { emit, isFloat, symbolic, TENSOR_DTYPES } from './emit'

/** What arithmetic takes: a tensor, or a number of the other operand's type. */
export type Operand = SymbolicTensor | number

/** From the narrowest to the widest; 'int' and 'float' are plain numbers, whole or not. */
const LADDER: Readonly<Record<string, number>> = {
  bool: 0,
  int: 1,
  uint8: 2,
  int32: 3,
  float: 4,
  bfloat16: 5,
  float16: 5,
  float32: 6,
}

/**
 * The element type that holds all of these. Numbers widen a type only where they must: int32 and
 * 0.5 give float32. Source: keras.src.backend.common.dtypes
 */
export function resultType(...kinds: readonly (DType | 'int' | 'float')[]): DType {
  const widest = kinds.reduce((a, b) => ((LADDER[b] as number) > (LADDER[a] as number) ? b : a))
  if (kinds.some((kind) => kind !== widest && LADDER[kind] === LADDER[widest])) return 'float32'
  if (widest === 'int') return 'int32'
  return widest === 'float' ? 'float32' : widest
}

export function kindOf(x: Operand): DType | 'int' | 'float' {
  if (x instanceof SymbolicTensor) return x.dtype
  return Number.isInteger(x) ? 'int' : 'float'
}

/**
 * Values that are the same at every run: a number, or numbers in row-major order with their shape.
 */
export function constant(
  value: number | readonly number[],
  dtype: DType = 'float32',
  shape: readonly number[] = [],
): SymbolicTensor {
  const at = opLocation('constant')
  oneOf(at, 'dtype', dtype, TENSOR_DTYPES)
  if (typeof value === 'number') return emit('constant', [], { value, dtype }, { shape, dtype })
  if (!Array.isArray(value) || value.length !== sizeOf(shape)) fail(at, 'value', 'a number', value)
  return emit('constant', [], { values: value, shape, dtype }, { shape, dtype })
}

/** The same numbers as another element type. Fractions are cut off; all but 0 is true. */
export function cast(x: SymbolicTensor, dtype: DType): SymbolicTensor {
  oneOf(opLocation('cast'), 'dtype', dtype, TENSOR_DTYPES)
  return symbolic('cast', x).dtype === dtype
    ? x
    : emit('cast', [x], { dtype }, { shape: x.shape, dtype })
}

/** An operand as a tensor of that element type. */
export function operand(op: string, x: Operand, dtype: DType): SymbolicTensor {
  return typeof x === 'number' ? constant(x, dtype) : cast(symbolic(op, x), dtype)
}

/** The values as arrays can hold them: half precision becomes float32. */
export function toArrayPrecision(x: SymbolicTensor): SymbolicTensor {
  return isFloat(x.dtype) ? cast(x, 'float32') : x
}

/** All operands as tensors of the element type that holds them all, and `atLeast`. */
export function promoted(
  op: string,
  operands: readonly Operand[],
  ...atLeast: readonly ('int' | 'float')[]
): SymbolicTensor[] {
  for (const x of operands) if (typeof x !== 'number') symbolic(op, x)
  if (operands.every((x) => typeof x === 'number')) {
    throw new ArgumentError(opLocation(op), 'expects at least one symbolic tensor')
  }
  const dtype = resultType(...operands.map(kindOf), ...atLeast)
  return operands.map((x) => operand(op, x, dtype))
}

/** A tensor with its integers and flags made floats. */
export function floating(op: string, x: SymbolicTensor): SymbolicTensor {
  return cast(x, resultType(symbolic(op, x).dtype, 'float'))
}

/** A tensor with its flags made integers, for arithmetic. */
export function numeric(op: string, x: SymbolicTensor): SymbolicTensor {
  return symbolic(op, x).dtype === 'bool' ? cast(x, 'int32') : x
}

/** Whole numbers that serve as places along an axis. */
export function indices(op: string, x: SymbolicTensor): SymbolicTensor {
  if (isFloat(symbolic(op, x).dtype)) {
    throw new DTypeError(opLocation(op), `indices must be whole numbers, received ${x.dtype}`)
  }
  return cast(x, 'int32')
}
