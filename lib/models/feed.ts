/** One batch as the programs of a compiled model take it. */
import { shapeText, type NDArray } from '../array'
import { ArgumentError, NotFiniteError } from '../errors'
import type { Shape } from '../../binding'
import type { TensorSpec } from '../graph/tensor'
import { definitionOf } from '../losses/definition'
import type { Compiled, CompiledOutput } from './compile'
import {
  batchArrays,
  convert,
  counted,
  dataList,
  fit,
  requireEqualBatches,
  type Data,
} from './data'
import { weightArrays, type WeightOptions } from './sample_weights'

/** Arrays of one batch, or of all items; undefined where an output has none. */
export interface Feed {
  readonly inputs: readonly NDArray[]
  readonly targets: readonly (NDArray | undefined)[]
  readonly weights: readonly (NDArray | undefined)[]
}

/** What a program has to be built for. */
export interface FeedSpec {
  readonly targets: readonly (TensorSpec | undefined)[]
  readonly weights: readonly (TensorSpec | undefined)[]
}

/** All arrays in the order of a program's inputs. */
export function arraysOf({ inputs, targets, weights }: Feed): NDArray[] {
  return [...inputs, ...targets, ...weights].filter((array) => array !== undefined)
}

export function itemsOf({ inputs }: Feed): number {
  return inputs[0]?.shape[0] as number
}

/** The same arrays, each changed. */
export function mapFeed(feed: Feed, change: (array: NDArray) => NDArray): Feed {
  const maybe = (array: NDArray | undefined): NDArray | undefined => array && change(array)
  return {
    inputs: feed.inputs.map(change),
    targets: feed.targets.map(maybe),
    weights: feed.weights.map(maybe),
  }
}

/** Checks and converts what a user gave. */
export function readFeed(
  where: string,
  compiled: Compiled,
  x: Data,
  y: Data | undefined,
  options: WeightOptions,
): Feed {
  const { model, outputs } = compiled
  const inputs = batchArrays(where, 'input', model.inputs, x, model.inputNames)
  const targets = targetArrays(where, compiled, y)
  const weights = weightArrays(
    where,
    outputs.map(({ name }) => name),
    targets,
    options,
  ).map((array, i) => (outputs[i]?.target ? array : undefined))
  const feed = { inputs, targets, weights }
  requireEqualBatches(where, arraysOf(feed))
  return feed
}

/** input, input_1, ...: how messages call the arrays. */
export function numbered(kind: string, i: number): string {
  return i === 0 ? kind : `${kind}_${i}`
}

/** Looks through all items before the first step: programs see only one batch after the other. */
export function requireFinite(where: string, feed: Feed): Feed {
  const kinds = { input: feed.inputs, target: feed.targets, sampleWeight: feed.weights }
  for (const [kind, arrays] of Object.entries(kinds)) {
    arrays.forEach((array, i) => {
      if (array?.dtype !== 'float32') return
      const at = array.data.findIndex((value: number) => !Number.isFinite(value))
      if (at < 0) return
      const what = Number.isNaN(array.data[at]) ? 'NaN' : 'infinity'
      const name = numbered(kind, i)
      throw new NotFiniteError(where, `${name} holds ${what} at element ${at}; nothing was changed`)
    })
  }
  return feed
}

/** Targets for the outputs that have a loss or metrics, or for all outputs. */
function targetArrays(
  where: string,
  { outputs }: Compiled,
  y: Data | undefined,
): (NDArray | undefined)[] {
  const wanted = outputs.flatMap((output, i) => (output.target ? [i] : []))
  if (y === undefined) {
    if (wanted.length === 0) return outputs.map(() => undefined)
    throw new ArgumentError(where, `takes ${counted(wanted.length, 'target array')}, received none`)
  }
  const names = outputs.map(({ name }) => name)
  const list = dataList(where, 'target', outputs.length, y, names)
  const places = list.length === outputs.length ? outputs.map((_, i) => i) : wanted
  const arrays = list.map((item, i) => {
    const isUsed = outputs[places[i] ?? i]?.target !== undefined
    if (!isUsed && (item === null || item === undefined)) return undefined
    return convert(where, list.length > 1 ? `target[${i}]` : 'target', item)
  })
  if (arrays.length !== places.length) {
    throw new ArgumentError(
      where,
      `takes ${counted(wanted.length, 'target array')}, received ${arrays.length}`,
    )
  }
  return outputs.map((output, i) => {
    const array = arrays[places.indexOf(i)]
    if (!output.target || !array) return undefined
    const kind = outputs.length > 1 ? `target of ${output.name}` : 'target'
    return fit(where, kind, targetFor(output, array), array)
  })
}

/** A loss of the user's own may take targets of any shape, of at least two axes as in Keras. */
export function targetFor(
  { loss, target }: CompiledOutput,
  array: { readonly shape: Shape },
): TensorSpec {
  const { shape } = target as TensorSpec
  const isOwn = loss !== undefined && definitionOf(loss) === undefined
  const [, ...given] = array.shape
  const free = given.length === 0 ? [1] : given
  const fits = shapeText(shape.slice(1)) === shapeText(free)
  const isColumn = shape.at(-1) === 1 && shapeText(shape.slice(1, -1)) === shapeText(given)
  if (!isOwn || fits || isColumn || array.shape.length === 0) return target as TensorSpec
  return { shape: [null, ...free], dtype: 'float32' }
}

/** For which arrays a program must be built. */
export function specOf({ targets, weights }: Feed): FeedSpec {
  const one = (array: NDArray | undefined): TensorSpec | undefined =>
    array && { shape: [null, ...array.shape.slice(1)], dtype: array.dtype }
  return { targets: targets.map(one), weights: weights.map(one) }
}

/** Equal for arrays that one program serves. */
export function keyOf({ targets, weights }: FeedSpec): string {
  const one = (spec: TensorSpec | undefined): string => (spec ? shapeText(spec.shape) : '-')
  return [...targets, ...weights].map(one).join(' ')
}
