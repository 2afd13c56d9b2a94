/**
 * Element-wise arithmetic, broadcast as in numpy. Numbers are accepted beside tensors; element types
 * are promoted as in Keras. Source: https://keras.io/api/ops/numpy/
 */
import { fail, finiteNumber, integer, isNonNegativeInteger } from '../check'
import { ArgumentError } from '../errors'
import { opLocation } from '../graph/scope'
import { SymbolicTensor } from '../graph/tensor'
import {
  cast,
  floating,
  kindOf,
  numeric,
  operand,
  promoted,
  resultType,
  type Operand,
} from './dtypes'
import { broadcastShapes, emit, isFloat, symbolic } from './emit'

function binary(op: string, ...atLeast: readonly ('int' | 'float')[]) {
  return (a: Operand, b: Operand): SymbolicTensor => {
    const [left, right] = promoted(op, [a, b], ...atLeast) as [SymbolicTensor, SymbolicTensor]
    const shape = broadcastShapes(op, left.shape, right.shape)
    return emit(op, [left, right], {}, { shape, dtype: left.dtype })
  }
}

/** For divisions that keep integers, among which nothing can stand for a quotient by 0. */
function division(op: string) {
  const divided = binary(op, 'int')
  return (a: Operand, b: Operand): SymbolicTensor => {
    if (b === 0 && a instanceof SymbolicTensor && !isFloat(a.dtype)) {
      throw new ArgumentError(opLocation(op), "integers can't be divided by 0")
    }
    return divided(a, b)
  }
}

/** For functions that exist on floats only: integers become float32. */
function floatingUnary(op: string) {
  return (x: SymbolicTensor): SymbolicTensor => {
    const tensor = floating(op, x)
    return emit(op, [tensor], {}, tensor)
  }
}

/** For functions that keep integers; flags count as 0 and 1. */
function numericUnary(op: string) {
  return (x: SymbolicTensor): SymbolicTensor => {
    const tensor = numeric(op, x)
    return emit(op, [tensor], {}, tensor)
  }
}

/** `a + b`, broadcast. @function */
export const add = binary('add', 'int')
/** `a - b`, broadcast. @function */
export const sub = binary('sub', 'int')
/** `a * b`, broadcast. @function */
export const mul = binary('mul', 'int')
/** `a / b`, broadcast; floats even from integers. @function */
export const div = binary('div', 'float')
/** The larger of both; where they are equal, the gradient goes to `a`. @function */
export const maximum = binary('maximum')
/** The smaller of both; where they are equal, the gradient goes to `a`. @function */
export const minimum = binary('minimum')
/** The remainder of `a / b`, with the sign of b. @function */
export const mod = division('mod')
/** `a / b` rounded down. @function */
export const floorDivide = division('floorDivide')
/** The angle of the point (x, y) = (b, a), from -pi to pi. @function */
export const arctan2 = binary('arctan2', 'float')
const powerOfTensors = binary('power', 'int')

export { sub as subtract, mul as multiply, div as divide, div as trueDivide }

/** `a` to the power of `b`, broadcast. */
export function power(a: Operand, b: Operand): SymbolicTensor {
  if (typeof b !== 'number' || !(a instanceof SymbolicTensor)) return powerOfTensors(a, b)
  const base = cast(a, resultType(a.dtype, kindOf(b), 'int'))
  if (!isFloat(base.dtype) && !(isNonNegativeInteger(b) && b < 2 ** 31)) {
    fail(opLocation('power'), 'the exponent of integers', 'an integer from 0 to 2^31 - 1', b)
  }
  return emit('power', [base], { exponent: b }, base)
}

/** `-x`. @function */
export const neg = numericUnary('neg')
export { neg as negative }
/** `x * x`. @function */
export const square = numericUnary('square')
/** -1, 0 or 1. @function */
export const sign = numericUnary('sign')

