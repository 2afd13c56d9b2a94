/** Element-wise ops. Numbers are accepted beside tensors. */
import type { DType } from '../../binding'
import { fail, finiteNumber, oneOf } from '../check'
import { ArgumentError, DTypeError } from '../errors'
import { opLocation } from '../graph/scope'
import { SymbolicTensor } from '../graph/tensor'
import { broadcastShapes, emit, floatTensor, isFloat, symbolic, TENSOR_DTYPES } from './emit'

export type Operand = SymbolicTensor | number

/** A scalar that is the same at every run. */
export function constant(value: number, dtype: DType = 'float32'): SymbolicTensor {
  if (typeof value !== 'number') fail(opLocation('constant'), 'value', 'a number', value)
  oneOf(opLocation('constant'), 'dtype', dtype, TENSOR_DTYPES)
  return emit('constant', [], { value, dtype }, { shape: [], dtype })
}

function operands(op: string, a: Operand, b: Operand): [SymbolicTensor, SymbolicTensor] {
  if (typeof a === 'number' && typeof b === 'number') {
    throw new ArgumentError(opLocation(op), 'expects at least one symbolic tensor')
  }
  const dtype = a instanceof SymbolicTensor ? a.dtype : symbolic(op, b).dtype
  const [left, right] = [a, b].map((x) =>
    typeof x === 'number' ? constant(x, dtype) : symbolic(op, x),
  ) as [SymbolicTensor, SymbolicTensor]
  if (left.dtype !== right.dtype) {
    throw new DTypeError(
      opLocation(op),
      `element types must be equal, received ${left.dtype} and ${right.dtype}; use ops.cast`,
    )
  }
  return [left, right]
}

function binary(op: string, result?: DType) {
  return (a: Operand, b: Operand): SymbolicTensor => {
    const [left, right] = operands(op, a, b)
    const shape = broadcastShapes(op, left.shape, right.shape)
    return emit(op, [left, right], {}, { shape, dtype: result ?? left.dtype })
  }
}

function unary(op: string) {
  return (x: SymbolicTensor): SymbolicTensor => emit(op, [floatTensor(op, x)], {}, x)
}

/** `a + b`, broadcast. */
export const add = binary('add')
/** `a - b`, broadcast. */
export const sub = binary('sub')
/** `a * b`, broadcast. */
export const mul = binary('mul')
/** `a / b`, broadcast. */
export const div = binary('div')
export const maximum = binary('maximum')
export const minimum = binary('minimum')
/** `a > b`, element by element. */
export const greater = binary('greater', 'bool')
/** a where the condition holds, b elsewhere; all three broadcast. */
export function where(condition: SymbolicTensor, a: Operand, b: Operand): SymbolicTensor {
  if (symbolic('where', condition).dtype !== 'bool') {
    throw new DTypeError(opLocation('where'), `condition must be bool, received ${condition.dtype}`)
  }
  const [left, right] = operands('where', a, b)
  const values = broadcastShapes('where', left.shape, right.shape)
  const shape = broadcastShapes('where', condition.shape, values)
  return emit('where', [condition, left, right], {}, { shape, dtype: left.dtype })
}

/** `a == b`, element by element. */
export const equal = binary('equal', 'bool')

export const neg = unary('neg')
export const exp = unary('exp')
export const log = unary('log')
export const sqrt = unary('sqrt')
export const square = unary('square')
export const abs = unary('abs')
/** Inverse of the error function; infinite at -1 and 1. */
export const erfinv = unary('erfinv')

/** Limits every element to low..high. The gradient is 0 where an element was cut off. */
export function clip(x: SymbolicTensor, low: number, high: number): SymbolicTensor {
  finiteNumber(opLocation('clip'), 'low', low)
  finiteNumber(opLocation('clip'), 'high', high)
  if (low > high) {
    throw new ArgumentError(opLocation('clip'), `low ${low} must not be above high ${high}`)
  }
  return emit('clip', [floatTensor('clip', x)], { low, high }, x)
}

/** The same numbers as another element type. */
export function cast(x: SymbolicTensor, dtype: DType): SymbolicTensor {
  oneOf(opLocation('cast'), 'dtype', dtype, TENSOR_DTYPES)
  return symbolic('cast', x).dtype === dtype
    ? x
    : emit('cast', [x], { dtype }, { shape: x.shape, dtype })
}

/** The values as arrays can hold them: half precision becomes float32. */
export function toArrayPrecision(x: SymbolicTensor): SymbolicTensor {
  return isFloat(x.dtype) ? cast(x, 'float32') : x
}

/** A copy that later changes of a weight don't touch. */
export function copy(x: SymbolicTensor): SymbolicTensor {
  return emit('copy', [symbolic('copy', x)], {}, x)
}
