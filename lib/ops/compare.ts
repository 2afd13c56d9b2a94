/** Element-wise questions, and the choice by their answers. Source: https://keras.io/api/ops/numpy/ */
import type { SymbolicTensor } from '../graph/tensor'
import { cast, kindOf, operand, promoted, resultType, type Operand } from './dtypes'
import { broadcastShapes, emit, symbolic } from './emit'

function comparison(op: string) {
  return (a: Operand, b: Operand): SymbolicTensor => {
    const [left, right] = promoted(op, [a, b]) as [SymbolicTensor, SymbolicTensor]
    const shape = broadcastShapes(op, left.shape, right.shape)
    return emit(op, [left, right], {}, { shape, dtype: 'bool' })
  }
}

/** On flags; other numbers are true unless they are 0. */
function logical(op: string) {
  return (a: Operand, b: Operand): SymbolicTensor => {
    const [left, right] = [operand(op, a, 'bool'), operand(op, b, 'bool')]
    const shape = broadcastShapes(op, left.shape, right.shape)
    return emit(op, [left, right], {}, { shape, dtype: 'bool' })
  }
}

function question(op: string) {
  return (x: SymbolicTensor): SymbolicTensor =>
    emit(op, [symbolic(op, x)], {}, { shape: x.shape, dtype: 'bool' })
}

/** `a == b`, element by element. @function */
export const equal = comparison('equal')
/** Where `a` and `b` differ; bool. @function */
export const notEqual = comparison('notEqual')
/** `a > b`, element by element. @function */
export const greater = comparison('greater')
/** Where `a >= b`; bool. @function */
export const greaterEqual = comparison('greaterEqual')
/** Where `a < b`; bool. @function */
export const less = comparison('less')
/** Where `a <= b`; bool. @function */
export const lessEqual = comparison('lessEqual')

/** Where both are true (not 0); bool. @function */
export const logicalAnd = logical('logicalAnd')
/** Where at least one is true (not 0); bool. @function */
export const logicalOr = logical('logicalOr')
/** Where exactly one is true (not 0); bool. @function */
export const logicalXor = logical('logicalXor')

/** Where x is false (0); bool. */
export function logicalNot(x: SymbolicTensor): SymbolicTensor {
  const flags = cast(symbolic('logicalNot', x), 'bool')
  return emit('logicalNot', [flags], {}, flags)
}

/** Where x is NaN; bool. @function */
export const isnan = question('isnan')
/** Where x is infinite; bool. @function */
export const isinf = question('isinf')
/** Neither NaN nor infinite. @function */
export const isfinite = question('isfinite')

/** a where the condition holds, b elsewhere; all three broadcast. */
export function where(condition: SymbolicTensor, a: Operand, b: Operand): SymbolicTensor {
  const flags = cast(symbolic('where', condition), 'bool')
  const dtype = resultType(kindOf(a), kindOf(b))
  const [left, right] = [operand('where', a, dtype), operand('where', b, dtype)]
  const values = broadcastShapes('where', left.shape, right.shape)
  const shape = broadcastShapes('where', flags.shape, values)
  return emit('where', [flags, left, right], {}, { shape, dtype })
}
