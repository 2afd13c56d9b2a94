/** A weight as the graph sees it: an id in the Store, a shape, and how it begins. */
import type { DType } from '../array'
import type { Constraint } from '../constraints'
import type { Regularizer } from '../regularizers'
import { currentComputeDType } from './scope'
import { makeTensors, type SymbolicTensor } from './tensor'

let nextId = 1

const standIns = new Map<Weight, SymbolicTensor>()

/** Runs `fn` with a value that ops take in the place of a weight's. */
export function withStandIn<T>(weight: Weight, value: SymbolicTensor, fn: () => T): T {
  const outer = standIns.get(weight)
  standIns.set(weight, value)
  try {
    return fn()
  } finally {
    if (outer) standIns.set(weight, outer)
    else standIns.delete(weight)
  }
}

/** What a weight is made from. */
export interface WeightDescription {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype?: DType
  /** Describes the first values as a graph over `ops`; called when the weight is first needed. */
  readonly initialize: () => SymbolicTensor
  /** False for state that no optimizer trains, such as moving statistics. */
  readonly trainable?: boolean
  /** Logical axes from the outermost to the innermost in native memory; default as they stand. */
  readonly order?: readonly number[]
  /** Adds to the loss of every model that trains this weight. */
  readonly regularizer?: Regularizer
  /** What a model that trains this weight does to it after each step. */
  readonly constraint?: Constraint
}

/** A weight of a layer: its name, its shape, how it begins. */
export class Weight {
  /** Key in the Store; unique in a process. */
  readonly id: number
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly initialize: () => SymbolicTensor
  readonly trainable: boolean
  readonly order: readonly number[]
  readonly regularizer: Regularizer | undefined
  readonly constraint: Constraint | undefined
  /** The leaf that stands for this weight in every graph, in its own precision. */
  readonly leaf: SymbolicTensor

  constructor(options: WeightDescription) {
    this.id = nextId++
    this.name = options.name
    this.shape = Object.freeze([...options.shape])
    this.dtype = options.dtype ?? 'float32'
    this.initialize = options.initialize
    this.trainable = options.trainable ?? true
    this.order = options.order ?? this.shape.map((_, axis) => axis)
    this.regularizer = options.regularizer
    this.constraint = options.constraint
    this.leaf = makeTensors({ kind: 'weight', weight: this }, [], [this])[0] as SymbolicTensor
  }

  /** The weight as ops see it: within a layer of another precision, a copy in that one. */
  get tensor(): SymbolicTensor {
    const value = standIns.get(this) ?? this.leaf
    const dtype = currentComputeDType()
    if (dtype === undefined || dtype === this.dtype || this.dtype !== 'float32') return value
    const operation = { kind: 'op', name: 'cast', attributes: { dtype } } as const
    return makeTensors(operation, [value], [{ shape: this.shape, dtype }])[0] as SymbolicTensor
  }

  get size(): number {
    return this.shape.reduce((product, length) => product * length, 1)
  }
}
