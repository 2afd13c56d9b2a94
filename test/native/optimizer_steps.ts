/** Weights under an optimizer alone, with gradients from outside. */
import { NDArray, type Constraint, type Optimizer, type SymbolicTensor } from '../../lib/index'
import { placeholder } from '../../lib/graph/tensor'
import { Weight } from '../../lib/graph/weight'
import { fill } from '../../lib/ops/create'
import type { OptimizerSlots } from '../../lib/optimizers/slots'
import { assignment, type GraphUpdate } from '../../lib/plan/plan'
import { materialize, planOf, Program, writeWeights } from '../../lib/program'

export interface Training {
  readonly weights: readonly Weight[]
  readonly slots: OptimizerSlots
  readonly step: (gradients: readonly NDArray[]) => Promise<void>
}

export type Updates = (
  optimizer: Optimizer,
  gradients: readonly SymbolicTensor[],
  rate: SymbolicTensor,
  slots: OptimizerSlots,
) => GraphUpdate[]

export const asCompiled: Updates = (optimizer, by, rate, slots) => optimizer.update(by, rate, slots)

/** As new values, also where there is a native update. */
export const asDescribed: Updates = (optimizer, by, rate, slots) =>
  optimizer.changes(by, rate, slots).map(([weight, value]) => assignment(weight, value))

/** Weights that an optimizer changes by gradients from outside; `orders` of their axes in memory. */
export async function training(
  optimizer: Optimizer,
  starts: readonly NDArray[],
  updates = asCompiled,
  constraint?: Constraint,
  orders: readonly (readonly number[] | undefined)[] = [],
): Promise<Training> {
  const weights = starts.map(({ shape }, i) => {
    const initialize = (): SymbolicTensor => fill(shape, 0)
    return new Weight({ name: `w${i}`, shape, initialize, constraint, order: orders[i] })
  })
  await writeWeights('test', weights, starts)
  const slots = optimizer.createSlots(weights)
  const by = starts.map(({ shape }, i) => placeholder(`g${i}`, { shape, dtype: 'float32' }))
  const rate = placeholder('rate', { shape: [], dtype: 'float32' })
  const inputs = [...by, rate].map((tensor) => ({ tensor, name: 'x', requireFinite: false }))
  const phase = { name: 'step', outputs: [], updates: updates(optimizer, by, rate, slots) }
  const program = new Program('test', planOf(inputs, [phase]))
  await materialize(slots.weights)
  const step = async (arrays: readonly NDArray[]): Promise<void> => {
    await program.run([...arrays, NDArray.full([], optimizer.nextRate(slots))])
  }
  return { weights, slots, step }
}