/** e to the power of x. @function */
export const exp = floatingUnary('exp')
/** `exp(x) - 1`, exact near 0. @function */
export const expm1 = floatingUnary('expm1')
/** The natural logarithm; -infinity at 0, NaN below it. @function */
export const log = floatingUnary('log')
/** `log(1 + x)`, exact near 0. @function */
export const log1p = floatingUnary('log1p')
/** The logarithm to base 2. @function */
export const log2 = floatingUnary('log2')
/** The logarithm to base 10. @function */
export const log10 = floatingUnary('log10')
/** The square root; NaN below 0. @function */
export const sqrt = floatingUnary('sqrt')
/** `1 / sqrt(x)` @function */
export const rsqrt = floatingUnary('rsqrt')
/** `1 / x` @function */
export const reciprocal = floatingUnary('reciprocal')
/** The sine of an angle in radians. @function */
export const sin = floatingUnary('sin')
/** The cosine of an angle in radians. @function */
export const cos = floatingUnary('cos')
/** The tangent of an angle in radians. @function */
export const tan = floatingUnary('tan')
/** The angle in radians whose sine is x; NaN beyond -1 and 1. @function */
export const arcsin = floatingUnary('arcsin')
/** The angle in radians whose cosine is x; NaN beyond -1 and 1. @function */
export const arccos = floatingUnary('arccos')
/** The angle in radians whose tangent is x. @function */
export const arctan = floatingUnary('arctan')
/** The hyperbolic sine. @function */
export const sinh = floatingUnary('sinh')
/** The hyperbolic cosine. @function */
export const cosh = floatingUnary('cosh')
/** Inverse of the hyperbolic sine. @function */
export const arcsinh = floatingUnary('arcsinh')
/** Inverse of the hyperbolic cosine; NaN below 1. @function */
export const arccosh = floatingUnary('arccosh')
/** Inverse of the hyperbolic tangent; NaN beyond -1 and 1. @function */
export const arctanh = floatingUnary('arctanh')
/** The error function. @function */
export const erf = floatingUnary('erf')
/** Inverse of the error function; infinite at -1 and 1. @function */
export const erfinv = floatingUnary('erfinv')
/** Rounded down. @function */
export const floor = floatingUnary('floor')
/** Rounded up. @function */
export const ceil = floatingUnary('ceil')

/** The absolute value. */
export function abs(x: SymbolicTensor): SymbolicTensor {
  const { dtype } = symbolic('abs', x)
  return dtype === 'uint8' || dtype === 'bool' ? x : emit('abs', [x], {}, x)
}
export { abs as absolute }

/** To the nearest number of `decimals` digits, halves to the even one. */
export function round(x: SymbolicTensor, decimals = 0): SymbolicTensor {
  const at = opLocation('round')
  integer(at, 'decimals', decimals)
  if (!isFloat(symbolic('round', x).dtype) && decimals >= 0) return x
  if (decimals === 0) return emit('round', [x], {}, x)
  const [scaled, factor] = [floating('round', x), 10 ** decimals]
  const rounded = emit('round', [mul(scaled, factor)], {}, scaled)
  return cast(div(rounded, factor), x.dtype)
}

/** Limits every element to low..high. The gradient is 0 where an element was cut off. */
export function clip(x: SymbolicTensor, low: Operand, high: Operand): SymbolicTensor {
  if (low instanceof SymbolicTensor || high instanceof SymbolicTensor) {
    return minimum(maximum(x, low), high)
  }
  const at = opLocation('clip')
  finiteNumber(at, 'low', low)
  finiteNumber(at, 'high', high)
  if (low > high) throw new ArgumentError(at, `low ${low} must not be above high ${high}`)
  const dtype = resultType(symbolic('clip', x).dtype, kindOf(low), kindOf(high))
  const tensor = operand('clip', x, dtype)
  return emit('clip', [tensor], { low, high }, tensor)
}

/** A copy that later changes of a weight don't touch. */
export function copy(x: SymbolicTensor): SymbolicTensor {
  return emit('copy', [symbolic('copy', x)], {}, x)
}
