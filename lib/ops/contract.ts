/** Products summed over axes of one's choice. Source: https://keras.io/api/ops/numpy/ */
import { shapeText } from '../array'
import { describe, fail, isList, nonNegativeInteger } from '../check'
import { ArgumentError, ShapeError } from '../errors'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { cast, promoted, resultType } from './dtypes'
import { emit, oneAxis, symbolic } from './emit'
import { mul } from './math'
import { factors } from './matrix'

type Pair = [number[], number[]]

/** Axes of the left and the right tensor that are summed over. */
export type Axes = readonly [number | readonly number[], number | readonly number[]]

/**
 * Sums the products over pairs of axes: the last `axes` of x with the first ones of y, or those that
 * two lists name. The other axes of x and then of y remain.
 */
export function tensordot(
  x: SymbolicTensor,
  y: SymbolicTensor,
  axes: number | Axes = 2,
): SymbolicTensor {
  return contract('tensordot', x, y, axes)
}

function contract(
  op: string,
  x: SymbolicTensor,
  y: SymbolicTensor,
  axes: number | Axes,
): SymbolicTensor {
  const at = opLocation(op)
  const [left, right, typed] = factors(op, x, y)
  const [a, b]: Pair = isList(axes)
    ? [contracted(op, left, axes[0]), contracted(op, right, axes[1])]
    : adjacent(op, left, right, nonNegativeInteger(at, 'axes', axes))
  const fits = a.every((axis, i) => {
    const [one, other] = [left.shape[axis], right.shape[b[i] as number]]
    return one === other || one === null || other === null
  })
  if (a.length !== b.length || !fits) {
    throw new ShapeError(
      at,
      `axes ${describe(a)} of ${shapeText(x.shape)} and ${describe(b)} of ${shapeText(y.shape)} don't fit`,
    )
  }
  const rest = [
    ...left.shape.filter((_, i) => !a.includes(i)),
    ...right.shape.filter((_, i) => !b.includes(i)),
  ]
  return typed(emit('tensordot', [left, right], { a, b }, { shape: rest, dtype: left.dtype }))
}

function contracted(op: string, x: SymbolicTensor, axes: number | readonly number[]): number[] {
  const list = [axes].flat().map((axis) => oneAxis(op, x.rank, axis))
  return new Set(list).size === list.length
    ? list
    : fail(opLocation(op), 'axes', 'lists of different axes', axes)
}

function adjacent(op: string, x: SymbolicTensor, y: SymbolicTensor, count: number): Pair {
  if (count > Math.min(x.rank, y.rank)) {
    throw new ShapeError(
      opLocation(op),
      `${shapeText(x.shape)} and ${shapeText(y.shape)} lack ${count} axes to sum over`,
    )
  }
  const places = Array.from({ length: count }, (_, i) => i)
  return [places.map((i) => x.rank - count + i), places]
}

/** Numpy's dot: over the last axis of x and the last but one of y (of a vector: the only one). */
export function dot(x: SymbolicTensor, y: SymbolicTensor): SymbolicTensor {
  if (symbolic('dot', x).rank === 0 || symbolic('dot', y).rank === 0) return mul(x, y)
  return contract('dot', x, y, [-1, y.rank === 1 ? 0 : y.rank - 2])
}

/** Over the last axes of both. */
export function inner(x: SymbolicTensor, y: SymbolicTensor): SymbolicTensor {
  if (symbolic('inner', x).rank === 0 || symbolic('inner', y).rank === 0) return mul(x, y)
  return contract('inner', x, y, [-1, -1])
}

/** The letters of each operand, with '.' for the axes that '...' stands for. */
function termsOf(
  at: string,
  subscripts: unknown,
): { inputs: string[]; output: string | undefined } {
  const text = typeof subscripts === 'string' ? subscripts.replaceAll(' ', '') : ''
  if (!/^(\.{3}|[a-zA-Z,])*(->(\.{3}|[a-zA-Z])*)?$/.test(text) || text === '') {
    fail(at, 'subscripts', "letters such as 'ij,jk->ik'", subscripts)
  }
  const [left, output] = text.replaceAll('...', '.').split('->') as [string, string?]
  return { inputs: left.split(','), output }
}

/** Without '->': the axes of '...', then the letters that stand only once, in their order. */
function implicitOutput(inputs: readonly string[]): string {
  const letters = inputs.join('')
  const single = [...new Set(Array.from(letters))].filter(
    (letter) => letter !== '.' && letters.split(letter).length === 2,
  )
  return (letters.includes('.') ? '.' : '') + single.sort().join('')
}

type Lengths = Map<string, number | null>

/** Notes the lengths of one operand's letters; the axes of '...' are named from the last: '.0'. */
function noteLengths(at: string, term: string, x: SymbolicTensor, lengths: Lengths): number {
  const covered = x.rank - term.replace('.', '').length
  const parts = term.split('.')
  if (covered < 0 || (parts.length === 1 && covered > 0) || parts.length > 2) {
    throw new ShapeError(
      at,
      `'${term.replace('.', '...')}' doesn't fit the shape ${shapeText(x.shape)}`,
    )
  }
  const dots = Array.from(
    { length: parts.length === 1 ? 0 : covered },
    (_, i) => `.${covered - 1 - i}`,
  )
  const names = Array.from(parts[0] as string).concat(dots, Array.from(parts[1] ?? ''))
  names.forEach((name, axis) => {
    const [known, length] = [lengths.get(name), x.shape[axis] as number | null]
    const isNew = known === undefined || known === 1 || (known === null && length !== 1)
    if (isNew) lengths.set(name, length)
    else if (length !== known && length !== 1 && length !== null) {
      const what = name.startsWith('.') ? "an axis of '...'" : `'${name}'`
      throw new ShapeError(
        at,
        `${what} is ${String(known)} and also ${length} in ${shapeText(x.shape)}`,
      )
    }
  })
  return dots.length
}

/**
 * Einstein's sum: axes with one letter are multiplied together, and letters that the result lacks
 * are summed over. '...' stands for axes that broadcast.
 *
 * @example
 * ops.einsum('bij,bjk->bik', x, y) // a matrix product for each item of the batch
 */
export function einsum(subscripts: string, ...operands: readonly SymbolicTensor[]): SymbolicTensor {
  const at = opLocation('einsum')
  const { inputs, output: given } = termsOf(at, subscripts)
  if (inputs.length !== operands.length) {
    throw new ArgumentError(
      at,
      `'${subscripts}' names ${inputs.length} operands, received ${operands.length}`,
    )
  }
  const lengths: Lengths = new Map()
  const counts = operands.map((x, i) =>
    noteLengths(at, inputs[i] as string, symbolic('einsum', x), lengths),
  )
  const output = given ?? implicitOutput(inputs)
  const dots = Array.from(
    { length: Math.max(...counts) },
    (_, i) => `.${Math.max(...counts) - 1 - i}`,
  )
  const names = Array.from(output).flatMap((name) => (name === '.' ? dots : [name]))
  if (new Set(names).size !== names.length || !names.every((name) => lengths.has(name))) {
    throw new ArgumentError(
      at,
      `the result '${output.replace('.', '...')}' must hold letters of the operands, each once`,
    )
  }
  const shape = names.map((name) => lengths.get(name) as number | null)
  const dtype = resultType(...operands.map((x) => x.dtype))
  const tensors = promoted('einsum', operands, 'float')
  const equation = `${inputs.join(',')}->${output}`.replaceAll('.', '...')
  const result = { shape, dtype: resultType(dtype, 'float') }
  return cast(emit('einsum', tensors, { equation }, result), dtype)
}
