/** An optimizer's state as arrays: what saving a model needs. */
import { NDArray, shapeText } from '../array'
import { ShapeError } from '../errors'
import type { Weight } from '../graph/weight'
import { readWeights, writeWeights } from '../program'
import type { Optimizer } from './optimizer'
import type { OptimizerSlots } from './slots'

/** One array of the state: in the Store, or a number that the optimizer itself holds. */
export type StateEntry =
  | { readonly name: string; readonly weight: Weight }
  | { readonly name: string; read(): number; write(value: number): void }

/** An array of the optimizer's state with its name in Keras. */
export interface NamedArray {
  readonly name: string
  readonly value: NDArray
}

/** Copies of an optimizer's whole state for one compiled model, in Keras's order. */
export async function readOptimizerState(
  optimizer: Optimizer,
  slots: OptimizerSlots,
): Promise<NamedArray[]> {
  const entries = optimizer.stateEntries(slots)
  const stored = entries.flatMap((entry) => ('weight' in entry ? [entry.weight] : []))
  const arrays = await readWeights(stored)
  return entries.map((entry) => {
    const value =
      'weight' in entry
        ? (arrays[stored.indexOf(entry.weight)] as NDArray)
        : NDArray.full([], entry.read())
    return { name: entry.name, value }
  })
}

/**
 * Replaces the state by arrays in the same order. A learning rate among them holds for all models
 * compiled with this optimizer. Nothing changes when a count or a shape does not fit.
 */
export async function writeOptimizerState(
  optimizer: Optimizer,
  slots: OptimizerSlots,
  values: readonly NDArray[],
): Promise<void> {
  const where = `${optimizer.constructor.name} state`
  const entries = optimizer.stateEntries(slots)
  if (values.length !== entries.length) {
    throw new ShapeError(where, `has ${entries.length} arrays, received ${values.length}`)
  }
  const given = entries.map((entry, i) => ({ entry, value: values[i] as NDArray }))
  for (const { entry, value } of given) {
    const shape = 'weight' in entry ? entry.weight.shape : []
    if (shapeText(value.shape) === shapeText(shape)) continue
    const expected = `${entry.name} has shape ${shapeText(shape)}`
    throw new ShapeError(where, `${expected}, received ${shapeText(value.shape)}`)
  }
  const stored = given.flatMap(({ entry, value }) =>
    'weight' in entry ? [{ weight: entry.weight, value }] : [],
  )
  // First, since it throws where the number is no learning rate.
  for (const { entry, value } of given) {
    if (!('weight' in entry)) entry.write(value.data[0] as number)
  }
  await writeWeights(
    where,
    stored.map(({ weight }) => weight),
    stored.map(({ value }) => value),
  )
  const steps = given.find(({ entry }) => 'weight' in entry && entry.weight === slots.iteration)
  if (steps) slots.steps = steps.value.data[0] as number
}
