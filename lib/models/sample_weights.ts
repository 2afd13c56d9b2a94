/** Weights of items in the loss, given one by one or by class. */
import { NDArray, type ArrayLike } from '../array'
import { fail, isList } from '../check'
import { ArgumentError, ShapeError } from '../errors'
import { shapeText } from '../array'
import { asDType, convert, isArray } from './data'
import { byName, isRecord, type PerOutputRecord } from '../graph/structure'

/** What each class weighs; classes that are not named weigh 1. */
export type ClassWeight = Readonly<Record<number, number | undefined>>

/** How much items count in the loss and in `weightedMetrics`. */
export interface WeightOptions {
  /**
   * A weight for each item (or for each value of it), for all outputs; for several outputs also a
   * list of such arrays, or a record by output name.
   */
  readonly sampleWeight?:
    ArrayLike | readonly (ArrayLike | null)[] | PerOutputRecord<ArrayLike | null>
  /**
   * Weights by class, such as { 0: 1, 1: 5 }: of the only output, or a list (as in Keras 2) or a
   * record with one for each output. The class is the largest of a target's values, or its only
   * value. As in Keras 2, a list that is longer than a single output's is ignored.
   */
  readonly classWeight?:
    ClassWeight | readonly (ClassWeight | null)[] | PerOutputRecord<ClassWeight | null>
}

/** The weights for each output, as float32; undefined where there are none. */
export function weightArrays(
  where: string,
  names: readonly string[],
  targets: readonly (NDArray | undefined)[],
  { sampleWeight, classWeight }: WeightOptions,
): (NDArray | undefined)[] {
  if (sampleWeight !== undefined && classWeight !== undefined) {
    throw new ArgumentError(where, 'takes sampleWeight or classWeight, received both')
  }
  if (sampleWeight !== undefined) return sampleWeights(where, names, sampleWeight)
  if (classWeight === undefined) return names.map(() => undefined)
  return classWeights(where, names, classWeight).map((weights, i) => {
    const target = targets[i]
    return weights && target ? byClass(where, target, weights) : undefined
  })
}

function sampleWeights(
  where: string,
  names: readonly string[],
  value: NonNullable<WeightOptions['sampleWeight']>,
): (NDArray | undefined)[] {
  const one = (item: ArrayLike | null | undefined): NDArray | undefined => {
    if (item === null || item === undefined) return undefined
    const weights = convert(where, 'sampleWeight', item)
    if (weights.shape.length === 0) {
      fail(where, 'sampleWeight', 'an array with a weight for each item', item)
    }
    return asDType(where, 'sampleWeight', weights, 'float32')
  }
  if (isRecord(value)) {
    const record = value
    return byName(where, 'output', record, names).map(one)
  }
  const isEach = isList(value) && value.length === names.length
  if (isEach && value.every((item) => item === null || isArray(item))) {
    const isMatrix = names.length === 1 && isList(value[0])
    if (!isMatrix) return (value as readonly (ArrayLike | null)[]).map(one)
  }
  const weights = one(value as ArrayLike)
  return names.map(() => weights)
}

function classWeights(
  where: string,
  names: readonly string[],
  value: NonNullable<WeightOptions['classWeight']>,
): (ClassWeight | undefined)[] {
  const checked = (item: unknown): ClassWeight | undefined => {
    if (item === null || item === undefined) return undefined
    const isWeights =
      isRecord(item) &&
      Object.entries(item).every(
        ([key, weight]) => Number.isSafeInteger(Number(key)) && Number.isFinite(weight),
      )
    if (isWeights) return item as ClassWeight
    return fail(where, 'classWeight', 'an object such as { 0: 1, 1: 5 }, class to weight', item)
  }
  if (isList(value)) {
    if (value.length === names.length) return value.map(checked)
    if (names.length === 1) return [undefined]
    return fail(where, 'classWeight', `a list with ${names.length} items`, value)
  }
  if (isRecord(value) && Object.values(value).some((item) => item === null || isRecord(item))) {
    return byName<unknown>(where, 'output', value, names).map(checked)
  }
  if (names.length > 1) {
    return fail(
      where,
      'classWeight',
      'a list, or a record by output name, for several outputs',
      value,
    )
  }
  return [checked(value)]
}

/** Keras 3's rule: the class is the largest of several values, or the rounded only one. */
function byClass(where: string, target: NDArray, weights: ClassWeight): NDArray {
  const [items = 0, width = 1] = target.shape
  if (target.shape.length > 2) {
    throw new ShapeError(
      where,
      `classWeight needs targets with at most 2 axes, received ${shapeText(target.shape)}; use sampleWeight`,
    )
  }
  const values = Float32Array.from({ length: items }, (_, item) => {
    const row = target.data.subarray(item * width, (item + 1) * width)
    const label = width === 1 ? roundHalfEven(row[0] as number) : row.indexOf(Math.max(...row))
    return weights[label] ?? 1
  })
  return new NDArray(values, [items])
}

function roundHalfEven(value: number): number {
  const rounded = Math.round(value)
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}
