/** What a fused step gives: what its function returned, with numbers in the place of tensors. */
import type { NDArray } from '../array'
import { describe } from '../check'
import { ArgumentError } from '../errors'
import { isRecord } from '../graph/structure'
import { SymbolicTensor } from '../graph/tensor'
import { namedResult, Totals, type BatchResult, type Reported } from '../models/reported'

declare const RESULT: unique symbol

/** Stands for the numbers of one `trainOnBatch` or `testOnBatch` inside a fused step. */
export class StepResult<Result = BatchResult> {
  declare readonly [RESULT]: Result
  /** @internal The tensors that it is made of. */
  readonly values: readonly SymbolicTensor[]

  /** @internal */
  constructor(
    readonly where: string,
    /** @internal */
    readonly reported: readonly Reported[],
    readonly items: number,
  ) {
    this.values = reported.flatMap(({ values }) => values)
  }
}

/** What a fused step may return: results, tensors, and lists and records of them. */
export type StepOutput =
  | StepResult<unknown>
  | SymbolicTensor
  | readonly StepOutput[]
  | { readonly [name: string]: StepOutput }

/** What a function without `return` gives. */
export type Nothing = ReturnType<() => void>

/** The same with numbers: `trainOnBatch`'s results, and arrays; of nothing, nothing. */
export type Resolved<Output> = Output extends Nothing
  ? undefined
  : Output extends StepResult<infer Result>
    ? Result
    : Output extends SymbolicTensor
      ? NDArray
      : { readonly [K in keyof Output]: Resolved<Output[K]> }

/** The tensors in `output`, in order. */
export function tensorsIn(where: string, output: StepOutput): SymbolicTensor[] {
  if (output instanceof SymbolicTensor) return [output]
  if (output instanceof StepResult) return [...output.values]
  if (Array.isArray(output)) {
    return (output as readonly StepOutput[]).flatMap((item) => tensorsIn(where, item))
  }
  if (isRecord(output)) {
    return Object.values(output).flatMap((item) => tensorsIn(where, item))
  }
  throw new ArgumentError(
    where,
    `the step must return results, tensors, or lists and records of them, received ${describe(output)}`,
  )
}

/** `output` with the arrays that its tensors became. */
export function resolved(
  output: StepOutput,
  arrays: ReadonlyMap<SymbolicTensor, NDArray>,
): unknown {
  const one = (item: StepOutput): unknown => {
    if (item instanceof SymbolicTensor) return arrays.get(item)
    if (item instanceof StepResult) return resultOf(item, arrays)
    if (Array.isArray(item)) return (item as readonly StepOutput[]).map(one)
    const entries = Object.entries(item as Readonly<Record<string, StepOutput>>)
    return Object.fromEntries(entries.map(([name, value]) => [name, one(value)]))
  }
  return one(output)
}

function resultOf(
  { where, reported, items, values }: StepResult<unknown>,
  arrays: ReadonlyMap<SymbolicTensor, NDArray>,
): BatchResult {
  const totals = new Totals(reported)
  totals.add(
    values.map((tensor) => arrays.get(tensor) as NDArray),
    items,
  )
  return namedResult(where, totals)
}
