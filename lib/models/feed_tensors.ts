/** One batch of a compiled model as tensors of a larger program. */
import { NDArray, shapeText, type ArrayLike } from '../array'
import { fail, isList } from '../check'
import { ArgumentError, DTypeError, ShapeError } from '../errors'
import { allByName, byName, isRecord } from '../graph/structure'
import { SymbolicTensor, type AnyTensors, type TensorSpec } from '../graph/tensor'
import { cast } from '../ops/dtypes'
import { isFloat } from '../ops/emit'
import { expandDims } from '../ops/shape'
import type { Compiled, CompiledOutput } from './compile'
import { convert, counted, isArray } from './data'
import { numbered, targetFor } from './feed'
import type { FeedTensors } from './step'

/** A tensor of the program, or numbers that are the same at every run. */
export type StepData = SymbolicTensor | ArrayLike

/** One of these, or for several inputs or outputs a list with one for each, or a record by name. */
export type StepDataFor<Tensors extends AnyTensors> = [Tensors] extends [never]
  ? StepData | readonly StepData[] | Readonly<Record<string, StepData>>
  : Tensors extends SymbolicTensor
    ? StepData | readonly [StepData] | Readonly<Record<string, StepData>>
    : Tensors extends readonly SymbolicTensor[]
      ? { readonly [K in keyof Tensors]: StepData | null } | Readonly<Record<string, StepData>>
      : { readonly [K in keyof Tensors]: StepData | null }

/** Makes numbers of the user's a part of the program. */
export type Constant = (name: string, array: NDArray) => SymbolicTensor

/** What a model is called on. */
export function inputTensors(
  where: string,
  model: { readonly inputs: readonly TensorSpec[]; readonly inputNames: readonly string[] },
  x: unknown,
  constant: Constant,
): SymbolicTensor[] {
  const { inputs, inputNames: names } = model
  const list = isRecord(x) ? allByName(where, 'input', x, names) : listOf(x, inputs.length)
  requireCount(where, 'input', inputs.length, list.length)
  return list.map((item, i) => {
    const tensor = tensorOf(where, numbered('input', i), item, constant)
    return fitted(where, numbered('input', i), inputs[i] as TensorSpec, tensor)
  })
}

/** Checks and converts all that one step of a compiled model takes. */
export function stepTensors(
  where: string,
  compiled: Compiled,
  given: { readonly x: unknown; readonly y?: unknown; readonly sampleWeight?: unknown },
  constant: Constant,
): FeedTensors {
  const { model, outputs } = compiled
  const names = outputs.map(({ name }) => name)
  const inputs = inputTensors(where, model, given.x, constant)
  const perOutput = (kind: string, value: unknown): readonly unknown[] => {
    if (value === undefined) return names.map(() => undefined)
    const list = isRecord(value)
      ? byName<unknown>(where, 'output', value, names)
      : listOf(value, names.length)
    requireCount(where, kind, names.length, list.length)
    return list
  }
  const targets = perOutput('target', given.y).map((item, i) => {
    const output = outputs[i] as CompiledOutput
    if (!output.target) return undefined
    if (item === undefined || item === null) {
      throw new ArgumentError(where, `the target of ${names[i]} is missing`)
    }
    const tensor = tensorOf(where, numbered('target', i), item, constant)
    return fitted(where, numbered('target', i), targetFor(output, tensor), tensor)
  })
  const weights = perOutput('sampleWeight', given.sampleWeight).map((item, i) => {
    if (item === undefined || item === null || !targets[i]) return undefined
    return cast(tensorOf(where, numbered('sampleWeight', i), item, constant), 'float32')
  })
  const feed = { inputs, targets, weights }
  requireEqualItems(where, feed)
  return feed
}

/** Several are expected, or a list of one. */
function listOf(value: unknown, expected: number): readonly unknown[] {
  if (!isList(value)) return [value]
  const isSeveral = expected > 1 || value.some((item) => isTensor(item) || item instanceof NDArray)
  return isSeveral ? value : [value]
}

function isTensor(value: unknown): value is SymbolicTensor {
  return value instanceof SymbolicTensor
}

function requireCount(where: string, kind: string, expected: number, received: number): void {
  if (expected === received) return
  throw new ArgumentError(
    where,
    `takes ${counted(expected, `${kind} tensor`)}, received ${received}`,
  )
}

function tensorOf(where: string, name: string, value: unknown, constant: Constant): SymbolicTensor {
  if (isTensor(value)) return value
  if (typeof value === 'number' || isArray(value)) {
    return constant(name, convert(where, name, value as ArrayLike))
  }
  return fail(where, name, 'a tensor of the step, an NDArray or nested numbers', value)
}

/** In the shape and element type of the specification. */
function fitted(
  where: string,
  name: string,
  spec: TensorSpec,
  tensor: SymbolicTensor,
): SymbolicTensor {
  const rank = spec.shape.length
  // As in plain calls: a flat list of one number for each item.
  const isColumn = rank > 1 && spec.shape[rank - 1] === 1 && tensor.rank === rank - 1
  const shaped = isColumn ? expandDims(tensor, -1) : tensor
  const fits =
    shaped.rank === rank &&
    spec.shape.every((length, axis) => length === null || length === shaped.shape[axis])
  if (!fits) {
    throw new ShapeError(
      where,
      `${name} must have shape ${shapeText(spec.shape)}, received ${shapeText(tensor.shape)}`,
    )
  }
  if (isFloat(spec.dtype) || spec.dtype === shaped.dtype) return cast(shaped, spec.dtype)
  throw new DTypeError(where, `${name} must be ${spec.dtype}, received ${shaped.dtype}`)
}

function requireEqualItems(where: string, { inputs, targets, weights }: FeedTensors): void {
  const counts = [...inputs, ...targets, ...weights].flatMap((tensor) =>
    tensor ? [tensor.shape[0] as number] : [],
  )
  const other = counts.find((count) => count !== counts[0])
  if (other === undefined) return
  throw new ShapeError(
    where,
    `all tensors must hold equally many items, received ${String(counts[0])} and ${other}`,
  )
}
