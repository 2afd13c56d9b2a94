/** The state that an optimizer keeps for one compiled model. */
import type { SymbolicTensor } from '../graph/tensor'
import { Weight } from '../graph/weight'
import { fill } from '../ops/create'

/** One kind of state: an array for each weight, all with this first value. */
export interface SlotKind {
  readonly name: string
  /** Default 0. */
  readonly initial?: number
}

export interface SlotPlan {
  /** Kinds that Keras makes together lie next to each other for each weight. */
  readonly perWeight: readonly (readonly SlotKind[])[]
  /** Numbers, one for all weights. */
  readonly scalars?: readonly SlotKind[]
  /** Keep averages of the weights too. */
  readonly averages: boolean
}

/**
 * State in the Store. `weights` holds all of it in Keras's order: the step count, averages of the
 * weights, then the rest. Names are Keras's: `adam/dense_kernel_momentum`.
 */
export class OptimizerSlots {
  /** Number of steps done, as a number in the Store. */
  readonly iteration: Weight
  readonly weights: readonly Weight[]
  /** Steps started: what schedules go by. Behind `iteration` while a step is under way. */
  steps = 0
  private readonly byKind = new Map<string, Weight[]>()
  private readonly scalars = new Map<string, Weight>()

  constructor(
    name: string,
    /** The weights that are trained. */
    readonly trained: readonly Weight[],
    plan: SlotPlan,
  ) {
    this.iteration = scalarSlot(name, 'iteration', 0)
    const groups = [...(plan.averages ? [[{ name: 'average' }]] : []), ...plan.perWeight]
    const perWeight = groups.flatMap((kinds) =>
      trained.flatMap((weight) => kinds.map((kind) => this.addSlot(name, weight, kind))),
    )
    for (const kind of plan.scalars ?? []) {
      this.scalars.set(kind.name, scalarSlot(name, kind.name, kind.initial ?? 0))
    }
    this.weights = [this.iteration, ...perWeight, ...this.scalars.values()]
  }

  private addSlot(owner: string, weight: Weight, kind: SlotKind): Weight {
    const { shape, order } = weight
    const initialize = (): SymbolicTensor => fill(shape, kind.initial ?? 0)
    const name = `${owner}/${weight.name.replaceAll('/', '_')}_${kind.name}`
    // It lies in memory as its weight does, so that updates run over both in step.
    const slot = new Weight({ name, shape, order, initialize, trainable: false })
    this.byKind.set(kind.name, [...(this.byKind.get(kind.name) ?? []), slot])
    return slot
  }

  /** The slots of one kind, in the order of the trained weights; empty where there are none. */
  ofKind(name: string): readonly Weight[] {
    return this.byKind.get(name) ?? []
  }

  scalar(name: string): Weight {
    return this.scalars.get(name) as Weight
  }
}

function scalarSlot(owner: string, name: string, initial: number): Weight {
  const initialize = (): SymbolicTensor => fill([], initial)
  return new Weight({ name: `${owner}/${name}`, shape: [], initialize, trainable: false })
}
