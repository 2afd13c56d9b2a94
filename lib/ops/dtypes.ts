/** Element types of results: Keras 3's promotion, and numbers that take the type of their partner. */
import type { DType } from '../../binding'
import { sizeOf } from '../array'
import { fail, isList, isNonNegativeInteger, oneOf } from '../check'
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

/** Between which numbers an element type has values near by; fractions of whole numbers are cut. */
const RANGES: Partial<Record<DType, readonly [number, number]>> = {
  uint8: [0, 2 ** 8 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
}

/** From here on numbers round to infinity in float32. */
const BEYOND_FLOAT32 = 2 ** 128 - 2 ** 103

/** Refuses a number that elements of that type can't hold, such as NaN among integers. */
export function requireHeld(at: string, name: string, value: unknown, dtype: DType): number {
  const range = RANGES[dtype]
  const isHeld = (number: number): boolean =>
    range
      ? Math.trunc(number) >= range[0] && Math.trunc(number) <= range[1]
      : Math.abs(number) < BEYOND_FLOAT32 || !Number.isFinite(number)
  if (typeof value === 'number' && isHeld(value)) return value
  return fail(at, name, `a number that ${dtype} can hold`, value)
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
  if (!isList(shape) || !shape.every(isNonNegativeInteger)) {
    fail(at, 'shape', 'a list of non-negative integers', shape)
  }
  if (typeof value === 'number' && shape.length === 0) {
    requireHeld(at, 'value', value, dtype)
    return emit('constant', [], { value, dtype }, { shape, dtype })
  }
  if (!isList(value) || value.length !== sizeOf(shape)) {
    const expected = shape.length === 0 ? 'a number' : `a list of ${sizeOf(shape)} numbers`
    fail(at, 'value', expected, value)
  }
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
  if (typeof x !== 'number') return cast(symbolic(op, x), dtype)
  return constant(requireHeld(opLocation(op), 'operand', x, dtype), dtype)
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
