/** Ops that put elements in other places, and elements around them. Source: https://keras.io/api/ops/numpy/ */
import { shapeText } from '../array'
import { describe, fail, finiteNumber, integerOrIntegers, isList } from '../check'
import { isNonNegativeInteger, oneOf } from '../check'
import { ArgumentError, ShapeError } from '../errors'
import { opLocation } from '../graph/scope'
import type { SymbolicTensor } from '../graph/tensor'
import { requireHeld } from './dtypes'
import { emit, normalizeAxes, oneAxis, symbolic } from './emit'

/** The other way round along one, several or (null) all axes. */
export function flip(
  x: SymbolicTensor,
  axis: number | readonly number[] | null = null,
): SymbolicTensor {
  const axes = normalizeAxes('flip', symbolic('flip', x).rank, axis)
  return emit('flip', [x], { axes }, x)
}

/** Moves elements along axes; what leaves at the end comes in in front. Null: x as one row. */
export function roll(
  x: SymbolicTensor,
  shift: number | readonly number[],
  axis: number | readonly number[] | null = null,
): SymbolicTensor {
  const at = opLocation('roll')
  const given = [integerOrIntegers(at, 'shift', shift)].flat()
  const { rank } = symbolic('roll', x)
  const axes = axis === null ? [] : [axis].flat().map((one) => oneAxis('roll', rank, one))
  // One number for both, as in numpy.
  const count = Math.max(axes.length, given.length)
  const spread = (list: readonly number[]): number[] =>
    list.length === 1 ? new Array<number>(count).fill(list[0] as number) : [...list]
  const [shifts, places] = [spread(given), spread(axes)]
  if (axis === null ? shifts.length !== 1 : shifts.length !== places.length) {
    throw new ArgumentError(
      at,
      `expects one shift for each axis, received ${describe(shift)} and ${describe(axis)}`,
    )
  }
  return emit('roll', [x], { shifts, axes: places }, x)
}

/** What `ops.pad` puts around a tensor, as in numpy. */
export type PadMode = 'constant' | 'reflect' | 'symmetric' | 'edge'
/** Elements before and after. */
export type Pair = readonly [number, number]

function paddingPairs(at: string, x: SymbolicTensor, padWidth: unknown): readonly Pair[] {
  const isPair = (item: unknown): item is Pair => Array.isArray(item) && item.length === 2
  const isNumber = (item: unknown): item is number => typeof item === 'number'
  const every = (pair: Pair): Pair[] => x.shape.map(() => pair)
  if (isNumber(padWidth)) return every([padWidth, padWidth])
  if (!isList(padWidth))
    fail(at, 'padWidth', 'a number or a list of pairs [before, after]', padWidth)
  const [first, ...others] = padWidth
  if (others.length === 0 && isNumber(first)) return every([first, first])
  if (isPair(padWidth) && padWidth.every(isNumber)) return every(padWidth)
  if (!padWidth.every(isPair)) {
    fail(at, 'padWidth', 'a number or a list of pairs [before, after]', padWidth)
  }
  if (padWidth.length === 1) return every(padWidth[0] as Pair)
  if (padWidth.length !== x.rank) {
    throw new ArgumentError(
      at,
      `expects ${x.rank} pairs for shape ${shapeText(x.shape)}, received ${padWidth.length}`,
    )
  }
  return padWidth
}

/** How many elements a mode can find inside, for an axis of that length. */
function largestPadding(mode: PadMode, length: number): number {
  if (mode === 'reflect') return length - 1
  return mode === 'symmetric' ? length : Infinity
}

/**
 * Elements around: one [before, after] for each axis, one pair or one number for all of them.
 * Modes: 'constant' (`constantValues`, default 0), 'reflect' (the edge itself not repeated),
 * 'symmetric' (the edge repeated), 'edge' (the edge again and again).
 */
export function pad(
  x: SymbolicTensor,
  padWidth: number | Pair | readonly Pair[] | readonly [number],
  mode: PadMode = 'constant',
  constantValues: number | null = null,
): SymbolicTensor {
  const at = opLocation('pad')
  const pairs = paddingPairs(at, symbolic('pad', x), padWidth)
  oneOf(at, 'mode', mode, ['constant', 'reflect', 'symmetric', 'edge'])
  if (mode !== 'constant' && constantValues !== null) {
    throw new ArgumentError(at, `constantValues have no meaning in mode '${mode}'`)
  }
  if (!pairs.flat().every(isNonNegativeInteger)) {
    throw new ArgumentError(
      at,
      `padWidth must hold non-negative integers, received ${describe(padWidth)}`,
    )
  }
  const shape = x.shape.map((length, axis) => {
    const [before, after] = pairs[axis] as Pair
    if (length === null) return null
    if (Math.max(before, after) > largestPadding(mode, length)) {
      throw new ShapeError(
        at,
        `mode '${mode}' can't pad axis ${axis} of ${shapeText(x.shape)} by ${describe([before, after])}`,
      )
    }
    return length + before + after
  })
  const value = finiteNumber(at, 'constantValues', constantValues ?? 0)
  requireHeld(at, 'constantValues', value, x.dtype)
  return emit('pad', [x], { padding: pairs.flat(), mode, value }, { shape, dtype: x.dtype })
}
