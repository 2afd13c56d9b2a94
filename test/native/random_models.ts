/** What the tests of the 200 random models share: data, losses and gradients, how far they may differ. */
import type { AnyModel, NDArray } from '../../lib/index'
import { NDArray as Numbers } from '../../lib/array'
import type { SymbolicTensor } from '../../lib/graph/tensor'
import { withScope } from '../../lib/graph/scope'
import { reducedLoss, resolveLoss, type LossName } from '../../lib/losses'
import { toArrayPrecision } from '../../lib/ops/dtypes'
import { gradients } from '../../lib/ops/gradients'
import { add } from '../../lib/ops/math'
import { sum } from '../../lib/ops/reduce'
import { assignment, type Plan } from '../../lib/plan/plan'
import { Program } from '../../lib/program'
import { bytes, uniform } from '../reference/formula'
import type { ReferenceCase } from '../reference/read'
import { noteComparison } from './coverage'
import { graphOf, trainingContext } from './evaluate'

const BATCH = 3
const PROJECTIONS = 3
/** Spacing of float32 numbers at 1. */
const ULP = 2 ** -23

export interface ModelCase {
  readonly model: unknown
  readonly losses: readonly LossName[]
  readonly positive: readonly number[]
}

function batchOf(shape: readonly (number | null)[]): number[] {
  return shape.map((length) => length ?? BATCH)
}

export function startWeights(model: AnyModel, positive: readonly number[]): NDArray[] {
  return model.weights.map(({ shape }, i) => {
    const values = uniform(1000 + i, shape, 0.5)
    return positive.includes(i) ? values.map((value) => Math.fround(Math.abs(value) + 0.5)) : values
  })
}

export function inputsOf(model: AnyModel): NDArray[] {
  return model.inputs.map(({ shape, dtype }, i) => {
    const lengths = batchOf(shape)
    if (dtype !== 'int32') return uniform(2000 + i, lengths, 1)
    return new Numbers(
      Int32Array.from(bytes(2000 + i, lengths).data, (value) => value % 7),
      lengths,
    )
  })
}

export function targetsOf(model: AnyModel, losses: readonly LossName[]): NDArray[] {
  return model.outputs.map(({ shape }, i) => {
    const lengths = batchOf(shape)
    const units = lengths[1] as number
    if (losses[i] === 'binary_crossentropy') {
      const data = Float32Array.from(bytes(3000 + i, lengths).data, (value) => value % 2)
      return new Numbers(data, lengths)
    }
    if (losses[i] !== 'categorical_crossentropy') return uniform(3000 + i, lengths, 1)
    const data = new Float32Array(BATCH * units)
    bytes(3000 + i, [BATCH]).data.forEach((value: number, row: number) => {
      data[row * units + (value % units)] = 1
    })
    return new Numbers(data, lengths)
  })
}

/** Three dot products, in float64. */
function projected(values: ArrayLike<number>): number[] {
  return Array.from({ length: PROJECTIONS }, (_, k) => {
    const factors = uniform(4000 + k, [values.length], 1).data
    let dot = 0
    for (let i = 0; i < values.length; i++) dot += (values[i] as number) * (factors[i] as number)
    return dot
  })
}

/**
 * How far a group of arrays of that norm may be from Keras's: eight times the distance of Keras's
 * float32 from float64 (ours may be on its other side, and adds up in another order), at least eight
 * roundings.
 */
export function allowance(reference: ReferenceCase, group: string, norm: number): number {
  return 8 * Math.max(reference.number('drift', group), ULP) * norm
}

/** Compares a group of arrays with Keras's. */
export function compareGroup(
  reference: ReferenceCase,
  group: string,
  received: readonly ArrayLike<number>[],
): void {
  const recorded = reference.numbers[group] as readonly (readonly number[])[]
  expect({ group, count: received.length }).toEqual({ group, count: recorded.length })
  const norm = Math.hypot(...recorded.map((row) => row[PROJECTIONS] as number))
  const allowed = allowance(reference, group, norm)
  received.forEach((values, i) => {
    projected(values).forEach((dot, k) => {
      const difference = Math.abs(dot - (recorded[i]?.[k] as number))
      noteComparison(group, difference, norm)
      if (!(difference <= allowed)) {
        throw new Error(
          `${group}[${i}] projection ${k} is ${dot}, expected ${String(recorded[i]?.[k])}; they differ by ${difference}, allowed is ${allowed}`,
        )
      }
    })
  })
}

/** A training step's total loss, its parts and its gradients, described. */
export function lossesAndGradients(
  model: AnyModel,
  losses: readonly LossName[],
  arrays: readonly NDArray[],
): ReturnType<typeof graphOf> {
  const added: SymbolicTensor[] = []
  const context = trainingContext({ addLoss: (value) => added.push(value) })
  const trained = model.weights.filter((weight) => weight.trainable)
  const count = model.inputs.length
  return graphOf(
    arrays,
    (tensors) => {
      const outputs = model.trace(tensors.slice(0, count), context).map(toArrayPrecision)
      const parts = outputs.map((output, i) =>
        reducedLoss(
          'test',
          resolveLoss('test', losses[i] as LossName),
          tensors[count + i] as SymbolicTensor,
          output,
        ),
      )
      const penalties = trained.flatMap(({ regularizer, leaf }) =>
        regularizer ? [regularizer.penalty(leaf)] : [],
      )
      const total = [...parts, ...penalties, ...added.map((value) => sum(value))].reduce((a, b) =>
        withScope('', () => add(a, b)),
      )
      const leaves = trained.map(({ leaf }) => leaf)
      return [total, ...parts, ...gradients(total, leaves)]
    },
    {
      before: () => [...context.replaced].map(([weight, value]) => assignment(weight, value)),
    },
  )
}

/** The numbers of `lossesAndGradients`, from a plan of it. */
export async function runStep(
  plan: Plan,
  arrays: readonly NDArray[],
  losses: readonly LossName[],
): Promise<{ losses: number[]; gradients: NDArray[] }> {
  const results = await new Program('test', plan).run(arrays)
  const count = 1 + losses.length
  return {
    losses: results.slice(0, count).map((value) => value.at()),
    gradients: results.slice(count),
  }
}
